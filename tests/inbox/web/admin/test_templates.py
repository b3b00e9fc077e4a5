"""The mails that bots write: read in a real case before they are kept, and reset at will."""

from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bot.kinds import Mode
from bot.outbox import OutgoingMail, Purpose
from bot.rules import Rule, rulebook
from bot.wording import templates
from cases import Case, clock, signing
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN, ANA

OWN = {
    "subject_es": "Recibido [#{{number}}]",
    "body_es": "Hola:\nrespondemos {{due}}.",
    "subject_en": "Got it [#{{number}}]",
    "body_en": "Hello,\nwe answer {{due}}.",
}


def _subject(name: str = "acknowledgement", language: str = "es") -> str:
    with reading() as session:
        return templates.texts(session, name, language).subject


def test_both_languages_stand_side_by_side_as_they_read_in_a_real_case(enter: Enter) -> None:
    page = enter(ADMIN).get("/admin/templates/acknowledgement").text
    for name in ("subject_es", "body_es", "subject_en", "body_en"):
        assert f'name="{name}"' in page
    assert "{{number}}" in page
    assert "hasta cuándo responde una persona" in page


def test_looking_keeps_nothing_and_saving_does(enter: Enter) -> None:
    admin, before = enter(ADMIN), _subject()
    looked = admin.post("/admin/templates/acknowledgement", do="preview", **OWN).text
    assert "<strong>Recibido [#" in looked
    assert _subject() == before
    admin.post("/admin/templates/acknowledgement", do="save", **OWN)
    assert _subject() == "Recibido [#{{number}}]"


@pytest.mark.parametrize(
    "body", ["", "Hola {{customer_password}}", "{% for x in y %}", "{{ 7*7 }}", "{{number"]
)
def test_what_nobody_can_fill_in_is_refused_and_never_evaluated(enter: Enter, body: str) -> None:
    before = _subject()
    answer = enter(ADMIN).post(
        "/admin/templates/acknowledgement", do="save", **{**OWN, "body_es": body}
    )
    assert answer.status_code == 422
    assert "Español:" in answer.text
    assert "49" not in answer.text.partition('role="alert"')[2][:200]
    assert _subject() == before


def test_the_shipped_words_come_back(enter: Enter) -> None:
    admin, shipped = enter(ADMIN), _subject()
    admin.post("/admin/templates/acknowledgement", do="save", **OWN)
    admin.post("/admin/templates/acknowledgement/reset")
    assert _subject() == shipped
    with reading() as session:
        assert not templates.is_changed(session, "acknowledgement")
    assert ">propio<" not in admin.get("/admin/templates").text


def test_a_mail_of_ones_own_can_be_written(enter: Enter) -> None:
    admin = enter(ADMIN)
    goes = admin.post("/admin/templates", name="Late parcel").headers["Location"]
    assert goes.endswith("/admin/templates/late_parcel")
    assert admin.get(goes).status_code == 200
    admin.post(goes, do="save", **OWN)
    assert _subject("late_parcel", "en") == "Got it [#{{number}}]"
    assert admin.get("/admin/templates/..%2Fetc").status_code == 404


def _tests() -> list[OutgoingMail]:
    with reading() as session:
        mine = select(OutgoingMail).where(OutgoingMail.purpose == Purpose.TEST)
        return list(session.scalars(mine.order_by(OutgoingMail.id)))


def _try(admin: Visitor, to: str, language: str = "es") -> TestResponse:
    path = "/admin/templates/acknowledgement/test"
    return admin.post(path, to=to, language=language, **OWN)


def test_a_test_goes_to_whoever_asks_as_it_reads_in_a_case_and_keeps_nothing(enter: Enter) -> None:
    admin, before = enter(ADMIN), _subject()
    page = _try(admin, ADMIN)
    assert f"Una prueba va de camino a {ADMIN}" in page.text
    assert OWN["subject_es"] in page.text
    (mail,) = _tests()
    with reading() as session:
        case = session.get_one(Case, mail.case_id)
        shown = [message.rfc_id for message in case.messages]
    assert (mail.recipient, mail.message_id, mail.automatic) == (ADMIN, None, False)
    assert mail.rfc_id not in shown
    assert signing.case_of_message_id(mail.rfc_id) == 0
    content = message_from_bytes(mail.content)
    subject = str(make_header(decode_header(content["Subject"])))
    assert subject == f"[Prueba] Recibido [#{case.id}]"
    assert content["Auto-Submitted"] == "auto-replied"
    assert _subject() == before


def test_a_test_never_goes_to_a_customer(enter: Enter) -> None:
    admin = enter(ADMIN)
    with reading() as session:
        customer = session.scalars(select(Case).order_by(Case.id)).first().contact.address
    refused = _try(admin, customer)
    assert refused.status_code == 422
    assert "lista de prueba" in refused.text
    assert _try(admin, "somebody@else.example").status_code == 422
    assert _tests() == []


def test_a_test_list_gets_tests_too_in_either_language(enter: Enter) -> None:
    admin = enter(ADMIN)
    listed = Rule("parcels", Mode.SHADOW, {}, only_for=("try@shop.example",), tag=("x",))
    with transaction() as session:
        rulebook.save(session, listed, by=ADMIN, at=clock.now())
    assert "try@shop.example" in admin.get("/admin/templates/acknowledgement").text
    assert _try(admin, "try@shop.example", "en").status_code == 200
    (mail,) = _tests()
    assert b"Subject: [Test] Got it" in mail.content
    assert mail.recipient == "try@shop.example"


def test_agents_who_only_look_send_no_tests(enter: Enter) -> None:
    assert _try(enter(ANA), ANA).status_code == 403
    assert _tests() == []


def test_what_cannot_be_sent_to_a_customer_is_no_test_either(enter: Enter) -> None:
    answer = enter(ADMIN).post(
        "/admin/templates/acknowledgement/test",
        to=ADMIN,
        language="es",
        **{**OWN, "body_es": "Hola {{password}}"},
    )
    assert answer.status_code == 422
    assert _tests() == []
