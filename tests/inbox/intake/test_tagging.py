"""Labels follow in their own time, and one message that cannot have its own keeps none back."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases import Case, Message
from cases.db import reading, transaction
from cases.filing import file
from classifiers.labels import Text
from inbox.intake import tagging
from tests.builders import a_mail, an_arrival, some_labels


def _a_message(session: Session, sender: str) -> Message:
    return file(session, an_arrival(a_mail(sender=f"{sender}@cliente.example"))).message


def test_a_case_that_cannot_be_labelled_keeps_no_other_waiting(installation: str) -> None:
    with transaction() as session:
        messages = [_a_message(session, sender) for sender in ("ana", "eva")]
        spoilt, other = (one.id for one in messages)
        of_ana = update(Case).where(Case.id == messages[0].case_id)
        session.execute(of_ana.values(course={"start": "nobody can read this"}))
    tagging.tag([Text(str(spoilt), "", ""), Text(str(other), "", "")], [some_labels()] * 2)
    with reading() as session:
        tagged = session.scalars(select(Message.id).where(Message.tagged_at.is_not(None)))
        assert list(tagged) == [other]
