"""`tregua sla`: what holds, what would have been, and what is promised from now on."""

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cases import clock
from cases.db import reading, transaction
from cases.filing import file
from cases.sla.book import SlaPolicy
from inbox.command.promises import group
from tests.builders import MORNING, a_mail, an_arrival

pytestmark = pytest.mark.usefixtures("installation")
HOUR = timedelta(hours=1)


def run(*words: str, at: float = 24) -> Result:
    with clock.at(MORNING + at * HOUR):
        return CliRunner().invoke(group, words)


def a_case(sender: str, answered_after: float | None) -> int:
    with clock.at(MORNING), transaction() as session:
        case = file(session, an_arrival(a_mail("No llega", sender=sender))).case
    if answered_after is not None:
        at = MORNING + answered_after * HOUR
        with clock.at(at), transaction() as session:
            session.merge(case, load=True).answered(by="bea@tienda.example", at=at)
    return case.id


def test_a_preview_tells_what_would_have_been_late():
    a_case("ana@cliente.example", 1)
    late = a_case("eva@cliente.example", 5)
    result = run("preview", "--first-response", "2h")
    assert result.exit_code == 0, result.output
    assert "2 cases in 7 days" in result.output
    assert "First answer: 1 kept, 1 broken; as promised now 2 and 0" in result.output
    assert f"Would have been late and was not: {late}" in result.output


def test_a_preview_of_one_type_leaves_the_others_out():
    a_case("ana@cliente.example", 5)
    assert "0 cases" in run("preview", "--first-response", "2h", "--type", "money").output


def test_a_preview_changes_nothing():
    a_case("ana@cliente.example", None)
    before = run("show").output
    run("preview", "--resolution", "1h")
    assert (
        run("show").output
        == before
        == (
            "default v1  for all  ·  First answer 8 h, Next answer 8 h\n"
            "default v1  Europe/Madrid  mon-fri 09:00-18:00\n"
        )
    )


def test_a_new_promise_holds_for_cases_to_come():
    old = a_case("ana@cliente.example", None)
    assert "version 2" in run("promise", "default", "--first-response", "1h30m", at=0.1).output
    assert "First answer 1 h 30 min" in run("show").output
    assert "First answer: 8 h = Tue 10:00–18:00" in run("explain", str(old)).output


def test_a_promise_says_when_its_clocks_stand():
    run("promise", "default", "--first-response", "1h")
    run("promise", "gold", "--first-response", "1h", "--pause", "snoozed")
    with reading() as session:
        rows = {row.name: row.pauses for row in session.scalars(select(SlaPolicy))}
    assert rows == {"default": "waiting", "gold": "snoozed"}


def test_hours_keep_what_is_not_said():
    run("hours", "--country", "ES", "--region", "MD")
    result = run("hours", "--day", "2026-12-24=10:00-13:00")
    assert result.output == (
        "default v3  Europe/Madrid  mon-fri 09:00-18:00  ES MD  2026-12-24=10:00-13:00\n"
    )


REFUSED = (
    ("preview", "--first-response", "soon"),
    ("preview", "--mailbox", "nobody@t.example"),
    ("promise", "x", "--first-response", "0h"),
    ("hours", "--open", "always"),
    ("hours", "--country", "Narnia"),
    ("hours", "--day", "tomorrow=closed"),
    ("explain", "99"),
)


def test_what_cannot_be_is_refused_in_a_sentence():
    for words in REFUSED:
        result = run(*words)
        assert result.exit_code == 2, words
        assert "Error:" in result.output
