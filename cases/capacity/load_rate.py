"""How many of those who get a mailing write to us: learned from what was sent before."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.capacity.load import Inputs
from cases.case import Case
from cases.contact import Contact, Identifier, Kind
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.touches import Touch

WITHIN = timedelta(hours=48)
LOOK_BACK = timedelta(days=60)
BASELINE_OVER = timedelta(days=28)
LEAST = 500
"""With fewer mails than these nothing can be learned of one answer in a hundred."""
MOST = 5000
AT_ONCE = 500
LOWEST, HIGHEST = 0.001, 0.2
UNKNOWN = Inputs(0, 0, 0).contact_rate

_known: dict[tuple[str, CampaignClass], tuple[datetime, float]] = {}


def contact_rate(session: Session, campaign_class: CampaignClass, now: datetime) -> float:
    """The part of them that writes within 48 hours because of it; looked up once an hour."""
    key = f"{session.get_bind().engine.url}", campaign_class
    if key not in _known or not timedelta(0) <= now - _known[key][0] < timedelta(hours=1):
        _known[key] = now, _learned(session, campaign_class, now)
    return _known[key][1]


def _learned(session: Session, campaign_class: CampaignClass, now: datetime) -> float:
    touched = session.execute(
        select(Touch.value, Touch.sent_at)
        .where(Touch.kind == Kind.ADDRESS, Touch.campaign_class == campaign_class.value)
        .where(Touch.sent_at > now - LOOK_BACK, Touch.sent_at < now - WITHIN)
        .order_by(Touch.id.desc())
        .limit(MOST)
    ).all()
    if len(touched) < LEAST:
        return UNKNOWN
    wrote = sum(_wrote(session, touched[n : n + AT_ONCE]) for n in range(0, len(touched), AT_ONCE))
    learned = wrote / len(touched) - _anyway(session, now)
    return min(max(learned, LOWEST), HIGHEST)


def _wrote(session: Session, touched: Sequence[tuple[str, datetime]]) -> int:
    """How many of those mails were followed by a case of the one who got it."""
    values, since = [value for value, _ in touched], min(at for _, at in touched)
    rows = session.execute(
        select(Identifier.value, Case.opened_at)
        .join(Case, Case.contact_id == Identifier.contact_id)
        .where(Identifier.kind == Kind.ADDRESS, Identifier.value.in_(values))
        .where(Case.opened_at >= since, Case.bulk.is_(False))
    )
    opened: dict[str, list[datetime]] = {}
    for value, at in rows:
        opened.setdefault(value, []).append(at)
    return sum(
        any(sent <= at <= sent + WITHIN for at in opened.get(value, ())) for value, sent in touched
    )


def _anyway(session: Session, now: datetime) -> float:
    """The part of all people who write within 48 hours without having been written to."""
    people = session.scalar(select(func.count()).select_from(Contact)) or 0
    cases = select(func.count()).where(Case.opened_at > now - BASELINE_OVER, Case.bulk.is_(False))
    opened = session.scalar(cases) or 0
    return opened * (WITHIN / BASELINE_OVER) / people if people else 0.0
