"""Promises: what holds now, and another version, first looked at over the last week."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.promises import preview
from cases.promises.preview import Preview
from cases.sla import book as books
from cases.sla import spans, words
from cases.sla.book import BadPolicy, Book, Scope, SlaPolicy
from cases.sla.policy import Pause, Policy, Target
from cases.sla.spans import NoSpan
from classifiers import taxonomy
from inbox.web import conflicts, notices
from inbox.web.access import Pages, allow
from inbox.web.access import Policy as Who
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("promises", __name__, url_prefix="/admin/promises")
WEEK = timedelta(days=7)
LONGEST_NAME = 60
_UNTICKED = {one.value: "" for one in Pause}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    name: str
    scope: Scope
    times: dict[str, timedelta | None]
    calendar: str
    warn_at: float
    pauses: frozenset[Pause]

    def values(self) -> dict[str, Any]:
        """As a version of the policy keeps it."""
        seconds = {
            name: int(span.total_seconds()) if span is not None else None
            for name, span in self.times.items()
        }
        scope = {
            "mailbox_id": self.scope.mailbox_id,
            "type": self.scope.type,
            "tier": self.scope.tier,
        }
        pauses = " ".join(sorted(self.pauses))
        kept = {"calendar": self.calendar, "warn_at": self.warn_at, "pauses": pauses}
        return {**seconds, **scope, **kept}


@dataclass(frozen=True, slots=True)
class Line:
    """One target of the preview: how many were kept of how many, now and then."""

    name: str
    kept: int
    of: int
    kept_then: int
    of_then: int


@pages.get("")
@allow(Who.OPERATIONS)
def page() -> Response:
    """All promises, and the form for a new version of one."""
    with reading() as session:
        name, kind = request.args.get("name", ""), request.args.get("type", "")
        return _page(session, _typed_of(session, name) | _proposed(session, kind))


def _proposed(session: Session, kind: str) -> dict[str, str]:
    """What a promise for that leaf starts from: the one there is, or the hours of its leaf."""
    leaf = taxonomy.taxonomy().leaves.get(taxonomy.taxonomy().today(kind))
    if leaf is None:
        return {}
    rows = (row for row in _standing(books.read(session)) if row.type == leaf.code)
    if (row := next(rows, None)) is not None:
        return _typed_of(session, row.name)
    hours = spans.write(timedelta(hours=leaf.sla_hours))
    times = {one.value: hours for one in (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)}
    return {**times, "name": leaf.code[:LONGEST_NAME], "type": leaf.code}


def _typed_of(session: Session, name: str) -> dict[str, str]:
    """The form filled with the version that holds, so that one thing can be changed."""
    row = _of_name(session, name)
    if row is None:
        return {"calendar": books.DEFAULT, "warn": "75", Pause.WAITING: "yes"}
    policy = row.value()
    times = {target.value: spans.write(policy.of(target)) for target in Target}
    box = str(row.mailbox_id or "")
    return {
        **times,
        **dict.fromkeys(policy.pauses, "yes"),
        "name": row.name,
        "mailbox": box,
        "type": row.type,
        "tier": row.tier,
        "calendar": row.calendar,
        "warn": f"{row.warn_at * 100:g}",
    }


def _of_name(session: Session, name: str) -> SlaPolicy | None:
    return next((one for one in _standing(books.read(session)) if one.name == name), None)


def _standing(book: Book) -> list[SlaPolicy]:
    newest = {row.name: row for row in book.policies}
    return [row for row in newest.values() if not row.retired]


def _page(
    session: Session,
    typed: dict[str, str],
    *,
    refusal: str = "",
    found: Preview | None = None,
    late: Late | None = None,
) -> Response:
    book = books.read(session)
    boxes = session.execute(select(Mailbox.id, Mailbox.address).order_by(Mailbox.address)).all()
    named = {row[0]: row[1] for row in boxes}
    return show(
        session,
        "admin/promises.html",
        title=_("Promises"),
        status=409 if late else 422 if refusal else 200,
        lines=[(row, _scope_words(row, named), _times(row)) for row in _standing(book)],
        calendars=list({row.name: None for row in book.calendars} or {books.DEFAULT: None}),
        boxes=boxes,
        leaves=taxonomy.leaves(),
        branches=taxonomy.parents(),
        pauses=_pauses(),
        targets=[(target, words.target_name(target)) for target in Target],
        typed=typed,
        refusal=refusal,
        found=found,
        outcome=_outcome(found) if found is not None else [],
        notice=notices.from_address(),
        **conflicts.shown(_kept(session, typed.get("name", "").lower()), late),
    )


def _pauses() -> dict[str, str]:
    """What lets clocks stand, in words."""
    return {
        Pause.WAITING: _("while we wait for the customer"),
        Pause.SNOOZED: _("while it is laid aside"),
    }


def _scope_words(row: SlaPolicy, boxes: dict[int, str]) -> str:
    box = boxes.get(row.mailbox_id or 0, "")
    return " · ".join(filter(None, (box, row.type, row.tier))) or _("for all")


def _times(row: SlaPolicy) -> list[str]:
    policy = row.value()
    return [
        f"{words.target_name(target)}: {words.say_span(owed)}"
        for target in Target
        if (owed := policy.of(target)) is not None
    ]


def _outcome(found: Preview) -> list[Line]:
    now, then = found.now, found.then
    return [
        Line(
            words.target_name(target),
            now.kept[target],
            now.kept[target] + now.broken[target],
            then.kept[target],
            then.kept[target] + then.broken[target],
        )
        for target in Target
        if now.kept[target] + now.broken[target] + then.kept[target] + then.broken[target]
    ]


@pages.post("")
@allow(Who.ADMIN)
def write() -> AnyResponse:
    """See what the promise would have meant, or promise it from now on."""
    typed = {name: value.strip()[:200] for name, value in request.form.items() if name != "csrf"}
    looks = request.form.get("do") == "preview"
    # A look goes through a week of cases, and nobody who writes waits for it.
    with reading() if looks else transaction(lock=conflicts.LOCK) as session:
        if not looks and (late := _late(session, typed)):
            return _page(session, typed, late=late)
        try:
            wish = _wish(session, typed)
            if looks:
                return _page(session, typed, found=_preview(session, wish))
            values = wish.values() | {"by": agent().address}
            books.publish(session, wish.name, values, at=clock.now())
        except NoSpan:
            said = _("A time is written as 4h, 90m or 1h30m; leave it empty to promise nothing.")
            return _page(session, typed, refusal=said)
        except BadPolicy:
            said = _("Give it a name, times longer than nothing, and a warning between 1 and 100.")
            return _page(session, typed, refusal=said)
    return redirect(url_for("promises.page", done="saved.1"), 303)


def _late(session: Session, typed: dict[str, str]) -> Late | None:
    """Whether a promise of that name was made or changed since the form was shown."""
    row = _of_name(session, typed.get("name", "").lower())
    if row is None:
        return None
    # What is not ticked is not sent.
    said = _UNTICKED | typed
    return conflicts.late(_kept(session, row.name), said, conflicts.by_row(row, at="created_at"))


def _kept(session: Session, name: str) -> dict[str, str]:
    return _UNTICKED | _typed_of(session, name)


def _wish(session: Session, typed: dict[str, str]) -> Wish:
    """What the form says; raises NoSpan, BadPolicy."""
    box, kind = typed.get("mailbox", ""), typed.get("type", "")
    known = (*taxonomy.codes(), *(one.code for one in taxonomy.parents()), "")
    if kind not in known or (box and (not box.isdecimal() or len(box) > 9)):
        abort(422)
    if box and session.get(Mailbox, int(box)) is None:
        abort(422)
    name, warn = typed.get("name", "").lower(), typed.get("warn", "")
    usable = name and len(name) <= LONGEST_NAME and name.isprintable() and warn.isdecimal()
    if not usable or len(warn) > 3 or not 0 < int(warn) <= 100:
        raise BadPolicy("name or warning")
    return Wish(
        name,
        Scope(int(box) if box else None, kind, typed.get("tier", "")[:60]),
        {target.value: spans.read(typed.get(target.value, "")) for target in Target},
        typed.get("calendar", "") or books.DEFAULT,
        int(warn) / 100,
        frozenset(one for one in Pause if typed.get(one) == "yes"),
    )


def _preview(session: Session, wish: Wish) -> Preview:
    now, times = clock.now(), wish.times
    hours = books.read(session).calendar(wish.calendar, now)
    policy = Policy(
        first_response=times[Target.FIRST_RESPONSE.value],
        next_response=times[Target.NEXT_RESPONSE.value],
        resolution=times[Target.RESOLUTION.value],
        keep_informed=times[Target.KEEP_INFORMED.value],
        call_back=times[Target.CALL_BACK.value],
        warn_at=wish.warn_at,
        pauses=wish.pauses,
    )
    return preview.over(session, policy, hours, wish.scope, since=now - WEEK, now=now)


@pages.post("/end")
@allow(Who.ADMIN)
def retire() -> AnyResponse:
    """Promise it no longer to cases that open from now on."""
    name = request.form.get("name", "")
    with transaction() as session:
        row = _of_name(session, name)
        if row is None or name == books.DEFAULT:
            abort(404)
        columns = (
            "mailbox_id",
            "type",
            "tier",
            "calendar",
            "warn_at",
            "pauses",
            *(t.value for t in Target),
        )
        values = {column: getattr(row, column) for column in columns}
        values |= {"retired": True, "by": agent().address}
        books.publish(session, name, values, at=clock.now())
    return redirect(url_for("promises.page", done="saved.1"), 303)
