"""The same pages and actions on PostgreSQL as on SQLite."""

from cases import Case, State
from cases.db import reading
from tests.inbox.web import looked_at
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA

PATHS = (
    "/search?q=88213",
    "/search?q=%C3%93SCAR",
    "/search?q=pedido+OR+-from:ana+is:open+-sla:none+has:attachment+bot:yes+after:7d",
    *("/contacts", "/contacts?q=oliver", "/contacts?q=612345678"),
    *("/views/counts", "/commands?q=oscar", "/failures", "/exclusions"),
    *("/failures?mails=9&lacking=9&outgoing=9&box=1", "/incidents?below=1&q=a&state=over"),
)


def test_pages_and_actions_work_on_postgresql(enter_on_postgresql: Enter) -> None:
    visitor = enter_on_postgresql(ANA)
    case = case_about("Charged twice for order 88213")
    folders = ("unassigned", "mine", "mentioned", "snoozed", "risk", "all", "view-angry", "bulk")
    view = {"name": "Notes", "rest": "-has:note", "counted": "on", "pinned": "on", "do": "save"}
    read = str(visitor.post("/views/new", **view).location).partition("?")[0]
    assert f'id="row-{case.id}"' in visitor.get(f"{read}?sort=newest").text
    for path in (
        *(f"{read}?sort={sort}" for sort in ("due", "priority", "oldest")),
        *(f"/inbox/{folder}?sort={sort}" for folder in folders for sort in ("due", "priority")),
        *("/inbox/all?after=~5", "/inbox/all?sort=oldest&after=2026-11-01T00:00:00%2B00:00~5"),
        *(f"/cases/{case.id}", f"/cases/{case.id}/news?seen=0", f"/contacts/{case.contact_id}"),
        *PATHS,
    ):
        assert visitor.get(path).status_code == 200, path
    admin, incident = enter_on_postgresql(ADMIN), looked_at.an_incident()
    for path in (
        "/admin/users?below=2&q=a",
        f"/incidents?below={incident}",
        "/admin/tokens?below=1",
    ):
        assert admin.get(path).status_code == 200, path
    assert "Devolución sin reembolsar" in visitor.get("/search?q=%C3%93SCAR").text
    seen = {"text": "Refunded", "seen": 10**6}
    assert visitor.post(f"/cases/{case.id}/replies", **seen).status_code == 303
    for verb, fields in (
        ("assignee", {"agent": "me"}),
        ("type", {"type": "money.refund"}),
        ("mood", {"mood": "neutral"}),
        ("tags", {"add": "Envío, vip"}),
        ("closure", {}),
    ):
        assert visitor.post(f"/cases/{case.id}/{verb}", partial=True, **fields).status_code == 200
    with reading() as session:
        assert session.get_one(Case, case.id).state is State.CLOSED
    _is_found_by_its_tags(visitor, case.id)
    _all_of_a_list_are_read_and_unread_again(visitor)
    sent = visitor.post("/sign-in", address=ANA, password="wrong")
    assert sent.status_code == 422


def _all_of_a_list_are_read_and_unread_again(visitor: Visitor) -> None:
    view = {"name": "Palabras", "rest": "-has:note", "sort": "newest", "do": "save"}
    name = str(visitor.post("/views/new", **view).location).partition("?")[0].rpartition("/")[2]
    for shelf in ("all", name):
        chosen = str(visitor.post("/selection", do="all", **{"in": shelf}).location)
        number = chosen.rpartition("/")[2]
        done = visitor.post("/selection", do="read", set=number, **{"in": shelf})
        assert done.location.endswith(f"done=many.{number}")
        assert "taken_back." in visitor.post(f"{chosen}/undoing").location


def _is_found_by_its_tags(visitor: Visitor, case_id: int) -> None:
    for asked in ("tag:envio", "-etiqueta:urgente+tag:vip"):
        assert f'href="/cases/{case_id}' in visitor.get(f"/search?q={asked}").text
    assert f'href="/cases/{case_id}' not in visitor.get("/search?q=-tag:vip+twice").text
    assert "etiqueta:envío" in visitor.get("/search/suggestions?q=tag:en", partial=True).text
