"""A search looks some thousands of cases back at a time, and gives up what takes too long."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from cases import Agent, clock
from cases.db import reading
from cases.rows.patience import TookTooLong, brief
from inbox.web.asking import finding
from inbox.web.asking.asker import Asker
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def _all(asker: Asker, asked: str) -> tuple[list[int], int]:
    """The cases of all pages, and how many pages those were."""
    numbers, behind, pages = [], None, 0
    while True:
        _meaning, found = finding.find(asked, asker, behind)
        numbers += [line.case.id for line in found.lines]
        behind, pages = found.after, pages + 1
        if behind is None:
            return numbers, pages


def test_who_goes_on_looking_finds_the_same_as_who_sees_all_at_once(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading() as session:
        admin = session.query(Agent).filter_by(address=ADMIN).one()
        asker = Asker(session, admin, clock.now())
        whole, pages = _all(asker, "has:note OR has:attachment OR -has:note")
        monkeypatch.setattr(finding, "LOOKED_INTO", 7)
        some, more = _all(asker, "has:note OR has:attachment OR -has:note")
    assert some == whole
    assert more > pages


def test_the_page_says_how_far_back_it_looked(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LOOKED_INTO", 3)
    page = enter(ADMIN).get("/search?q=tiene:nota").text
    assert "Buscar más atrás" in page
    assert "after=" in page


def test_what_takes_too_long_is_given_up_and_the_transaction_goes_on(shop: str) -> None:
    with reading() as session:
        with pytest.raises(TookTooLong), brief(session, timedelta(milliseconds=50)):
            session.execute(text(ENDLESS))
        assert session.scalar(text("SELECT 1")) == 1
