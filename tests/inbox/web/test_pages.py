"""Customers, search, problems, truces and administration."""

import re

import pytest
from sqlalchemy import select

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import Agent, Case, Message, Role
from cases.db import reading, transaction
from inbox.spool import Fate, RawMail
from inbox.web import exclusions
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA, BEA, PASSWORD


def test_a_customers_page_shows_all_their_mails_of_all_their_cases(enter: Enter) -> None:
    case = case_about("Cambio de talla")
    page = enter(ADMIN).get(f"/contacts/{case.contact_id}").text
    for words in ("Cambio de talla", "No funciona el código de descuento", "le mando la etiqueta"):
        assert words in page
    assert page.index("BIENVENIDA10") < page.index("¿Puedo cambiar la talla")


def test_with_the_customers_eyes_notes_and_withdrawn_answers_are_gone(enter: Enter) -> None:
    ana, case = enter(ANA), case_about("Cambio de talla")
    ana.post(f"/cases/{case.id}/replies", text="Ojo con este pedido", **{"as": "note"})
    everything = ana.get(f"/contacts/{case.contact_id}").text
    seen = ana.get(f"/contacts/{case.contact_id}?as=customer").text
    assert "Ojo con este pedido" in everything
    assert "Ojo con este pedido" not in seen
    assert "le mando la etiqueta" in seen


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("88213", "Charged twice"),
        ("oliver.whitcombe@mail.example", "Charged twice"),
        ("OLIVER.WHIT", "Charged twice"),
        ("Whitcombe", "Charged twice"),
        ("charged TWICE", "Charged twice"),
        ("£64.90", "Charged twice"),
        ("tornillo M6", "falta una pieza"),
    ],
)
def test_search_finds_by_number_address_name_subject_and_text(
    enter: Enter, asked: str, found: str
) -> None:
    page = enter(ADMIN).client.get("/search", query_string={"q": asked}).text
    assert found in re.sub("</?mark>", "", page)


@pytest.mark.parametrize("asked", ["%", "_", "100%", "'; drop table cases; --", "\\", "ñ" * 300])
def test_search_takes_what_is_typed_literally(enter: Enter, asked: str) -> None:
    page = enter(ADMIN).client.get("/search", query_string={"q": asked})
    assert page.status_code in (200, 422)
    assert len(re.findall('class="row-link"', page.text)) < 5


def test_a_failed_mail_is_shown_with_its_reason_and_tried_again(enter: Enter) -> None:
    ana = enter(ANA)
    page = ana.get("/failures").text
    assert "Leerlo llevó más de 20 segundos" in page
    assert "48 MB" in page
    path = re.search(r"/failures/(\d+)/retry", page)
    assert path is not None
    again = ana.post(path[0])
    assert "se intenta de nuevo ahora" in ana.get(again.location).text
    with reading() as session:
        raw = session.get_one(RawMail, int(path[1]))
        assert (raw.fate, raw.attempts) == (Fate.WAITING, 0)
    # Pressing twice, or after a colleague, is no fault.
    assert ana.post(path[0]).status_code == 303


def test_a_failed_mail_leads_to_the_case_that_stands_for_it(enter: Enter) -> None:
    with transaction() as session:
        failed = session.scalars(select(RawMail).where(RawMail.fate == Fate.FAILED)).one()
        failed.stub_case_id = 7
    assert f'<a href="/cases/{7}">' in enter(ADMIN).get("/failures").text


def test_a_mail_that_lacks_something_is_listed_while_its_case_is_open(enter: Enter) -> None:
    lacks = "more than 500 parts: the rest was not opened"
    with transaction() as session:
        message = session.scalars(select(Message).where(Message.raw_id.is_not(None))).first()
        assert message is not None
        message.case.state = "open"
        raw = session.get_one(RawMail, message.raw_id)
        raw.fate, raw.reason = Fate.DAMAGED, lacks
        case = message.case_id
    heading = "<h2>Correos a los que les falta algo</h2>"
    page = enter(ADMIN).get("/failures").text.partition(heading)[2]
    assert "Tiene demasiadas partes" in page
    assert f'<a href="/cases/{case}">' in page
    with transaction() as session:
        session.get_one(Case, case).state = "closed"
    assert heading not in enter(ADMIN).get("/failures").text


def test_a_mail_that_may_not_have_left_is_shown_to_people(enter: Enter) -> None:
    with transaction() as session:
        mail = session.scalars(select(OutgoingMail)).first()
        assert mail is not None
        mail.state, mail.last_error = Sent.UNCERTAIN, "the worker stopped"
    page = enter(ADMIN).get("/failures").text
    assert "Quizá no salió" in page
    assert "the worker stopped" in page


def test_who_is_on_truce_is_listed_with_reason_and_end(enter: Enter) -> None:
    page = enter(ADMIN).get("/exclusions").text
    assert "Oliver Whitcombe" in page
    assert "Caso abierto" in page
    assert "Hasta el cierre" in page


def test_an_address_is_told_apart_from_those_on_truce(enter: Enter) -> None:
    admin = enter(ADMIN)
    free = admin.post("/exclusions", address="nobody@cliente.example").text
    assert "Se puede escribir a nobody@cliente.example" in free
    held = admin.post("/exclusions", address="Nora@CORREO.example").text
    assert "está en tregua" in held


NEW = {"address": "Eva.Nueva@tienda.test", "name": "Eva Nueva", "role": "agent", "language": "es"}


def test_an_admin_lets_somebody_sign_in(enter: Enter, visitor: Visitor) -> None:
    admin = enter(ADMIN)
    added = admin.post("/admin/users", team="tienda", password=PASSWORD, **NEW)
    assert added.status_code == 303
    with reading() as session:
        eva = session.scalars(select(Agent).where(Agent.name == "Eva Nueva")).one()
    assert (eva.address, eva.role, eva.team) == ("eva.nueva@tienda.test", Role.AGENT, "tienda")
    sent = visitor.post("/sign-in", address="eva.nueva@tienda.test", password=PASSWORD)
    assert sent.status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("address", "no address", "Esto no es una dirección de correo."),
        ("address", ANA, "Alguien tiene ya esta dirección."),
        ("name", "", "hace falta uno"),
        ("password", "short", "Al menos 10 caracteres."),
        ("role", "emperor", "Rol"),
    ],
)
def test_a_wrong_field_is_named_and_the_others_stay(
    enter: Enter, field: str, value: str, said: str
) -> None:
    typed = {**NEW, "team": "tienda", "password": PASSWORD, field: value}
    page = enter(ADMIN).post("/admin/users", **typed)
    assert page.status_code == 422
    assert said in page.text
    assert 'value="tienda"' in page.text
    assert PASSWORD not in page.text


def test_nobody_locks_themselves_out(enter: Enter) -> None:
    with reading() as session:
        number = session.scalars(select(Agent.id).where(Agent.address == ADMIN)).one()
    assert enter(ADMIN).post(f"/admin/users/{number}/activity", active="no").status_code == 409


def test_a_failing_mailbox_stands_first_and_says_why(enter: Enter) -> None:
    page = enter(BEA).get("/admin/mailboxes").text
    assert page.index("mayoristas@tienda.test") < page.index("soporte@tienda.test")
    assert "The server refused the password. Run: tregua mailbox test" in page


def test_the_queues_say_what_waits(enter: Enter) -> None:
    page = enter(BEA).get("/admin/queues").text
    assert "Correos por archivar" in page
    assert re.search(r"Correos fallidos</td><td class=\"number\"[^>]*>1</td>", page)


def test_a_choice_of_language_theme_and_keys_is_kept(enter: Enter) -> None:
    ana = enter(ANA)
    for name, value in (("language", "en"), ("theme", "dark"), ("keys", "off")):
        sent = ana.post(f"/preferences/{name}", value=value, back="/inbox/mine")
        assert (sent.status_code, sent.location) == (303, "/inbox/mine")
    (html,) = re.findall(r"<html[^>]*>", ana.get("/inbox/mine").text)
    assert {'lang="en"', 'data-theme="dark"', 'data-keys="off"'} <= set(html[:-1].split())
    assert ana.post("/preferences/theme", value="pink").status_code == 422
    assert ana.post("/preferences/theme", value="dark", back="https://evil.example").location == "/"


def test_every_role_begins_where_its_work_is(enter: Enter) -> None:
    begins = {ANA: "/inbox", "mar@tienda.test": "/console", "aud@tienda.test": "/admin/queues"}
    assert {who: enter(who).get("/").location for who in begins} == begins


def test_those_on_truce_are_listed_by_reason_and_page_by_page(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusions, "SHOWN", 12)
    admin, seen, path = enter(ADMIN), [], "/exclusions"
    while path:
        page = admin.get(path).text.partition('id="people"')[2]
        seen += re.findall(r'href="/contacts/(\d+)"', page)
        older = re.findall(r'href="(/exclusions\?people=\d+)#people"', page)
        path = older[0] if older else ""
    assert len(seen) == len(set(seen)) > 24
    some = admin.get("/exclusions?reason=negative_mood").text.partition('id="people"')[2]
    assert 0 < len(re.findall(r'href="/contacts/\d+"', some)) < 12
    assert "Nora Vidal" in some
    assert admin.get("/exclusions?reason=nonsense&people=x").status_code == 200
