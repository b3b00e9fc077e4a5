"""How a trial of a mailbox went, step by step, in words."""

from cases.language import gettext as _
from cases.language import say_number
from cases.retelling import retold
from inbox.spool.checks import Said, Step


def said(step: Said) -> str:
    """A step of a trial in a sentence; a failure speaks for itself."""
    words = step["said"]
    if not step["ok"]:
        return retold(words)
    sentences = {
        Step.SIGN_IN: _("Signed in to {host}.", host=words),
        Step.FOLDER: _("The folder opens: {n} mails.", n=_number(words)),
        Step.NEWS: (
            _("New mail is noticed at once.") if words else _("New mail is asked for each minute.")
        ),
        Step.FOLDERS: _("Folders: {names}", names=words),
        Step.RELAY: _("The relay {host} takes us.", host=words),
    }
    return sentences[Step(step["step"])]


def _number(said: str) -> str:
    return say_number(int(said)) if said.isdecimal() else said
