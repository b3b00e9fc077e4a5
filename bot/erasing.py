"""What the program wrote to a person who is forgotten: its words and its address book."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.decided import Decided
from bot.outbox import OutgoingMail, State
from bot.registry.news import BotNews
from bot.registry.proposals import Proposal

REASON = "the person was erased"
_WAITING = (State.PENDING, State.DEFERRED, State.CLAIMED, State.UNCERTAIN)
"""What may leave yet: of what is uncertain, once it is certain that nobody got it."""


def erase(session: Session, case_ids: Sequence[int], *, at: datetime) -> None:
    """Nothing waits for them any more, and nothing of what was written is kept."""
    mine = OutgoingMail.case_id.in_(case_ids)
    waiting = {"state": State.CANCELLED, "reason": REASON, "settled_at": at}
    nothing = {
        "content": b"", "recipient": "", "also": [], "domain": "", "rfc_id": "", "parts": {},
        "likeness": "", "last_error": "", "receipt": "",
    }  # fmt: skip
    for change in (
        update(OutgoingMail).where(mine, OutgoingMail.state.in_(_WAITING)).values(**waiting),
        update(OutgoingMail).where(mine).values(**nothing),
        update(Decided).where(Decided.case_id.in_(case_ids)).values(inputs={}),
        update(Proposal)
        .where(Proposal.case_id.in_(case_ids))
        .values(address="", subject="", text="", inputs={}),
        delete(BotNews).where(BotNews.case_id.in_(case_ids)),
    ):
        session.execute(change, execution_options={"synchronize_session": False})
