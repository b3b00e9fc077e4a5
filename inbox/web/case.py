"""The page of a case: beside its list in a whole page, alone in the reading pane."""

from flask import Response, request
from sqlalchemy.orm import Session

from cases import clock
from cases.case import Case, take
from cases.db import reading, transaction
from cases.language import ngettext
from cases.message import Message
from classifiers import taxonomy
from inbox.web import casefile, hx, notices, rows
from inbox.web.access import Pages, Policy, allow
from inbox.web.casefile import CaseFile
from inbox.web.folders import NAMES, Folder
from inbox.web.fragments import piece, show
from inbox.web.listing import order_named
from inbox.web.notices import Notice
from inbox.web.order import Order
from inbox.web.visible import the_case, the_message
from inbox.web.who import agent

pages = Pages("case", __name__)
TEMPLATE = "case/page.html"


@pages.get("/cases/<int:case_id>")
@allow(Policy.CASES)
def page(case_id: int) -> Response:
    """One case."""
    with reading() as session:
        case = the_case(session, case_id)
        if not case.unread:
            return _page(session, case)
    _mark_read(case_id)
    with reading() as session:
        return _page(session, the_case(session, case_id))


def _page(session: Session, case: Case) -> Response:
    file = _gathered(session, case)
    return show_file(session, file, draft=_draft(session), notice=notices.from_address())


def _mark_read(case_id: int) -> None:
    with transaction() as session:
        take(session, case_id).unread = False


def gathered(session: Session, case_id: int) -> CaseFile:
    """The file of a case that the agent may see."""
    return _gathered(session, the_case(session, case_id))


def _gathered(session: Session, case: Case) -> CaseFile:
    before = request.args.get("before", 0, type=int)
    return casefile.gather(session, agent(), case, clock.now(), before)


def show_file(
    session: Session,
    file: CaseFile,
    *,
    draft: str = "",
    notice: Notice | None = None,
    refused: str = "",
    status: int = 200,
    stale: list[Message] | None = None,
) -> Response:
    """The page of a case, with its list around it unless only the reading pane is asked for."""
    title = f"#{file.case.id} {file.subject}"
    folder, order = came_from()
    around = None
    if not hx.asked().is_partial:
        around = rows.page(session, agent(), folder, order, None, clock.now())
    return show(
        session,
        TEMPLATE,
        title=title,
        block="reader",
        status=status,
        file=file,
        page=around,
        draft=draft,
        notice=notice,
        refused=refused,
        stale=stale or [],
        leaves=taxonomy.leaves(),
        html=request.args.get("html", 0, type=int),
        came_from=folder,
        order=order,
    )


def came_from() -> tuple[Folder, Order]:
    """The list that the case was opened from."""
    name = request.values.get("in", "")
    folder = Folder(name) if name in NAMES else Folder.ALL
    return folder, order_named(request.values.get("sort", ""))


def _draft(session: Session) -> str:
    """The text of an answer that was taken back, for the box to begin with."""
    number = request.args.get("draft", 0, type=int)
    if not number:
        return ""
    message = the_message(session, number)
    mine = message.withdrawn_at is not None and message.by == agent().address
    return message.text if mine else ""


@pages.get("/cases/<int:case_id>/news")
@allow(Policy.CASES)
def news(case_id: int) -> Response:
    """How many messages came since the page was drawn: announced, never forced."""
    seen = request.args.get("seen", 0, type=int)
    with reading() as session:
        the_case(session, case_id)
        found = casefile.since(session, case_id, seen)
    if not found:
        return hx.answer("")
    said = ngettext("{number} new message · show", "{number} new messages · show", len(found))
    return hx.answer(f'<a class="news" href="/cases/{case_id}">{hx.text(said)}</a>')


def pieces(session: Session, file: CaseFile, notice: Notice | None) -> Response:
    """After an action: the parts of the page that show it. The box with the draft is not one."""
    folder, order = came_from()
    values = {
        "file": file,
        "leaves": taxonomy.leaves(),
        "came_from": folder,
        "order": order,
        "html": 0,
    }
    parts = [
        piece(TEMPLATE, block, f"#case-{block}-{file.case.id}", swap="innerMorph", **values)
        for block in ("header", "thread", "side")
    ]
    found = rows.rows(session, [(file.case, file.assignee)], clock.now())
    parts.append(
        piece(
            "listing/row.html",
            "row",
            f"#row-{file.case.id}",
            swap="outerMorph",
            row=found[0],
            page=None,
            came_from=folder,
            order=order,
            current=file.case.id,
        )
    )
    if notice is not None:
        parts.append(piece("toast.html", "toast", "#toasts", notice=notice))
    return hx.answer(*parts)
