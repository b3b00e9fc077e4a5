"""The page of a case: beside its list in a whole page, alone in the reading pane."""

from flask import Response, abort, request
from sqlalchemy.orm import Session

from cases import clock, mention
from cases.case import Case, take
from cases.db import reading, transaction
from cases.language import ngettext
from classifiers import taxonomy
from inbox.web import box, casefile, hx, notices, rows, shelves
from inbox.web.access import Pages, Policy, allow
from inbox.web.box import Box
from inbox.web.casefile import CaseFile, Opened
from inbox.web.folders import Folder
from inbox.web.fragments import piece, show
from inbox.web.ids import a_number
from inbox.web.listed import lines, with_people
from inbox.web.listing import order_named
from inbox.web.notices import Notice
from inbox.web.order import Order
from inbox.web.shelves import Shelf
from inbox.web.visible import the_case
from inbox.web.who import agent

pages = Pages("case", __name__)
TEMPLATE = "case/page.html"


@pages.get("/cases/<int:case_id>")
@allow(Policy.CASES)
def page(case_id: int) -> Response:
    """One case. It counts as read once the page says that somebody has it before them."""
    with reading() as session:
        return show_file(session, gathered(session, case_id), notice=notices.from_address())


def _opened(session: Session, case_id: int) -> Opened:
    found = casefile.opened(session, agent(), case_id)
    return found if found is not None else abort(404)


def see(case_id: int) -> None:
    """Mark the case as read, if it may be seen."""
    with reading() as session:
        if not _opened(session, case_id).is_unseen:
            return
    with transaction() as session:
        take(session, case_id).unread = False
        mention.seen(session, case_id, agent(), at=clock.now())


def gathered(session: Session, case_id: int) -> CaseFile:
    """The file of a case that the agent may see."""
    before = request.args.get("before", 0, type=a_number)
    return casefile.gather(session, agent(), _opened(session, case_id), clock.now(), before)


def show_file(
    session: Session,
    file: CaseFile,
    *,
    shown: Box | None = None,
    notice: Notice | None = None,
    status: int = 200,
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
        box=shown or box.of(session, file),
        notice=notice,
        leaves=taxonomy.leaves(),
        html=request.args.get("html", 0, type=a_number),
        came_from=folder,
        order=order,
    )


def came_from() -> tuple[Shelf, Order]:
    """The list that the case was opened from."""
    folder = shelves.shelf(request.values.get("in", "")) or Folder.ALL
    return folder, order_named(request.values.get("sort", ""))


@pages.get("/cases/<int:case_id>/news")
@allow(Policy.CASES)
def news(case_id: int) -> Response:
    """How many messages came since the page was drawn: announced, never forced."""
    seen = request.args.get("seen", 0, type=a_number)
    with reading() as session:
        the_case(session, case_id)
        since = casefile.since(session, case_id, seen)
        # What the agent said is no news to them, even if it is asked before their page shows it.
        found = [one for one in since if one.by != agent().address]
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
    now = clock.now()
    found = rows.rows(lines(session, with_people(now).where(Case.id == file.case.id)), now)
    parts.append(
        piece(
            "listing/row.html",
            "row",
            f"#row-{file.case.id}",
            swap="outerMorph",
            row=found[0],
            came_from=folder,
            order=order,
            current=file.case.id,
        )
    )
    if notice is not None:
        parts.append(piece("toast.html", "toast", "#toasts", notice=notice))
    return hx.answer(*parts)
