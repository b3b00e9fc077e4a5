"""What is half written: saved while it is typed, with its files, until it is sent or discarded."""

from dataclasses import asdict

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, unsent
from cases.db import reading
from cases.language import gettext as _
from cases.unsent import Overtaken, TooMuch, Unsent, Written
from inbox.web import box, hx, notices
from inbox.web.access import Pages, Policy, allow, takes
from inbox.web.box.enclosed import its_row, lend, take_files
from inbox.web.box.sending import typed_or
from inbox.web.case import gathered
from inbox.web.errors import show as show_error
from inbox.web.fragments import piece
from inbox.web.ids import a_number, whole
from inbox.web.notices import Notice
from inbox.web.visible import acting_on, the_case, the_message
from inbox.web.who import agent
from inbox.web.writing import saying
from inbox.web.writing.replies import LARGEST, again, box_of, put_above

pages = Pages("half_written", __name__)
pages.record(saying.furnish)


@pages.get("/cases/<int:case_id>/draft")
@allow(Policy.CASES)
def stands(case_id: int) -> Response:
    """The text as it was kept last: a page that was loaded again may have been too early."""
    with reading() as session:
        the_case(session, case_id)
        row = unsent.find(session, case_id, agent().id)
    response = _tagged(row.text if row is not None else "", row.version if row is not None else 0)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


@pages.post("/cases/<int:case_id>/draft")
@allow(Policy.CASES)
@takes(LARGEST)
def save(case_id: int) -> AnyResponse:
    """Keep what stands in the box, unless another window kept something newer."""
    written, at = box.typed(), clock.now()
    try:
        with acting_on(case_id) as (session, case):
            version, me = _version(), agent().id
            row = unsent.keep(session, case_id, me, written, at=at, version=version)
            take_files(session, case, written, at=at)
            number = row.version
    except Overtaken:
        return _both(case_id)
    if not hx.asked().is_partial:
        return _back(case_id)
    return _tagged(render_template("case/saved.html", at=at), number)


def _version() -> int | None:
    """The version that the window began from (RFC 9110, 13.1.1)."""
    return whole(request.headers.get("If-Match", request.form.get("version", "")).strip('" '))


def _tagged(page: str, version: int, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["ETag"] = f'"{version}"'
    return response


def _both(case_id: int) -> AnyResponse:
    """Two windows wrote: both texts are shown, and neither is lost."""
    with reading() as session:
        the_case(session, case_id)
        other = unsent.find(session, case_id, agent().id)
        if hx.asked().is_partial:
            page = render_template("case/conflict.html", other=other)
            return _tagged(page, other.version if other is not None else 0, 409)
    return again(case_id, box.typed(), 409, other=other)


def _back(case_id: int) -> AnyResponse:
    address = url_for("case.page", case_id=case_id, done=f"kept.{case_id}")
    return redirect(f"{address}#reply-text", 303)


@pages.post("/cases/<int:case_id>/draft/files")
@allow(Policy.CASES)
@takes(LARGEST)
def attach(case_id: int) -> AnyResponse:
    """Let files go with the text: from the form, or those of a mail of the case."""
    at = clock.now()
    try:
        with acting_on(case_id) as (session, case):
            written = typed_or(unsent.find(session, case_id, agent().id))
            row = its_row(session, case, written, at=at)
            if "text" in request.form:
                row = unsent.keep(session, case_id, agent().id, written, at=at)
            take_files(session, case, written, at=at)
            if lender := request.values.get("from", 0, type=a_number):
                lend(session, row, the_message(session, lender))
    except TooMuch:
        said = _("The files are too large: {number} MB at the most.", number=20)
        return show_error(413, said)
    return _files(case_id)


@pages.post("/cases/<int:case_id>/draft/files/<int:file_id>/removal")
@allow(Policy.CASES)
@takes(LARGEST)
def detach(case_id: int, file_id: int) -> AnyResponse:
    """That file stays here."""
    with acting_on(case_id) as (session, _case):
        row = unsent.find(session, case_id, agent().id)
        found = next((one for one in row.files if one.id == file_id), None) if row else None
        if row is None or found is None:
            abort(404)
        row.files.remove(found)
        if "text" in request.form:
            unsent.keep(session, case_id, agent().id, box.typed(), at=clock.now())
    return _files(case_id)


def _files(case_id: int) -> AnyResponse:
    if not hx.asked().is_partial:
        return _back(case_id)
    with reading() as session:
        the_case(session, case_id)
        row: Unsent | None = unsent.find(session, case_id, agent().id)
        files = unsent.files_of(session, row)
        shown = render_template("case/files.html", files=files, case_id=case_id)
    part = hx.partial(f"#files-{case_id}", shown)
    return _tagged(part, row.version if row is not None else 0)


@pages.post("/cases/<int:case_id>/draft/discarding")
@allow(Policy.CASES)
@takes(LARGEST)
def discard(case_id: int) -> AnyResponse:
    """Nobody wants it any more; the toast has its words, should somebody want them after all."""
    written = box.typed()
    with acting_on(case_id) as (session, _case):
        had_files = bool(unsent.files_of(session, unsent.find(session, case_id, agent().id)))
        unsent.settle(session, case_id, agent().id, written, at=clock.now())
    if not hx.asked().is_partial:
        address = url_for("case.page", case_id=case_id, done=f"dropped.{case_id}")
        return redirect(address, 303)
    notice = notices.words_dropped(case_id, _fields(written), had_files=had_files)
    return _box_and(case_id, notice)


def _fields(written: Written) -> dict[str, str]:
    """As a form sends them."""
    said = {name: str(value) for name, value in asdict(written).items() if value}
    return said | ({"macro": said.pop("macro_id")} if "macro_id" in said else {})


def _box_and(case_id: int, notice: Notice) -> AnyResponse:
    with reading() as session:
        shown = box_of(session, gathered(session, case_id))
    return hx.answer(shown, piece("toast.html", "toast", "#toasts", notice=notice))


@pages.post("/cases/<int:case_id>/draft/discarding/withdrawal")
@allow(Policy.CASES)
@takes(LARGEST)
def bring_back(case_id: int) -> AnyResponse:
    """What was discarded stands in the box again, above what was written since."""
    with acting_on(case_id) as (session, _case):
        put_above(session, case_id, box.typed())
    if not hx.asked().is_partial:
        return _back(case_id)
    return _box_and(case_id, notices.kept(case_id))
