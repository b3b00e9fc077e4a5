"""The mail itself: its HTML in a frame that can do nothing, its files, and the original."""

from collections.abc import Mapping

from flask import Response, abort, make_response, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail
from cases.db import reading
from cases.language import gettext as _
from cases.message import Message
from inbox import content, fetching
from inbox.mime.parts import header_of
from inbox.web import file_names
from inbox.web.access import Pages, Policy, allow
from inbox.web.direction import straight
from inbox.web.fragments import show
from inbox.web.mail import host_marks, pictures, safe_html
from inbox.web.visible import the_message

pages = Pages("bodies", __name__)
MOST_FIELDS, LONGEST_FIELD = 200, 4_000


@pages.get("/messages/<int:message_id>/body")
@allow(Policy.CASES)
def body(message_id: int) -> Response:
    """The body as its sender laid it out, made harmless; with its pictures if that is wished."""
    with reading() as session:
        message = the_message(session, message_id)
        wanted = "pictures" in request.args or pictures.are_wanted(session, message)
        raw = content.original(session, message.raw_id)
        language = message.language
    if raw is None:
        abort(404)

    def proxied(number: int) -> str:
        return url_for("bodies.picture", message_id=message_id, number=number)

    place = proxied if wanted else None
    safe = safe_html.clean(content.html(raw), content.pictures(raw), proxied=place)
    html = host_marks.in_html(safe.html)
    page = render_template("case/body.html", html=html, spoken=language)
    response = make_response(page)
    response.headers["X-Content-Kind"] = "mail with pictures" if wanted else "mail"
    return response


@pages.get("/messages/<int:message_id>/pictures/<int:number>")
@allow(Policy.CASES)
def picture(message_id: int, number: int) -> Response:
    """A picture that the mail names, fetched by us: the browser of the agent asks nobody else."""
    with reading() as session:
        raw = content.original(session, the_message(session, message_id).raw_id)
    named = safe_html.clean(content.html(raw), {}).remote if raw is not None else ()
    with_files = content.pictures(raw) if raw is not None else {}
    remote = [one for one in named if one.removeprefix("cid:") not in with_files]
    if number >= len(remote):
        abort(404)
    try:
        found = fetching.picture(remote[number])
    except fetching.NotShown:
        abort(404)
    response = make_response(found.content)
    response.headers["Content-Type"] = found.type
    response.headers["X-Content-Kind"] = "file"
    return response


@pages.get("/messages/<int:message_id>/original")
@allow(Policy.CASES)
def original(message_id: int) -> Response:
    """The mail as it came, to be saved."""
    with reading() as session:
        raw = content.original(session, the_message(session, message_id).raw_id)
    return as_file(raw, f"mail-{message_id}.eml") if raw is not None else abort(404)


@pages.get("/messages/<int:message_id>/headers")
@allow(Policy.CASES)
def headers(message_id: int) -> Response:
    """The header of the mail, field by field as it came: the way it took and what servers say."""
    with reading() as session:
        message = the_message(session, message_id)
        raw = content.original(session, message.raw_id)
        if raw is None:
            abort(404)
        return show(
            session,
            "case/headers.html",
            title=_("Header of a mail in case {number}", number=message.case_id),
            message=message,
            fields=[(name, _legible(value)) for name, value in header_of(raw)[:MOST_FIELDS]],
        )


def _legible(value: bytes) -> str:
    """One line of text, whatever bytes a sender put there."""
    return straight(" ".join(value[:LONGEST_FIELD].decode("utf-8", "replace").split()))


@pages.get("/messages/<int:message_id>/attachments/<int:part>")
@allow(Policy.CASES)
def attachment(message_id: int, part: int) -> Response:
    """A file of the mail, to be saved; it is never shown by the browser."""
    row, file = attached(message_id, part)
    return as_file(file, str(row["name"]))


def attached(message_id: int, part: int) -> tuple[Mapping[str, str | int], bytes]:
    """What is known of a file of the mail, and its bytes."""
    with reading() as session:
        message = the_message(session, message_id)
        row = _row(message, part)
        raw = content.original(session, message.raw_id) or _sent(session, message)
    found = content.attachment(raw, part, int(row["size"])) if raw is not None else None
    return (row, found) if found is not None else abort(404)


def _sent(session: Session, message: Message) -> bytes | None:
    """A mail that we wrote, as it was queued."""
    mine = select(OutgoingMail.content).where(OutgoingMail.message_id == message.id)
    return session.scalars(mine.limit(1)).first()


def _row(message: Message, part: int) -> Mapping[str, str | int]:
    found: list[Mapping[str, str | int]] = [
        row for row in message.attachments if row.get("part") == part
    ]
    return found[0] if found else abort(404)


def as_file(found: bytes, name: str) -> Response:
    """Bytes that a browser saves and never opens."""
    response = make_response(found)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = file_names.disposition(name)
    response.headers["X-Content-Kind"] = "file"
    return response
