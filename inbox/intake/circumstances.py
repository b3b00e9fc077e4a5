"""What the database adds where words leave a doubt: who answers in seconds, or says it again.

parse | look at the circumstances | file
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail
from cases.case import Case
from cases.contact import Identifier, Kind, normalised
from cases.filing.arrival import Arrival
from cases.filing.ids import answered
from cases.mail import Mail, Origin
from cases.message import Direction, Message
from cases.rows.among import among
from inbox.intake.known import Known
from inbox.intake.origin import speaker_of
from inbox.intake.origin.said import Said
from inbox.intake.origin.sounding import CERTAIN

# How much each adds to the logarithm of the odds. Nobody reads and writes within half a minute;
# and whoever sends the same words again may have got no answer.
_IN_SECONDS, _AT_ONCE = 2.5, timedelta(seconds=30)
_IN_MINUTES, _SOON = 1.0, timedelta(minutes=2)
_AGAIN = 1.5
_DOUBTFUL = CERTAIN - _IN_SECONDS - _AGAIN
_CLOCKS_DIFFER = timedelta(seconds=5)
_MOST_WORDS = 200


def consider(session: Session, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The same mails; those of which the circumstances tell that a machine wrote them say so."""
    doubtful = [one.mail for one in arrivals if _is_doubtful(one.mail)]
    if not doubtful:
        return list(arrivals)
    left, said = _when_ours_left(session, doubtful), _said_before(session, doubtful)
    return [_judged(one, left, said) if _is_doubtful(one.mail) else one for one in arrivals]


def _is_doubtful(mail: Mail) -> bool:
    return mail.origin is Origin.CUSTOMER and mail.speaker.likeness > _DOUBTFUL


def _judged(arrival: Arrival, left: dict[str, datetime], said: set[tuple[str, str]]) -> Arrival:
    mail, told = arrival.mail, dict[str, float]()
    ours = left.get(_nearest(mail))
    waited = arrival.at - ours if ours else _SOON
    if -_CLOCKS_DIFFER <= waited < _SOON:
        told[f"{max(0, round(waited.total_seconds()))} seconds after ours"] = (
            _IN_SECONDS if waited <= _AT_ONCE else _IN_MINUTES
        )
    if (normalised(mail.sender.address), mail.new_text) in said:
        told["the same words again"] = _AGAIN
    if mail.speaker.likeness + sum(told.values()) < CERTAIN:
        return arrival
    rule = f"it sounds like a machine: {', '.join(told)}"
    speaker = speaker_of(mail, Known(), Said(Origin.AUTO_REPLY, rule))
    return replace(arrival, mail=replace(mail, speaker=speaker))


def _nearest(mail: Mail) -> str:
    return next(iter(answered(mail)), "")


def _when_ours_left(session: Session, mails: Sequence[Mail]) -> dict[str, datetime]:
    """When the relay took what they answer."""
    ids = {id_ for mail in mails if (id_ := _nearest(mail))}
    when = func.coalesce(OutgoingMail.settled_at, Message.arrived_at)
    rows = session.execute(
        select(Message.rfc_id, when)
        .outerjoin(OutgoingMail, OutgoingMail.rfc_id == Message.rfc_id)
        .where(among(Message.rfc_id, ids), Message.direction == Direction.OUT)
    )
    return dict(rows.all())


def _said_before(session: Session, mails: Sequence[Mail]) -> set[tuple[str, str]]:
    """What their senders wrote to us lately."""
    senders = {normalised(mail.sender.address) for mail in mails}
    rows = session.execute(
        select(Identifier.value, Message.new_text)
        .join(Case, Case.contact_id == Identifier.contact_id)
        .join(Message, Message.case_id == Case.id)
        .where(Identifier.kind == Kind.ADDRESS, among(Identifier.value, senders))
        .where(Message.direction == Direction.IN)
        .order_by(Message.id.desc())
        .limit(_MOST_WORDS)
    )
    return {(address, said) for address, said in rows}
