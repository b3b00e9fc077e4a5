"""The pages of the console: numbers, single people, campaigns, load, pressure, programs."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Contact, Event, What, clock
from cases.capacity.load_now import LoadOverride
from cases.contact import introduce
from cases.db import reading, transaction
from cases.exclusions import touches
from cases.exclusions.gates import Going
from cases.exclusions.numbers import everybody, releases
from cases.exclusions.receipts import Receipt
from inbox import tokens
from inbox.passage import Outcome, write_down
from inbox.sighting import Finding, Sighting
from inbox.tokens import Scope, Token
from inbox.web.console.lists.sifting import terms_for
from inbox.webhook import Telling, Webhook
from tests.inbox.web.conftest import Enter
from tests.marketing import a_list
from tests.seeding import ADMIN, ANA, BEA

MAR, AUDITOR = "mar@tienda.test", "aud@tienda.test"
PATHS = (
    *("/console", "/console/people", "/console/lists", "/console/campaigns", "/console/load"),
    *("/console/pressure", "/console/approvals", "/console/integrations"),
)


@pytest.mark.parametrize("path", PATHS)
def test_marketing_has_its_console_and_agents_have_none(
    enter: Enter, path: str, statements: list[str]
) -> None:
    mar, ana = enter(MAR), enter(ANA)
    mar.get(path)
    statements.clear()
    page = mar.get(path)
    assert page.status_code == 200
    assert sum(one.startswith("SELECT") for one in statements) <= 12
    assert "/cases/" not in page.text
    assert ana.get(path).status_code == 403
    assert enter(AUDITOR).get(path).status_code == 200


def test_a_person_is_asked_about_without_leaving_a_trace_in_the_address(enter: Enter) -> None:
    mar = enter(MAR)
    held = mar.post("/console/people", who="Nora@CORREO.example", campaign_class="promotional")
    assert "En tregua: ahora no" in held.text
    assert "Atención al cliente" in held.text
    assert "Caso abierto" not in held.text
    assert "Caso abierto" in enter(BEA).post("/console/people", who="nora@correo.example").text
    service = mar.post("/console/people", who="nora@correo.example", campaign_class="transactional")
    assert "Se le puede escribir" in service.text
    assert "Se le puede escribir" in mar.post("/console/people", who="nobody@x.example").text
    assert mar.post("/console/people", who=" ").status_code == 422


def test_the_numbers_of_now_are_those_of_the_database(enter: Enter) -> None:
    now = clock.now()
    page = enter(MAR).get("/console").text
    with reading() as session:
        held, _known = everybody(session, now)
        free = releases(session, now)
    assert f'tile-number">{held}<' in page
    assert f'tile-number">{free.in_a_week}<' in page


def test_a_program_whose_copy_is_old_is_told_on_every_page(enter: Enter) -> None:
    with transaction() as session:
        tokens.issue(session, "Boletines", frozenset({Scope.FEED_READ}))
        session.flush()
        token = session.scalars(select(Token)).one()
        token.pulled_at = clock.now() - timedelta(minutes=20)
        number = token.id
    mar = enter(MAR)
    said = "Boletines lleva 20 min sin consultar la tregua"
    assert said in mar.get("/console/lists").text
    with transaction() as session:
        session.get_one(Token, number).pulled_at = clock.now()
    assert said not in mar.get("/console/lists").text


def test_who_writes_around_the_truce_is_named(enter: Enter) -> None:
    mar = enter(MAR)
    assert "ofertas@agencia.example" not in mar.get("/console/campaigns").text
    with transaction() as session:
        for n in range(3):
            found = Sighting(message_id=9000 + n, at=clock.now(), finding=Finding.UNASKED,
                             sender="ofertas@agencia.example")  # fmt: skip
            session.add(found)
    page = mar.get("/console/campaigns").text
    assert "ofertas@agencia.example" in page
    assert "3 correos" in page


def test_a_receipt_that_is_pasted_is_genuine_or_is_not(enter: Enter) -> None:
    number, gate = a_list("Correo\nuno@x.example\n", by=ADMIN)
    with reading() as session:
        text = session.scalars(select(Receipt.text).where(Receipt.gate_id == gate)).one()
    mar = enter(MAR)
    assert "Auténtico y válido" in mar.post("/console/campaigns/receipts", receipt=text).text
    forged = mar.post("/console/campaigns/receipts", receipt=text[:-4] + "AAAA")
    assert "no se firmó aquí" in forged.text
    assert text in mar.get(f"/console/campaigns/{gate}").text
    assert "Rebajas" in mar.get("/console/campaigns").text
    with clock.at(clock.now() + timedelta(days=2)):
        later = enter(MAR).post("/console/campaigns/receipts", receipt=text)
        assert "ya no vale" in later.text
    assert number


def test_load_refuses_after_the_first_month_until_a_supervisor_says_why(enter: Enter) -> None:
    with transaction() as session:
        old = session.scalars(select(Event).where(Event.what == What.OPENED)).first()
        assert old is not None
        old.at = clock.now() - timedelta(days=40)
    mar, bea = enter(MAR), enter(BEA)
    page = mar.get("/console/load?audience=900000").text
    assert "Espera" in page
    number, gate = a_list("Correo\nuno@x.example\n", by=ADMIN)
    assert terms_for(gate, number).refusal is Going.NO_GO
    assert mar.post("/console/load/override", why="x", hours="2").status_code == 403
    assert bea.post("/console/load/override", why=" ", hours="2").status_code == 422
    assert bea.post("/console/load/override", why="Fin de temporada", hours="2").status_code == 303
    with reading() as session:
        assert session.scalars(select(LoadOverride.by)).one() == BEA
    assert "Fin de temporada" in mar.get("/console/load?audience=900000").text


def test_pressure_shows_who_had_much(enter: Enter) -> None:
    now = clock.now()
    with transaction() as session:
        person = introduce(session, "mucho@x.example", name="", at=now)
        session.flush()
        assert session.get(Contact, person.id)
        rows = [
            {"kind": "address", "value": "mucho@x.example", "source": "t", "event_id": str(n),
             "campaign_class": "promotional", "weight": 1.0, "sent_at": now}
            for n in range(5)
        ]  # fmt: skip
        touches.record(session, rows)
    page = enter(MAR).get("/console/pressure").text
    assert 'tile-number">1<' in page
    assert "mucho@x.example" not in page


def test_a_message_to_a_webhook_is_sent_again(enter: Enter) -> None:
    now = clock.now()
    with transaction() as session:
        tokens.issue(session, "Boletines", frozenset({Scope.WEBHOOKS}))
        session.flush()
        hook = Webhook(token_id=1, url="https://x.example/h?k=secret", events=[], sealed="",
                       created_at=now)  # fmt: skip
        session.add(hook)
        session.flush()
        told = Telling(webhook_id=hook.id, event="gate.unasked", payload={}, created_at=now,
                       due_at=now, attempts=8, status=500, error="", done_at=now)  # fmt: skip
        session.add(told)
        session.flush()
        number = told.id
    page = enter(MAR).get("/console/integrations").text
    assert "gate.unasked" in page
    assert "secret" not in page
    again = f"/console/integrations/messages/{number}/again"
    assert enter(MAR).post(again).status_code == 403
    assert enter(BEA).post(again).status_code == 303
    with reading() as session:
        assert session.get_one(Telling, number).done_at is None


def test_campaigns_go_on_below_the_last_one_that_is_shown(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.web.console.campaigns.SHOWN", 1)
    gates = [a_list(f"Correo\n{who}@x.example\n", by=ADMIN)[1] for who in ("uno", "dos")]
    mar = enter(MAR)
    first = mar.get("/console/campaigns").text
    assert [f"campaigns/{one}" in first for one in gates] == [False, True]
    (older,) = re.findall(r'href="(/console/campaigns\?below=[^"]+)"', first)
    second = mar.get(older).text
    assert [f"campaigns/{one}" in second for one in gates] == [True, False]
    assert 'href="/console/campaigns?below=' not in second


def test_what_went_through_the_smtp_gate_is_counted_by_campaign(enter: Enter) -> None:
    now = clock.now()
    said = {"sender": "n@shop.example", "campaign": "rebajas", "campaign_class": "promotional"}
    outcomes = [Outcome.PASSED] * 3 + [Outcome.DROPPED]
    with transaction() as session:
        for days in (0, 8):
            at = now - timedelta(days=days)
            rows = [
                {**said, "at": at, "trip": f"t{days}", "value": f"{n}@x.example", "outcome": one,
                 "reason": ""}
                for n, one in enumerate(outcomes)
            ]  # fmt: skip
            write_down(session, rows, known_stay=False)
    page = enter(MAR).get("/console/campaigns").text
    assert "En la puerta SMTP" in page
    assert re.findall(r'class="number" data-label="(\w+)">(\d+)<', page)[-2:] == [
        ("Recibido", "3"), ("Fuera", "1"),
    ]  # fmt: skip
    assert "@x.example" not in page
