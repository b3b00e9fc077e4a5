"""What cannot be done is said so that whoever reads it knows where to go on."""

import pytest

from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN, ANA


@pytest.mark.parametrize(
    "path", ["/satisfaction/x", "/solved/x", "/mail/x", "/contact/nobody@x.example", "/help/x"]
)
def test_a_customer_whose_link_was_cut_is_not_sent_to_our_inbox(
    visitor: Visitor, path: str
) -> None:
    visitor.client.set_cookie("tregua_language", "es")
    page = visitor.get(path)
    assert page.status_code == 404
    assert "Ábralo de nuevo desde el correo" in page.text
    assert 'href="/"' not in page.text


def test_who_works_here_is_led_back_to_the_form_that_was_refused(enter: Enter) -> None:
    ana = enter(ANA)
    ours = {"Referer": "http://localhost/incidents?x=1"}
    data = {"csrf": ana.token(), "type": "nonsense"}
    refused = ana.client.post("/incidents", data=data, headers=ours)
    assert refused.status_code == 422
    assert 'href="/incidents?x=1"' in refused.text
    theirs = {"Referer": "https://evil.example/incidents"}
    assert "evil" not in ana.client.post("/incidents", data=data, headers=theirs).text
    assert "A la bandeja" in ana.get("/nothing").text


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/incidents/1/cases", {"case": "doce"}, "No existe ese caso"),
        ("/incidents/1/cases", {"case": "99999"}, "No existe ese caso"),
        ("/admin/templates", {"name": "Año 2026"}, "de la a a la z"),
        ("/admin/mailboxes/1/folders", {"role": "inbox"}, "como la llama el servidor"),
        ("/console/load/override", {"hours": "99", "why": "hay turno doble"}, "24 como máximo"),
        ("/console/load/override", {"hours": "5"}, "Di por qué"),
    ],
)
def test_what_was_typed_wrong_is_said_on_the_page_it_was_typed_on(
    enter: Enter, path: str, fields: dict[str, str], said: str
) -> None:
    admin = enter(ADMIN)
    admin.post("/incidents", title="El camión", type="fulfil.delivery")
    refused = admin.post(path, **fields)
    assert refused.status_code == 422
    assert said in refused.text
    assert '<nav class="side"' in refused.text
    for typed in fields.values():
        assert typed in refused.text


def test_what_cannot_be_taken_back_says_first_what_it_does(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/tokens", name="Boletines", days="30", scope="check")
    page = admin.get("/admin/tokens").text
    deed = page.partition('<details class="sure">')[2].partition("</details>")[0]
    assert "Boletines deja de recibir respuestas" in deed
    assert 'action="/admin/tokens/1/revocation"' in deed
    user = admin.get("/admin/users/2").text
    assert "Se cierran enseguida todas las sesiones" in user
