"""Long lists go on where they end, with their filters, and show each row once."""

import html
import re

import pytest
from sqlalchemy import insert

from cases import clock
from cases.agent import Agent
from cases.db import transaction
from cases.incident import Incident
from inbox.tokens import Token
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN

MANY = 205


def _fill() -> None:
    now = clock.now()
    people = [
        # Many of one name, so that the number has to tell them apart.
        {
            "address": f"p{n}@larga.test",
            "name": f"Persona {n % 3}",
            "role": "agent",
            "created_at": now,
            "active": n % 2 == 0,
            "password_hash": "",
        }
        for n in range(MANY)
    ]
    keys = [
        {
            "name": f"Programa {n % 4}",
            "prefix": f"larga{n}",
            "secret_hash": f"{n}",
            "hash_key": "k",
            "scopes": ["check"],
            "created_at": now,
            "revoked_at": now if n % 2 else None,
        }
        for n in range(MANY)
    ]
    troubles = [
        {
            "title": f"Larga {n}",
            "since": now,
            "opened_at": now,
            "opened_by": ADMIN,
            "ended_at": now if n % 2 else None,
        }
        for n in range(MANY)
    ]
    with transaction() as session:
        session.execute(insert(Agent), people)
        session.execute(insert(Token), keys)
        session.execute(insert(Incident), troubles)


def _all_pages(visitor: Visitor, path: str, shape: str) -> list[str]:
    """What fits the shape on that page and on all that follow it."""
    found: list[str] = []
    while path:
        page = visitor.get(path).text
        found += re.findall(shape, page)
        link = re.search(r'href="([^"]*[?&;]below=\d+#below)"', page)
        path = html.unescape(link[1]) if link else ""
    return found


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/admin/users?q=larga.test", r"p\d+@larga\.test"),
        ("/admin/tokens?q=Programa", r"larga\d+"),
        ("/incidents?q=Larga", r'/incidents/\d+">Larga \d+'),
    ],
)
def test_a_long_list_goes_on_and_shows_each_once(enter: Enter, path: str, shape: str) -> None:
    _fill()
    found = _all_pages(enter(ADMIN), path, shape)
    assert (len(found), len(set(found))) == (MANY, MANY)


def test_the_way_back_to_the_beginning_keeps_what_was_asked(enter: Enter) -> None:
    _fill()
    admin = enter(ADMIN)
    start = "/admin/users?q=larga.test&amp;state=out#below"
    first = admin.get("/admin/users?q=larga.test&state=out").text
    (further,) = re.findall(r'href="([^"]*below=\d+#below)"', first)
    assert start not in first
    assert f'href="{start}"' in admin.get(html.unescape(further)).text


def test_a_list_is_narrowed_by_what_its_rows_are(enter: Enter) -> None:
    _fill()
    admin = enter(ADMIN)
    people = _all_pages(admin, "/admin/users?state=out", r"p\d+@larga\.test")
    assert len(people) == MANY // 2
    assert (
        len(_all_pages(admin, "/admin/tokens?state=revoked&q=programa", r"larga\d+")) == MANY // 2
    )
    assert len(_all_pages(admin, "/incidents?state=over", r'">Larga \d+')) == MANY // 2
    assert "No coincide nadie" in admin.get("/admin/users?q=nadie").text
    # A place that is none shows the list from its beginning.
    assert admin.get("/admin/users?below=99999999999").status_code == 200
    assert "No hay" not in admin.get("/admin/users?below=99999").text
