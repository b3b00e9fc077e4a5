"""Exclusions follow the state of cases and contacts, at the end of each transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import event, or_, select, update
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import instance_state

from cases import clock
from cases.case import Case
from cases.contact import Identifier
from cases.exclusions import feed
from cases.exclusions.facts import Facts, gather
from cases.exclusions.policies import in_force
from cases.exclusions.reasons import RULES, Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.settings import Settings
from cases.exclusions.wanted import Wanted, wanted
from cases.rows import inserting
from cases.rows.among import among
from cases.rows.inserting import Row

# What of a case and of an identifier the exclusions follow from.
OF_CASE = (
    *("contact_id", "contact", "state", "bulk", "opened_at", "closed_at", "due_at", "breached_at"),
    *("type", "type_by", "complaint", "assignee_id", "answered_at", "merged_into_id"),
    "satisfaction",
)
OF_IDENTIFIER = ("contact_id", "contact", "kind", "value", "bounced_at", "drip_answered_at")
_DERIVED = tuple(reason for reason, rule in RULES.items() if rule.derived)
Key = tuple[Reason, int | None, int | None]


def note_contact(session: Session, contact_id: int) -> None:
    """Have the exclusions of that contact recomputed at the end of the transaction."""
    session.info.setdefault("noted_contacts", set()).add(contact_id)


@event.listens_for(Session, "before_flush")
def _notice(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """A change that matters is noticed even where no verb spoke of it."""
    new, deleted = session.new, session.deleted
    for one in (*new, *session.dirty, *deleted):
        whole = one in new or one in deleted
        if isinstance(one, Case) and (whole or _changed(one, OF_CASE)):
            session.info.setdefault("noted", set()).add(one)
        elif isinstance(one, Identifier) and (whole or _changed(one, OF_IDENTIFIER)):
            session.info.setdefault("moved", []).append(one)
            for before in instance_state(one).attrs.contact_id.history.deleted or ():
                if before is not None:
                    note_contact(session, before)


def _changed(one: Case | Identifier, names: Iterable[str]) -> bool:
    attributes = instance_state(one).attrs
    return any(attributes[name].history.has_changes() for name in names)


def follow(session: Session) -> None:
    """Bring the exclusions of all noted in line; called at the end of every transaction."""
    cases: set[Case] = session.info.pop("noted", set())
    moved: list[Identifier] = session.info.pop("moved", [])
    contacts: set[int] = session.info.pop("noted_contacts", set())
    contacts |= {one.contact_id for one in moved}
    if cases or contacts:
        feed.take(session)
        contacts |= _contacts_of(session, {case.id for case in cases})
        renew(session, contacts, clock.now())


def _contacts_of(session: Session, case_ids: Collection[int]) -> set[int]:
    """Whose the cases are now, and whose they were when their exclusions were written."""
    now = session.scalars(select(Case.contact_id).where(among(Case.id, case_ids)))
    before = session.scalars(
        select(Exclusion.contact_id).where(
            among(Exclusion.case_id, case_ids), Exclusion.lifted_at.is_(None)
        )
    )
    return {*now, *before}


def renew(session: Session, contact_ids: Collection[int], now: datetime) -> int:
    """Write what differs from what the state calls for; how many identifiers it changed."""
    present = _present(session, contact_ids)
    lifted: dict[str, list[int]] = defaultdict(list)
    added: list[Row] = []
    chosen = in_force(session).chosen
    known = gather(session, contact_ids, now)
    for facts in known:
        _settle(facts, present[facts.contact_id], now, chosen, lifted, added)
    for why, ids in lifted.items():
        gone = update(Exclusion).where(Exclusion.id.in_(ids))
        session.execute(gone.values(lifted_at=now, lift_reason=why))
    if added:
        inserting.put(session, {Exclusion: added})
    standing = feed.Standing(
        {facts.contact_id: facts.addresses for facts in known}, _standing(present, lifted, added)
    )
    return feed.publish(session, contact_ids, now, standing)


def _standing(
    present: dict[int, list[Exclusion]],
    lifted: dict[str, list[int]],
    added: list[Row],
) -> dict[int, list[Exclusion]]:
    """What lives now, as the database would say it."""
    gone = {number for numbers in lifted.values() for number in numbers}
    found: dict[int, list[Exclusion]] = defaultdict(list)
    for contact_id, rows in present.items():
        found[contact_id] += (row for row in rows if not (row.lifted_at or row.id in gone))
    for row in added:
        found[row["contact_id"]].append(Exclusion(**row))
    return found


def _present(session: Session, contact_ids: Collection[int]) -> dict[int, list[Exclusion]]:
    """All living exclusions, and of those that follow from state also the ones of before."""
    found: dict[int, list[Exclusion]] = defaultdict(list)
    rows = session.scalars(
        select(Exclusion)
        .where(
            among(Exclusion.contact_id, contact_ids),
            or_(Exclusion.lifted_at.is_(None), Exclusion.reason.in_(_DERIVED)),
        )
        .order_by(Exclusion.id)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        found[row.contact_id].append(row)
    return found


def _settle(
    facts: Facts,
    rows: list[Exclusion],
    now: datetime,
    chosen: Settings,
    lifted: dict[str, list[int]],
    added: list[Row],
) -> None:
    living = [row for row in rows if row.lifted_at is None]
    standing = {_key(row): row.starts_at for row in living if RULES[row.reason].derived}
    missing = wanted(facts, standing, chosen, now)
    for row in living:
        why = _over(row, missing.get(_key(row)), now)
        if why:
            lifted[why].append(row.id)
        else:
            missing.pop(_key(row), None)
    dismissed = {(_key(row), row.evidence) for row in rows if row.lifted_by}
    ended = {_key(row): row.lifted_at for row in rows if row.lifted_at is not None}
    added += [
        _row(facts.contact_id, wish, _start(wish, ended), now)
        for wish in missing.values()
        if (wish.key, wish.evidence) not in dismissed
    ]


def _key(row: Exclusion) -> Key:
    return row.reason, row.case_id, row.identifier_id


def _over(row: Exclusion, wish: Wanted | None, now: datetime) -> str:
    """Why a living exclusion is to end, or ""."""
    if row.until is not None and row.until <= now:
        return "its time was over"
    rule = RULES[row.reason]
    if not rule.derived or (wish is None and rule.sticky):
        return ""
    if wish is None:
        return "no longer so"
    return "" if _same(row, wish) or rule.sticky else "changed"


def _same(row: Exclusion, wish: Wanted) -> bool:
    # A case that was opened again is excluded from then on, not from its first opening.
    starts = row.reason is Reason.OPEN_CASE or row.starts_at == wish.starts_at
    said = (row.severity, row.until, row.about) == (wish.strength, wish.until, wish.about)
    return starts and said


def _start(wish: Wanted, ended: dict[Key, datetime]) -> datetime:
    before = ended.get(wish.key)
    reopened = wish.reason is Reason.OPEN_CASE and before is not None
    return max(wish.starts_at, before) if reopened and before else wish.starts_at


def _row(contact_id: int, wish: Wanted, starts_at: datetime, now: datetime) -> Row:
    return Row(
        contact_id=contact_id,
        case_id=wish.case_id,
        identifier_id=wish.identifier_id,
        reason=wish.reason,
        severity=wish.strength,
        starts_at=starts_at,
        until=wish.until,
        origin="case",
        evidence=wish.evidence,
        about=wish.about,
        created_at=now,
    )


def lapse(session: Session, now: datetime, *, at_most: int = 1000) -> int:
    """Release those whose time is over, for followers who only count changes."""
    over = select(Exclusion.contact_id).where(Exclusion.lifted_at.is_(None), Exclusion.until <= now)
    contacts = set(session.scalars(over.order_by(Exclusion.until).limit(at_most)))
    for contact_id in contacts:
        note_contact(session, contact_id)
    return len(contacts)
