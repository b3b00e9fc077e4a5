"""The mails that bots write: read in a real case before they are kept, and reset at will."""

import pytest

from bot import templates
from cases.db import reading
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

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


def test_a_mail_of_ones_own_can_be_written(enter: Enter) -> None:
    admin = enter(ADMIN)
    goes = admin.post("/admin/templates", name="Late parcel").headers["Location"]
    assert goes.endswith("/admin/templates/late_parcel")
    assert admin.get(goes).status_code == 200
    admin.post(goes, do="save", **OWN)
    assert _subject("late_parcel", "en") == "Got it [#{{number}}]"
    assert admin.get("/admin/templates/..%2Fetc").status_code == 404
