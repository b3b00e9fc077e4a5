"""What no database keeps is refused at the door, on pages as in the API."""

from urllib.parse import quote

from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN

HUGE = "99999999999"


def test_zero_bytes_are_refused_and_numbers_beyond_all_rows_name_nothing(
    enter_on_postgresql: Enter,
) -> None:
    admin = enter_on_postgresql(ADMIN)
    case = case_about("Charged twice for order 88213")
    zero = quote("a\x00b")
    asked = {
        path: admin.get(path).status_code
        for path in (
            *(f"/admin/tokens?q={zero}", f"/help/{zero}", f"/search?q={zero}"),
            *(f"/cases/{case.id}?before={HUGE}", f"/cases/{case.id}/news?seen={HUGE}"),
            f"/cases/{case.id}?macro={HUGE}",
        )
    }
    assert list(asked.values()) == [400, 400, 400, 200, 200, 200]
    sent = {
        "zero": _sent(admin, f"/cases/{case.id}/subject", subject="a\x00b"),
        "name": _sent(admin, f"/cases/{case.id}/subject", subject="a", **{"b\x00": "c"}),
        "huge": _sent(admin, f"/cases/{case.id}/replies", text="Refunded", seen=HUGE, macro=HUGE),
    }
    assert sent == {"zero": 400, "name": 400, "huge": 303}
    assert _sent(admin, f"/cases/{case.id}/splitting", message=HUGE) == 422
    assert _sent(admin, f"/cases/{case.id}/links", other=HUGE) == 422
    assert _sent(admin, f"/views/{HUGE}", name="a", q="is:open") == 404


def _sent(visitor: Visitor, path: str, **fields: str) -> int:
    return visitor.post(path, **fields).status_code
