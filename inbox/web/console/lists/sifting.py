"""Sifts a list: reads it, asks the gate about everybody on it, and says what changed since."""

import json
import logging
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import Integer, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.settings import settings as bot_settings
from cases import clock
from cases.capacity.load_now import Asked, for_gate
from cases.db import reading, transaction
from cases.exclusions import audience, gating
from cases.exclusions.audience import Held
from cases.exclusions.gates import Campaign, Gate, GatePart, Going
from cases.exclusions.matrix import FAILS_CLOSED, Action
from cases.exclusions.spellings import Match
from cases.exclusions.terms import Terms
from inbox.freshness import Lag, freshness
from inbox.web.console.lists import keeping, looking, reporting, workbook
from inbox.web.console.lists import reading as lists
from inbox.web.console.lists.reading import Shape, Unreadable
from inbox.web.console.lists.rows import AudienceList, ListCheck, State, Wish

log = logging.getLogger(__name__)
NOBODYS_TOKEN = 0
"""Gates of the console belong to no token, so no program can open them."""
LEASE = timedelta(minutes=10)
LASTS = timedelta(hours=24)
AT_ONCE = 50_000
STEP = 0.02
UNPACKING = {"unpacking": True}
"""In place of its shape, which nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was read of a list."""

    rows: int = 0
    unreadable: int = 0
    repeated: int = 0


def sift_waiting() -> int:
    """Work on all lists that wait, one after the other; how many there were."""
    count = 0
    while (found := _take()) is not None:
        work_on(*found)
        count += 1
    return count


def _take() -> tuple[int, Wish] | None:
    """Lease the oldest list that waits, or whose worker died."""
    now = clock.now()
    late = (AudienceList.state == State.WORKING) & (AudienceList.leased_until < now)
    waits = or_(AudienceList.state == State.WAITING, late)
    oldest = (
        select(AudienceList.id)
        .where(waits, AudienceList.bytes > 0)
        .order_by(AudienceList.id)
        .limit(1)
        .scalar_subquery()
    )
    with transaction() as session:
        row = session.execute(
            update(AudienceList)
            # Said once more, since another worker may have taken it a moment ago.
            .where(AudienceList.id == oldest, waits)
            .values(state=State.WORKING, leased_until=now + LEASE)
            .returning(AudienceList.id, AudienceList.wish)
        ).first()
        return (row[0], row[1]) if row is not None else None


def work_on(list_id: int, wish: Wish) -> None:
    """Do what is wished; a list that cannot be read says why."""
    try:
        if wish is Wish.REPORT:
            reporting.report(list_id)
        else:
            _check(list_id)
    except Unreadable as wrong:
        log.info("list %s cannot be read: %s", list_id, wrong.why)
        looking.settle(list_id, State.FAILED, error=wrong.why)


def _check(list_id: int) -> None:
    with reading() as session:
        one = session.get_one(AudienceList, list_id)
        campaign_id, pasted, match = one.campaign_id, one.pasted, one.match
    _unpack(list_id)
    encoding = lists.encoding_of(keeping.pieces(list_id))
    shape = lists.shape_of(keeping.pieces(list_id), encoding, pasted=pasted)
    gate_id = _open_gate(campaign_id, match)
    counted = _read(list_id, gate_id, shape)
    if counted.rows == counted.unreadable:
        raise Unreadable(lists.NO_ADDRESSES)
    gating.seal(gate_id, terms_for(gate_id, list_id))
    _conclude(list_id, gate_id, shape, counted)


def _unpack(list_id: int) -> None:
    """A workbook is read once, and kept as what it says."""
    first = next(keeping.pieces(list_id), b"")
    if first.startswith(workbook.OLD):
        raise Unreadable(lists.WORKBOOK)
    if not first.startswith(workbook.SIGN):
        return
    with tempfile.TemporaryFile() as file:
        file.writelines(keeping.pieces(list_id))
        keeping.replace(list_id, workbook.as_csv(file, _Unpacked(list_id).tell))


class _Unpacked:
    """Shows how far a workbook is unpacked, a few dozen times in all."""

    def __init__(self, list_id: int) -> None:
        self._list_id, self._told = list_id, -STEP

    def tell(self, share: float) -> None:
        if share < self._told + STEP:
            return
        self._told = share
        with transaction() as session:
            one = update(AudienceList).where(AudienceList.id == self._list_id)
            # Of the bytes that were uploaded, as all that is shown of the list.
            done = cast(AudienceList.bytes * share, Integer)
            session.execute(
                one.values(done=done, shape=UNPACKING, leased_until=clock.now() + LEASE)
            )


def _open_gate(campaign_id: int, match: Match) -> str:
    with transaction() as session:
        gate = Gate(
            id=secrets.token_hex(12),
            token_id=NOBODYS_TOKEN,
            campaign_id=campaign_id,
            match=match,
            lease_s=int(LASTS.total_seconds()),
            created_at=clock.now(),
        )
        session.add(gate)
        return gate.id


def _read(list_id: int, gate_id: str, shape: Shape) -> Counted:
    """Bring everybody on the list to the gate, and show how far that is."""
    rows = unreadable = n = 0
    seen: set[int] = set()
    values: list[str] = []
    read = _Meter(list_id)
    for row in lists.rows(read.pieces(), shape):
        rows += 1
        if row.address is None:
            unreadable += 1
            continue
        seen.add(hash(row.address))
        values.append(row.address)
        if len(values) >= AT_ONCE:
            _put(gate_id, n, values, list_id, read.bytes)
            values, n = [], n + 1
    _put(gate_id, n, values, list_id, read.bytes)
    return Counted(rows, unreadable, rows - unreadable - len(seen))


class _Meter:
    """Counts the bytes that were read."""

    def __init__(self, list_id: int) -> None:
        self.list_id, self.bytes = list_id, 0

    def pieces(self) -> Iterator[bytes]:
        for piece in keeping.pieces(self.list_id):
            yield piece
            self.bytes += len(piece)


def _put(gate_id: str, n: int, values: list[str], list_id: int, done: int) -> None:
    part = audience.pack(values)
    with transaction() as session:
        audience.put(session, gate_id, n, part)
        going = update(AudienceList).where(AudienceList.id == list_id)
        session.execute(going.values(done=done, leased_until=clock.now() + LEASE))


def terms_for(gate_id: str, list_id: int) -> Terms:
    """What the receipt says beside the audience."""
    now = clock.now()
    with reading() as session:
        gate = session.get_one(Gate, gate_id)
        campaign = session.get_one(Campaign, gate.campaign_id)
        behind = freshness(session, now).for_mailboxes(campaign.mailboxes).lag is not Lag.NONE
        waits = behind and campaign.campaign_class in FAILS_CLOSED
        load = for_gate(session, Asked(_people(session, gate_id), campaign.campaign_class), now)
    return Terms(
        issuer=bot_settings().public_url.rstrip("/"),
        audience=f"console:{list_id}",
        groups=True,
        refusal=Going.NO_GO if waits else load.refusal if load is not None else None,
        load=load.as_claims() if load is not None else {},
        conditions=load.as_conditions() if load is not None else {},
    )


def _people(session: Session, gate_id: str) -> int:
    return sum(session.scalars(select(GatePart.count).where(GatePart.gate_id == gate_id)))


def _changed(session: Session, before: ListCheck, held: Held) -> tuple[list[str], list[str]]:
    """Whom to take out of any list that was cut so far, and who is free again.

    What an earlier look said is said again while it is so: it may not have been read.
    """
    known, said = audience.held_back(session, before.gate_id).held, looking.difference(before)
    out = (held.keys() - known.keys()) | (held.keys() & said["out"])
    back = (known.keys() - held.keys()) | (frozenset(said["back"]) - held.keys())
    return sorted(out), sorted(back)


def _conclude(list_id: int, gate_id: str, shape: Shape, counted: Counted) -> None:
    with transaction() as session:
        one = session.get_one(AudienceList, list_id)
        held = audience.held_back(session, gate_id).held
        before = looking.newest_check(session, list_id)
        out, back = _changed(session, before, held) if before is not None else ([], [])
        said = json.dumps({"out": out, "back": back}, ensure_ascii=False).encode()
        check = ListCheck(list_id=list_id, gate_id=gate_id, at=clock.now(), out_n=len(out),
                          back_n=len(back))  # fmt: skip
        check.review_n = sum(verdict[0] == Action.REVIEW for verdict in held.values())
        check.difference = keeping.seal(said, list_id, f"difference:{gate_id}")
        session.add(check)
        # The list itself is kept sealed; in the clear nothing of it is needed any longer.
        session.execute(delete(GatePart).where(GatePart.gate_id == gate_id))
        one.state, one.leased_until, one.shape = State.READY, None, asdict(shape)
        one.rows, one.unreadable, one.repeated = asdict(counted).values()
        one.done = one.bytes
