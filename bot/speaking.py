"""What the bot says to a message that was just filed: decided, kept with its reasons, queued."""

from sqlalchemy.orm import Session

from bot import decided, policy, replies, situation
from cases import clock
from cases.contact import normalised
from cases.filing import Filed
from cases.filing.arrival import Arrival
from cases.history import What


def speak(session: Session, arrival: Arrival, filed: Filed, sent: situation.Sent) -> None:
    """Decide whether to answer, keep the decision, and queue the answer."""
    now = clock.now()
    about = situation.of(arrival, filed, sent, now)
    decision = policy.decide(about, sent.rules)
    if isinstance(decision, policy.Reply):
        decision = _queue(session, filed, decision, sent)
    decided.note_in_time(session, filed.message, about, decision, at=now)
    if isinstance(decision, policy.Silence) and not filed.again:
        said = {"rule": decision.rule, "reason": decision.reason}
        filed.case.happened_besides(session, What.SILENCE, by="bot", at=now, **said)


def _queue(
    session: Session, filed: Filed, reply: policy.Reply, sent: situation.Sent
) -> policy.Decision:
    """Queue the answer; a hostile header that makes it unwritable must not stop the filing."""
    try:
        replies.queue(session, filed.message, reply, at=clock.now())
    except replies.CannotSay as wrong:
        return policy.Silence("unwritable", f"the answer could not be written: {wrong}")
    sent.reserve(normalised(filed.message.sender), filed.case.snippet)
    return reply
