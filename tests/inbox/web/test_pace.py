"""Who asks too often waits a minute: searches of the help, and questions about people."""

from datetime import timedelta

import pytest

from cases import clock
from inbox.web import exclusions
from inbox.web.console import people
from inbox.web.pace import MOST_KNOWN, Pace
from inbox.web.public import help_pages
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ANA, BEA


def test_a_minute_has_room_for_so_many_questions_of_each() -> None:
    pace, now = Pace(2), clock.now()
    with clock.at(now):
        assert [pace.allows("a") for _ in range(3)] == [True, True, False]
        assert pace.allows("b")
    with clock.at(now + timedelta(seconds=61)):
        assert pace.allows("a")


def test_many_askers_take_no_more_memory() -> None:
    pace = Pace(1)
    for n in range(MOST_KNOWN + 5):
        pace.allows(str(n))
    assert not pace.allows(str(MOST_KNOWN + 4))
    assert pace.allows("0")


def test_the_help_is_searched_and_people_are_looked_up_at_a_persons_pace(
    visitor: Visitor, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_pages, "SEARCHES", Pace(1))
    monkeypatch.setattr(exclusions, "LOOK_UPS", Pace(1))
    monkeypatch.setattr(people, "LOOK_UPS", Pace(1))
    searched = [visitor.get("/help?q=pedido").status_code for _ in range(2)]
    assert searched == [200, 429]
    assert visitor.get("/help").status_code == 200
    bea, typed = enter(BEA), {"address": "x@y.test", "who": "x@y.test"}
    for path in ("/exclusions", "/console/people"):
        assert [bea.post(path, **typed).status_code for _ in range(2)] == [200, 429]
    assert enter(ANA).post("/exclusions", address="x@y.test").status_code == 200
