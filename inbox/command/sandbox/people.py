"""The invented people of the sandbox, one for each answer."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cases.contact import Identifier, Kind, introduce
from cases.db import transaction
from cases.exclusions import feed, policies, touches
from cases.exclusions.reasons import RULES, Group, Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import Set, exclude, withdraw
from cases.pressure import REPORTS_ONLY
from inbox.command.sandbox import senders

HELD = "held.example.com"
BY = "sandbox"
RESTS = timedelta(days=3)
HEAVY = 1000.0
"""So much that whoever tries campaign after campaign here holds nobody by them."""


def address(reason: Reason) -> str:
    """Who is held for that reason."""
    return f"{reason.value.replace('_', '-')}@{HELD}"


BEGINS_SOON, ENDS_SOON, COMES_AND_GOES = (
    f"{name}@{HELD}" for name in ("begins-soon", "ends-soon", "comes-and-goes")
)
PHONE, CUSTOMER_ID = "+34600000001", "C-1001"


def settle(now: datetime) -> None:
    """Make them all, in a database that holds nobody else."""
    reasons = [one for one in RULES if one is not Reason.PRESSURE_CAP]
    with transaction() as session:
        senders.settle(session, now)
        people = {one: _introduce(session, address(one), now) for one in reasons}
        others = {
            name: _introduce(session, name, now)
            for name in (BEGINS_SOON, ENDS_SOON, COMES_AND_GOES)
        }
        _also_known(session, people[Reason.OPEN_CASE])
        _has_enough(session, address(Reason.PRESSURE_CAP), now)
    begins, ends = now + timedelta(minutes=2), now + timedelta(minutes=10)
    rows = [_row(who, reason, now, _end(reason, now)) for reason, who in people.items()]
    rows.append(_row(others[BEGINS_SOON], Reason.MANUAL, begins, begins + RESTS))
    rows.append(_row(others[ENDS_SOON], Reason.MANUAL, now, ends))
    with transaction() as session:
        # Not by their causes, which are not here: what follows from cases would be lifted again.
        session.execute(insert(Exclusion), rows)
        feed.take(session)
        feed.publish(session, {*people.values(), *others.values()}, now)


def _introduce(session: Session, name: str, now: datetime) -> int:
    made = introduce(session, name, name="", at=now)
    session.flush()
    return made.id


def _also_known(session: Session, contact_id: int) -> None:
    for kind, value in ((Kind.PHONE, PHONE), (Kind.CUSTOMER_ID, CUSTOMER_ID)):
        session.add(Identifier(contact_id=contact_id, kind=kind, value=value, original=value))


def _end(reason: Reason, now: datetime) -> datetime | None:
    group = RULES[reason].group
    endless = group in (Group.CONSENT, Group.APPROVAL) or reason is Reason.OPEN_CASE
    return None if endless else now + RESTS


def _row(
    contact_id: int, reason: Reason, starts_at: datetime, until: datetime | None
) -> dict[str, object]:
    topics = ["ofertas"] if reason is Reason.UNSUBSCRIBED_TOPIC else []
    return {
        "contact_id": contact_id,
        "reason": reason,
        "severity": RULES[reason].severity,
        "topics": topics,
        "starts_at": starts_at,
        "until": until,
        "origin": BY,
        "created_at": starts_at,
    }


def _has_enough(session: Session, who: str, now: datetime) -> None:
    """Pressure holds after a month of mail, so there is some of before."""
    said = {"terms": {"pressure_enforced": True, "pressure_cap": HEAVY, "pressure_gap": 0}}
    policies.adopt(session, said, what={}, by=BY, why="sandbox", at=now)
    mail = {"kind": Kind.ADDRESS, "value": who, "source": BY, "campaign_class": "promotional"}
    past = now - REPORTS_ONLY - timedelta(days=1)
    sent = [past, *(now - timedelta(days=n) for n in range(1, 6))]
    touches.record(
        session,
        [mail | {"event_id": f"{n}", "weight": HEAVY, "sent_at": at} for n, at in enumerate(sent)],
    )


def go_on(now: datetime, *, held: bool) -> None:
    """Time passes, and who comes and goes does so."""
    with transaction() as session:
        senders.stay_late(session, now)
        who = session.scalars(
            select(Identifier.contact_id).where(Identifier.value == COMES_AND_GOES)
        ).one()
        if held:
            wish = Set(Reason.MANUAL, until=now + RESTS, note="comes and goes")
            exclude(session, who, wish, by=BY, at=now)
        else:
            withdraw(session, who, [Reason.MANUAL], by=BY, at=now)
