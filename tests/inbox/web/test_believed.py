"""The mark at the top of every page: whether the truce can be believed now."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from cases import Mailbox, clock
from cases.db import transaction
from inbox import freshness
from inbox.spool import RawMail
from tests.inbox.web.conftest import HTMX, Enter
from tests.seeding import ADMIN, ANA

MAR = "mar@tienda.test"


def _read_last(minutes: int) -> None:
    """No mailbox could be read since then; what was fetched is not kept waiting."""
    now = clock.now()
    last = {"last_ok_at": now - timedelta(minutes=minutes), "failing_since": None}
    with transaction() as session:
        session.execute(update(Mailbox).values(last))
        session.execute(update(RawMail).values(fetched_at=now))
    freshness.forget()


def _mark(page: str) -> tuple[str, str]:
    """Where it leads, and what it says."""
    mark = page.partition('<span id="feed"')[2].partition("</a>")[0]
    found = re.search(r'href="([^"]+)".*word-if-wide">([^<]*)</span>$', mark, re.DOTALL)
    assert found is not None
    return found[1], found[2]


@pytest.mark.parametrize(
    ("minutes", "address", "said"),
    [
        (1, "/exclusions", "Al día"),
        (12, "/failures", "12 min de retraso"),
        (40, "/failures", "Parado desde hace 40 min"),
    ],
)
def test_it_says_how_far_reading_is_behind_and_leads_there(
    enter: Enter, minutes: int, address: str, said: str
) -> None:
    _read_last(minutes)
    assert _mark(enter(ANA).get("/inbox/mine").text) == (address, said)


def test_who_sees_no_cases_is_led_to_what_concerns_them(enter: Enter) -> None:
    _read_last(12)
    assert _mark(enter(MAR).get("/exclusions").text) == ("/console", "12 min de retraso")
    assert _mark(enter(ADMIN).get("/exclusions").text) == ("/admin", "12 min de retraso")


def test_a_page_that_stays_open_is_told_anew(enter: Enter) -> None:
    _read_last(40)
    for somebody, path, leads in ((ANA, "/inbox/mine", "/failures"), (MAR, "/console", "/console")):
        visitor = enter(somebody)
        assert '<span id="feed" hx-get="/mark" hx-trigger="every 60s"' in visitor.get(path).text
        told = visitor.get("/mark", partial=True).text
        assert f'href="{leads}"' in told
        assert "Parado desde hace 40 min" in told
        assert visitor.get("/mark").location == leads
        assert visitor.client.get("/mark", headers={**HTMX, "X-Quiet": "yes"}).status_code == 200


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(enter: Enter) -> None:
    ana, quiet, begun = enter(ANA), {**HTMX, "X-Quiet": "yes"}, clock.now()
    here = {**quiet, "X-CSRF-Token": ana.token()}
    for hours in (3, 6, 7.9):
        with clock.at(begun + timedelta(hours=hours)):
            assert ana.client.get("/mark", headers=quiet).status_code == 200
            ana.client.get("/events", buffered=False).close()
            told = ana.client.post("/cases/1/presence", data={"doing": "viewing"}, headers=here)
            assert told.status_code == 204
    with clock.at(begun + timedelta(hours=8.1)):
        ended = ana.client.get("/mark", headers=quiet)
    assert (ended.status_code, ended.text) == (401, "")


def test_what_is_saved_while_somebody_types_keeps_them_signed_in(enter: Enter) -> None:
    ana, begun = enter(ANA), clock.now()
    typed = {**HTMX, "X-Quiet": "typed", "X-CSRF-Token": ana.token()}
    for hours in (7, 14):
        with clock.at(begun + timedelta(hours=hours)):
            draft = {"text": f"after {hours} hours"}
            saved = ana.client.post("/cases/1/draft", data=draft, headers=typed)
            assert saved.status_code == 200
