"""Reports: what is counted equals what anybody counts from the rows; nobody sees others' cases."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cases import Case, Exclusion, Message, clock
from cases.db import reading, transaction
from cases.exclusions.gates import Campaign, Gate
from cases.exclusions.matrix import CampaignClass
from cases.mail import Origin
from cases.message import Direction
from cases.settings import settings
from inbox.sighting import Finding, Sighting
from inbox.web.reports.cards import TABS
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN, ANA

CARDS = [make.__name__ for tab in TABS.values() for make in tab]


def _table(enter: Enter, key: str, query: str = "?days=90") -> list[list[str]]:
    answer = enter(ADMIN).get(f"/reports/{key}.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))[1:]


@pytest.mark.parametrize("path", ["/reports", "/reports/meaning", "/reports/voices"])
def test_every_drawing_stands_beside_its_numbers(enter: Enter, path: str) -> None:
    page = enter(ADMIN).get(f"{path}?days=90").text
    for drawing in page.split("<svg ")[1:]:
        assert 'aria-label="' in drawing[:200] or 'aria-hidden="true"' in drawing[:200]
    for card in page.split('<section class="card"')[1:]:
        shown = card.partition("</section>")[0]
        assert ("<details" in shown) is (".csv" in shown)
        assert "<details" in shown or "<svg" not in shown


@pytest.mark.parametrize("key", CARDS)
def test_every_card_has_its_numbers_for_a_spreadsheet(enter: Enter, key: str) -> None:
    answer = enter(ADMIN).get(f"/reports/{key}.csv?days=90")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "," in answer.text.splitlines()[0]


def test_types_and_volume_are_what_the_rows_say(enter: Enter) -> None:
    now = clock.now()
    with reading() as session:
        cases = session.scalars(select(Case).where(Case.bulk.is_(False))).all()
        opened = [case for case in cases if (now - case.opened_at).days < 90]
        mails = session.scalars(
            select(Message).where(
                Message.direction == Direction.IN, Message.origin == Origin.CUSTOMER
            )
        ).all()
        came = [mail for mail in mails if _in_time(mail.arrived_at, now)]
    counted = [int(row[1]) for row in _table(enter, "types")]
    assert sorted(filter(None, counted)) == sorted(Counter(case.type for case in opened).values())
    assert sum(int(row[1]) for row in _table(enter, "volume")) == len(came)


def _in_time(at: datetime, now: datetime) -> bool:
    return (now - at).days < 89


def test_the_held_are_those_whom_the_feed_holds(enter: Enter) -> None:
    now = clock.now()
    with reading() as session:
        held = {row.contact_id for row in session.scalars(select(Exclusion)) if row.holds_at(now)}
    assert int(_table(enter, "held")[-1][1]) == len(held)


def test_who_sends_around_the_truce_is_counted_by_week(enter: Enter) -> None:
    now = clock.now()
    with transaction() as session:
        for number, (weeks, sender, finding) in enumerate(
            [
                (0, "=boletin@x.example", Finding.UNASKED),
                (0, "=boletin@x.example", Finding.UNASKED),
                (1, "ofertas@x.example", Finding.UNASKED),
                (0, "bueno@x.example", Finding.ASKED),
                (6, "antes@x.example", Finding.UNASKED),
            ]
        ):
            at = now - timedelta(weeks=weeks)
            seen = Sighting(message_id=9_000 + number, at=at, sender=sender, finding=finding)
            seen.held = ["ana@x.example", "eva@x.example"]
            session.add(seen)
    rows = _table(enter, "around", "?days=28")
    assert [row[1:] for row in rows] == [
        ["'=boletin@x.example", "2", "4"],
        ["ofertas@x.example", "1", "2"],
    ]
    assert all(datetime.fromisoformat(row[0]).weekday() == 0 for row in rows)
    page = enter(ADMIN).get("/reports/voices?days=28").text
    assert "Enviado pese a la tregua" in page
    assert "antes: 1" in page.lower()


def test_what_was_held_back_counts_each_audience_once(enter: Enter) -> None:
    now = clock.now()
    with transaction() as session:
        told = {"campaign_class": CampaignClass.PROMOTIONAL, "weight": 1.0, "created_at": now}
        session.add(campaign := Campaign(token_id=1, external_id="nov", **told))
        session.flush()
        for name, digest, days, excluded in (
            ("first", "a", 3, {"care": 90}),
            ("again", "a", 2, {"care": 30, "consent": 10}),
            ("other", "b", 1, {"care": 5}),
            ("before", "b", 40, {"pressure": 7}),
        ):
            at = now - timedelta(days=days)
            gate = Gate(id=name, token_id=1, campaign_id=campaign.id, created_at=at, sealed_at=at)
            gate.audience_digest, gate.audience_n, gate.excluded = digest, 100, excluded
            session.add(gate)
    rows = _table(enter, "kept_back", "?days=28")
    counted = sorted(tuple(row[1:]) for row in rows)
    assert counted == [("0", "0"), ("0", "0"), ("0", "7"), ("10", "0"), ("35", "0")]
    page = enter(ADMIN).get("/reports/voices?days=28").text
    assert "45 de 200" in page
    assert "antes: 7 %" in page


def test_a_span_may_end_on_a_day_that_is_over(enter: Enter) -> None:
    last = clock.now().astimezone(ZoneInfo(settings().zone)).date() - timedelta(days=2)
    rows = _table(enter, "volume", f"?days=7&until={last}")
    assert [row[0] for row in rows] == [
        (last - timedelta(days=n)).isoformat() for n in range(6, -1, -1)
    ]
    today = [row for row in _table(enter, "volume", "?days=28") if row[0] == last.isoformat()]
    assert rows[-1] == today[0]
    page = enter(ADMIN).get(f"/reports?days=7&until={last}").text
    assert f'value="{last}"' in page
    assert f"/reports/meaning?days=7&amp;until={last}" in page
    for nonsense in ("2026-13-45", "x", "9999-12-31", "0001-01-01"):
        assert enter(ADMIN).get(f"/reports?until={nonsense}").status_code == 200


def test_conditions_narrow_the_cases(enter: Enter) -> None:
    every = sum(int(row[1]) for row in _table(enter, "types"))
    english = sum(int(row[1]) for row in _table(enter, "types", "?days=90&language=en"))
    spanish = sum(int(row[1]) for row in _table(enter, "types", "?days=90&language=es"))
    assert 0 < english < every
    assert 0 < spanish < every
    nonsense = "?days=90&mailbox=x&type=' OR 1=1&language=xx"
    assert sum(int(row[1]) for row in _table(enter, "types", nonsense)) == every


def test_only_who_runs_the_support_sees_reports(enter: Enter) -> None:
    assert enter(ANA).get("/reports").status_code == 403
    assert enter(ANA).get("/reports/types.csv").status_code == 403


def test_a_page_of_reports_costs_few_statements(enter: Enter, statements: list[str]) -> None:
    admin = enter(ADMIN)
    for path in ("/reports", "/reports/meaning", "/reports/voices"):
        admin.get(path)
        statements.clear()
        admin.get(path, partial=True)
        assert len(statements) <= 12, path
