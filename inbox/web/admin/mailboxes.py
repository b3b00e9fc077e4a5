"""The mailboxes: how reading them goes, and how each is read, tried, paused and widened."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, g, redirect, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot.composing import signature
from cases import audit, clock, language
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import FolderRole, Mailbox, Mode, WatchedFolder, signing_in
from inbox.spool import Cursor, DayCount, RawMail, checks
from inbox.web import conflicts, hx, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import check_words, granting, mailbox_form
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("mailboxes", __name__, url_prefix="/admin/mailboxes")
DAYS_SHOWN = 14


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All mailboxes, the failing ones first."""
    with reading() as session:
        boxes = session.scalars(
            select(Mailbox).order_by(Mailbox.failing_since.is_(None), Mailbox.address)
        ).all()
        newest = session.execute(
            select(RawMail.mailbox_id, func.max(RawMail.arrived_at)).group_by(RawMail.mailbox_id)
        )
        return show(
            session,
            "admin/mailboxes.html",
            title=_("Mailboxes"),
            boxes=boxes,
            newest={row[0]: row[1] for row in newest},
            shadow=Mode.SHADOW,
            notice=notices.from_address(),
        )


@pages.get("/new")
@allow(Policy.ADMIN)
def new() -> Response:
    """An empty form."""
    with reading() as session:
        said = mailbox_form.EMPTY | {"language": language.current(), "start": _("now")}
        return _form(session, None, said, {})


@pages.post("/new")
@allow(Policy.ADMIN)
def add() -> AnyResponse:
    """Read one more mailbox, and try it at once."""
    said = mailbox_form.typed(request.form)
    with transaction() as session:
        wrong = mailbox_form.wrong(session, said, None)
        if wrong:
            return _form(session, None, said, wrong)
        box = mailbox_form.made(said, request.form)
        session.add(box)
        session.flush()
        checks.ask(session, box.id)
        _note(session, "mailbox.added", box)
        return _to(box.id)


def _note(session: Session, what: str, box: Mailbox, **data: object) -> None:
    audit.note(session, by=agent().address, what=what, about=box.address, **data)


@pages.get("/<int:mailbox_id>")
@allow(Policy.OPERATIONS)
def one(mailbox_id: int) -> Response:
    """One mailbox: how it fares, its folders, its days, its form."""
    with reading() as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        return _form(session, box, mailbox_form.of(box), {})


@pages.post("/<int:mailbox_id>")
@allow(Policy.ADMIN)
def save(mailbox_id: int) -> AnyResponse:
    """Change how it is read and sent from, and try it at once."""
    said = mailbox_form.typed(request.form)
    with transaction(lock=conflicts.LOCK) as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        said |= {"address": box.address}
        saver = conflicts.by_audit(session, "mailbox.", box.address)
        if late := conflicts.late(mailbox_form.of(box), said, saver):
            return _form(session, box, said, {}, late=late)
        wrong = mailbox_form.wrong(session, said, box)
        wrong = wrong or mailbox_form.unproven(box, said, request.form)
        if wrong:
            return _form(session, box, said, wrong)
        mailbox_form.change(box, said, request.form)
        checks.ask(session, box.id)
        _note(session, "mailbox.changed", box)
    return _to(mailbox_id)


@pages.get("/<int:mailbox_id>/check")
@allow(Policy.OPERATIONS)
def checked(mailbox_id: int) -> AnyResponse:
    """How the trial goes, for the page that waits for it."""
    if not hx.asked().is_partial:
        return redirect(url_for("mailboxes.one", mailbox_id=mailbox_id), 303)
    with reading() as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        return _form(session, box, {}, {}, block="check")


@pages.post("/<int:mailbox_id>/check")
@allow(Policy.OPERATIONS)
def check(mailbox_id: int) -> AnyResponse:
    """Try it now."""
    with transaction() as session:
        checks.ask(session, (session.get(Mailbox, mailbox_id) or abort(404)).id)
    return _to(mailbox_id)


@pages.post("/<int:mailbox_id>/pause")
@allow(Policy.ADMIN)
def pause(mailbox_id: int) -> AnyResponse:
    """Stop reading it for a while, or go on from where it stopped."""
    with transaction() as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        box.paused = request.form.get("paused") == "yes"
        _note(session, "mailbox.paused", box, paused=box.paused)
    return _to(mailbox_id)


@pages.post("/<int:mailbox_id>/folders")
@allow(Policy.ADMIN)
def folder(mailbox_id: int) -> AnyResponse:
    """Read one more folder, or one less."""
    name, role = request.form.get("name", "").strip()[:200], request.form.get("role", "inbox")
    if role not in frozenset(FolderRole):
        abort(422)
    if not name:
        return _refused(mailbox_id, "more", _("Name the folder as the server calls it."))
    with transaction() as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        box.more_folders[:] = [kept for kept in box.more_folders if kept.name != name]
        session.flush()
        if request.form.get("remove") != "yes":
            now = clock.now()
            added = WatchedFolder(name=name, role=FolderRole(role), import_from=now, created_at=now)
            box.more_folders.append(added)
        _note(session, "mailbox.changed", box, folder=name)
    return _to(mailbox_id)


@pages.post("/<int:mailbox_id>/past")
@allow(Policy.ADMIN)
def past(mailbox_id: int) -> AnyResponse:
    """Bring in older mail as history: closed cases, no clocks, no replies, no exclusions."""
    try:
        since = datetime.fromisoformat(request.form.get("since", "")).replace(tzinfo=UTC)
    except ValueError:
        return _refused(mailbox_id, "since", _("Write a date such as 2026-11-01."))
    with transaction() as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        _note(session, "mailbox.changed", box, history_from=f"{since:%Y-%m-%d}")
        watched: tuple[Mailbox | WatchedFolder, ...] = (box, *box.more_folders)
        for place in watched:
            if place.import_from is not None:
                place.import_from = min(place.import_from, since)
        for known in _cursors(session, mailbox_id):
            known.backfill_from = min(since, known.backfill_from or since)
    return _to(mailbox_id)


def _refused(mailbox_id: int, field: str, said: str) -> Response:
    with reading() as session:
        box = session.get(Mailbox, mailbox_id) or abort(404)
        return _form(session, box, mailbox_form.of(box), {field: said})


def _cursors(session: Session, mailbox_id: int) -> list[Cursor]:
    return list(session.scalars(select(Cursor).where(Cursor.mailbox_id == mailbox_id)))


def _to(mailbox_id: int) -> AnyResponse:
    return redirect(url_for("mailboxes.one", mailbox_id=mailbox_id, done="saved.1"), 303)


def _form(
    session: Session,
    box: Mailbox | None,
    said: dict[str, str],
    wrong: dict[str, str],
    block: str = "main",
    late: Late | None = None,
) -> Response:
    return show(
        session,
        "admin/mailbox.html",
        block=block,
        title=box.address if box else _("Read one more mailbox"),
        status=409 if late else 422 if wrong else 200,
        box=box,
        typed=said,
        wrong=wrong,
        security=mailbox_form.SECURITY,
        roles=list(FolderRole),
        modes=list(Mode),
        trial_words=check_words.said,
        signature_places=signature.PLACES,
        notice=notices.from_address(),
        **conflicts.shown(mailbox_form.of(box) if box else {}, late),
        **(_state(session, box) if box else {}),
    )


def _state(session: Session, box: Mailbox) -> dict[str, Any]:
    days = select(DayCount).where(DayCount.mailbox_id == box.id).order_by(DayCount.day.desc())
    return {
        "check": checks.newest(session, box.id),
        "cursors": _cursors(session, box.id),
        "folders_read": list(box.more_folders),
        "days": session.scalars(days.limit(DAYS_SHOWN)).all(),
        "silent": box.is_silent(clock.now()),
        "signing_in": signing_in.begun(box, g.secret),
        "provider_names": granting.NAMES,
        "came_back_to": granting.came_back_to(),
    }
