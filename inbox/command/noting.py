"""What is done from the command line, in the audit log."""

from sqlalchemy.orm import Session

from cases import audit


def note(session: Session, what: str, about: object, **data: object) -> None:
    """By whoever may run commands on the machine: the log knows no name of theirs."""
    audit.note(session, by="command line", what=what, about=about, **data)
