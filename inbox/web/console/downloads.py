"""What is taken away from a list: the allowed, the held, the difference, and the receipt."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, abort

from cases.db import reading
from cases.exclusions.audience import Held
from cases.exclusions.gates import Gate, Going
from cases.exclusions.receipts import Receipt
from cases.language import gettext as _
from inbox.web.access import Pages, Policy, allow, may
from inbox.web.console.audiences import the_list
from inbox.web.console.lists import looking, writing
from inbox.web.console.lists.reading import Shape
from inbox.web.console.lists.rows import State
from inbox.web.who import agent

pages = Pages("audience_files", __name__, url_prefix="/console/lists")


@dataclass(frozen=True, slots=True)
class Looked:
    """A list and its newest look, as far as files are made of them."""

    number: int
    shape: Shape
    held: Held
    difference: dict[str, list[str]]
    decision: Going | None
    receipt: str


def _look(number: int) -> Looked:
    with reading() as session:
        one, _campaign = the_list(session, number)
        check = looking.newest_check(session, number)
        if check is None or one.state is State.FORGOTTEN:
            abort(404)
        gate = session.get_one(Gate, check.gate_id)
        receipt = session.get(Receipt, gate.jti)
        return Looked(
            number,
            Shape(**one.shape),
            looking.held_in(session, check),
            looking.difference(check),
            gate.decision,
            receipt.text if receipt is not None else "",
        )


def _file(name: str, content: Iterator[bytes], kind: str = "text/csv") -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Kind"] = "file"
    return answer


@pages.get("/<int:number>/allowed.csv")
@allow(Policy.MARKETING)
def allowed(number: int) -> Response:
    """Who may be written to, with all columns of the list."""
    found = _look(number)
    if found.decision is Going.NO_GO:
        abort(409)
    content = writing.allowed(number, found.shape, found.held)
    return _file(f"allowed-{number}.csv", content)


@pages.get("/<int:number>/excluded.csv")
@allow(Policy.MARKETING)
def excluded(number: int) -> Response:
    """Who may not, and until when."""
    found = _look(number)
    words = {"head": [_("address"), _("action"), _("until"), _("class"), _("reason")]}
    content = writing.excluded(found.held, reasons=may(agent(), Policy.CASES), words=words)
    return _file(f"excluded-{number}.csv", content)


@pages.get("/<int:number>/<any(out, back):which>.csv")
@allow(Policy.MARKETING)
def changed(number: int, which: str) -> Response:
    """Who must be taken out, or who is free again, since the list was first cut."""
    found = _look(number)
    wanted = frozenset(found.difference[which])
    return _file(f"{which}-{number}.csv", writing.only(number, found.shape, wanted))


@pages.get("/<int:number>/receipt.jwt")
@allow(Policy.CONSOLE)
def receipt(number: int) -> Response:
    """The signed receipt of the newest look."""
    text = _look(number).receipt
    return _file(f"receipt-{number}.jwt", iter([text.encode()]), "application/jose")
