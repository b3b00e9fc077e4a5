"""A bot passes a case to people with what it knows, and people give it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import acting, answers, outbox, voice
from cases.case import Case
from cases.history import What
from cases.language import gettext as _
from cases.language import speaking
from cases.settings import settings

LONGEST = 20_000


def hand_over(session: Session, case: Case, *, bot: str, text: str, at: datetime) -> None:
    """People take the case: bots are silent in it, and the agents read what the bot knows."""
    voice.hand_over(session, case, by=bot, at=at)
    outbox.silence_all(session, case, "the case was handed over to people", by=bot, at=at)
    acting.write_note(session, case, _note(session, case, text), by=bot, at=at)
    case.happened(What.NOTED, by=bot, at=at, handed_over=True)
    case.unread = True


def take_over(session: Session, case: Case, *, by: str, at: datetime) -> None:
    """An agent takes the case from the bots: what they were about to say is not said."""
    voice.hand_over(session, case, by=by, at=at)
    outbox.silence_all(session, case, "a person has taken the case", by=by, at=at)
    case.happened(What.NOTED, by=by, at=at, handed_over=True)


def hand_back(session: Session, case: Case, *, by: str, at: datetime) -> None:
    """Bots may speak in the case again."""
    voice.hand_back(session, case, at=at)
    case.happened(What.NOTED, by=by, at=at, handed_back=True)


def _note(session: Session, case: Case, text: str) -> str:
    """What the bot says, and what is known of the case besides."""
    last = answers.newest_message(session, case)
    with speaking(case.mailbox.language if case.mailbox else settings().language):
        known = [
            _("Type: {type}", type=case.type) if case.type else "",
            _("Mood: {mood}", mood=case.sentiment) if case.sentiment else "",
            _("Last mail: {subject}", subject=last.subject) if last is not None else "",
        ]
    return "\n".join([text[:LONGEST].strip(), "", *filter(None, known)]).strip()
