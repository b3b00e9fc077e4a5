"""What was written to whom by marketing: for the timeline, and as pressure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.contact import Identifier, Kind
from cases.db import Base
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.policies import in_force
from cases.pressure import LOOK_BACK, Load, added, faded
from cases.rows.among import among
from cases.rows.upserting import insert_into

AT_ONCE = 500
JOURNAL = "journal"
"""The source of what was seen in a mailbox and told by nobody."""
MOST_TOPICS = 50
"""Sums of topics that are kept of one person; the newest ones, however many a sender names."""


class Touch(Base):
    """One mail of marketing to one person. Later events of the same id add to it."""

    __tablename__ = "touch"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        Index("ix_touch_value_sent_at", "value", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    value: Mapped[str]
    source: Mapped[str]
    """The token or gate that told us."""
    event_id: Mapped[str]
    campaign: Mapped[str] = mapped_column(default="")
    campaign_class: Mapped[str]
    topic: Mapped[str] = mapped_column(default="", server_default="")
    weight: Mapped[float]
    subject: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str] = mapped_column(default="")
    preview: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    clicked: Mapped[list[str]] = mapped_column(default=list)
    answered_at: Mapped[datetime | None]


class Pressure(Base):
    """The sum of somebody's touches, faded to the instant of the last one."""

    __tablename__ = "pressure"

    kind: Mapped[Kind] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[float]
    at: Mapped[datetime]
    last: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Campaign class -> when the last mail of that kind was sent."""
    topics: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Topic -> the sum of its mail, and the instant of the last one, to which it is faded."""
    ours: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """The same sum of what people of ours and bots wrote or said to the person."""
    ours_at: Mapped[datetime | None]

    def load(self, half_life: timedelta) -> Load:
        """What weighs on them: of marketing, and of us."""
        return together(Load(self.score, self.at), self.ours, self.ours_at, half_life)


def together(marketing: Load, ours: float, ours_at: datetime | None, half_life: timedelta) -> Load:
    """Both sums as one; mail of ours keeps no distance from that of marketing."""
    if ours_at is None or ours <= 0:
        return marketing
    if marketing.score <= 0 or marketing.at is None:
        return Load(ours, ours_at, marketing.last_at)
    newest = max(marketing.at, ours_at)
    total = faded(marketing.score, newest - marketing.at, half_life)
    total += faded(ours, newest - ours_at, half_life)
    return Load(total, newest, marketing.last_at)


def record(session: Session, touches: Sequence[dict[str, Any]]) -> int:
    """Keep touches, and let the new ones press; how many were new. Known ids are updated."""
    known = {(one.source, one.event_id): one for one in _known(session, touches)}
    fresh: dict[tuple[str, str], dict[str, Any]] = {}
    for touch in touches:
        key = touch["source"], touch["event_id"]
        if key in known:
            _add(known[key], touch)
        else:
            fresh[key] = {**_EMPTY, **touch}
    _stop_series(session, touches)
    if fresh:
        seen = _seen_before(session, list(fresh.values()))
        missing = insert_into(session, Touch).on_conflict_do_nothing()
        session.execute(missing, list(fresh.values()))
        if heavier := [one for key, one in fresh.items() if key not in seen]:
            _press(session, heavier)
    return len(fresh)


def _seen_before(session: Session, fresh: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Those that were seen in a mailbox before their sender told of them: they weigh already."""
    named = {
        (touch["value"], touch["message_id"]): (touch["source"], touch["event_id"])
        for touch in fresh
        if touch["message_id"] and touch["source"] != JOURNAL
    }
    if not named:
        return set()
    values, ids = (sorted(set(some)) for some in zip(*named, strict=True))
    theirs = among(Touch.value, values), among(Touch.message_id, ids)
    seen = session.scalars(select(Touch).where(Touch.source == JOURNAL, *theirs)).all()
    same = [row for row in seen if (row.value, row.message_id) in named]
    for row in same:
        session.delete(row)
    return {named[row.value, row.message_id] for row in same}


def _stop_series(session: Session, touches: Sequence[Mapping[str, Any]]) -> None:
    """Who answered a mail of a series gets no more of it; their exclusions follow at the commit."""
    answered: dict[tuple[Kind, str], datetime] = {}
    for touch in touches:
        at = touch.get("answered_at")
        if at is not None and touch["campaign_class"] == CampaignClass.DRIP:
            key = touch["kind"], touch["value"]
            answered[key] = max(at, answered.get(key, at))
    if not answered:
        return
    theirs = among(Identifier.value, sorted({value for _kind, value in answered}))
    for one in session.scalars(select(Identifier).where(theirs)):
        at = answered.get((one.kind, one.value))
        if at is not None and (one.drip_answered_at is None or one.drip_answered_at < at):
            one.drip_answered_at = at


def got(
    session: Session, kind: Kind, values: Sequence[str], campaign: str, since: datetime
) -> set[str]:
    """Who of them got that campaign since then."""
    if not values:
        return set()
    theirs = select(Touch.value).where(Touch.kind == kind, among(Touch.value, values))
    found = theirs.where(Touch.sent_at >= since, Touch.campaign == campaign)
    return set(session.scalars(found))


_EMPTY: dict[str, Any] = dict.fromkeys(
    ("campaign", "topic", "subject", "message_id", "preview"), ""
)
_EMPTY |= {"opened_at": None, "clicked": [], "answered_at": None}


def _known(session: Session, touches: Sequence[dict[str, Any]]) -> Iterable[Touch]:
    by_source: dict[str, list[str]] = {}
    for touch in touches:
        by_source.setdefault(touch["source"], []).append(touch["event_id"])
    for source, ids in by_source.items():
        wanted = select(Touch).where(Touch.source == source, among(Touch.event_id, ids))
        yield from session.scalars(wanted)


def _add(known: Touch, touch: Mapping[str, Any]) -> None:
    known.opened_at = known.opened_at or touch.get("opened_at")
    known.answered_at = known.answered_at or touch.get("answered_at")
    known.clicked = list(dict.fromkeys([*known.clicked, *touch.get("clicked", ())]))[:50]


def _press(session: Session, fresh: Sequence[dict[str, Any]]) -> None:
    values = sorted({(touch["kind"], touch["value"]) for touch in fresh})
    make(session, values)
    rows = {(row.kind, row.value): row for row in _locked(session, values)}
    half_life = in_force(session).chosen.pressure_half_life
    for touch in fresh:
        row = rows[touch["kind"], touch["value"]]
        _weigh(row, touch, half_life)
        before = row.last.get(touch["campaign_class"], "")
        row.last = row.last | {touch["campaign_class"]: max(before, touch["sent_at"].isoformat())}


def _weigh(row: Pressure, touch: Mapping[str, Any], half_life: timedelta) -> None:
    load = Load(row.score, row.at) if row.score else Load()
    load = added(load, touch["weight"], touch["sent_at"], half_life)
    row.score, row.at = load.score, load.at or row.at
    if touch["topic"] and touch["weight"] > 0:
        row.topics = _with_topic(row.topics, touch, half_life)


def _with_topic(
    topics: Mapping[str, Any], touch: Mapping[str, Any], half_life: timedelta
) -> dict[str, Any]:
    """The sums of topics after that mail, without those that weigh nothing any more."""
    name = touch["topic"]
    loads = {one: Load(score, datetime.fromisoformat(at)) for one, (score, at) in topics.items()}
    loads[name] = added(loads.get(name, Load()), touch["weight"], touch["sent_at"], half_life)
    newest = max(load.at for load in loads.values() if load.at is not None)
    kept = [(load.at, load.score, one) for one, load in loads.items()
            if load.at is not None and newest - load.at <= LOOK_BACK]  # fmt: skip
    kept.sort(reverse=True)
    return {one: [score, at.isoformat()] for at, score, one in kept[:MOST_TOPICS]}


def fade_anew(session: Session, rows: Sequence[Pressure], now: datetime) -> None:
    """Reckon what marketing wrote anew from its mails of the last days; rows must be locked."""
    half_life = in_force(session).chosen.pressure_half_life
    theirs = among(Touch.value, [row.value for row in rows])
    columns = Touch.kind, Touch.value, Touch.topic, Touch.weight, Touch.sent_at
    recent = select(*columns).where(theirs, Touch.sent_at > now - LOOK_BACK)
    mails: dict[tuple[Kind, str], list[Mapping[str, Any]]] = {}
    for one in session.execute(recent.order_by(Touch.sent_at, Touch.id)).mappings():
        mails.setdefault((one["kind"], one["value"]), []).append(dict(one))
    for row in rows:
        row.score, row.topics = 0.0, {}
        for mail in mails.get((row.kind, row.value), ()):
            _weigh(row, mail, half_life)


def make(session: Session, values: Sequence[tuple[Kind, str]]) -> None:
    """Have a row for each of them, which weighs nothing where it is new."""
    start = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    rows = [{"kind": k, "value": v, "score": 0.0, "at": start, "last": {}} for k, v in values]
    session.execute(insert_into(session, Pressure).on_conflict_do_nothing(), rows)


def _locked(session: Session, values: Sequence[tuple[Kind, str]]) -> Iterable[Pressure]:
    by_kind: dict[Kind, list[str]] = {}
    for kind, value in values:
        by_kind.setdefault(kind, []).append(value)
    for kind, ones in by_kind.items():
        wanted = Pressure.kind == kind, among(Pressure.value, ones)
        # In the order of their names, so that two writers never wait for each other.
        query = select(Pressure).where(*wanted).order_by(Pressure.value).with_for_update()
        yield from session.scalars(query)
