"""Whoever writes in the form gets a case and a clock; machines are kept out of the way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from bot.outbox import OutgoingMail
from cases import Case, Message, Origin, clock
from cases.db import FILING, reading, transaction
from cases.filing import file
from inbox.app import create_app
from inbox.web.public.form_uses import FROM_ONE_PLACE
from tests.bot.writing import a_shop
from tests.builders import MORNING, a_mail, an_arrival
from tests.databases import forget

PATH = "/contact/soporte@tienda.example"
TYPED = {"name": "Ana", "address": "Ana@Cliente.example", "text": "No llega mi pedido"}


@pytest.fixture
def client(
    installation: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FlaskClient]:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    app: Flask = create_app()
    with transaction() as session:
        a_shop(session)
    yield app.test_client(use_cookies=False)
    forget()


def moment(client: FlaskClient, path: str = PATH) -> str:
    with clock.at(MORNING - timedelta(seconds=30)):
        return client.get(path).text.split('name="moment" value="')[1].split('"')[0]


def written(client: FlaskClient, **typed: str) -> TestResponse:
    values = TYPED | {"moment": moment(client)} | typed
    with clock.at(MORNING):
        return client.post(PATH, data=values)


def cases() -> list[Case]:
    with reading() as session:
        return list(session.scalars(select(Case).order_by(Case.id)))


def test_a_message_becomes_a_case_with_a_clock(client: FlaskClient) -> None:
    answer = written(client)
    (case,) = cases()
    assert answer.status_code == 200
    assert f"número de su caso es {case.id}" in answer.text
    assert case.is_open
    assert case.due_at is not None
    with reading() as session:
        message = session.scalars(select(Message).where(Message.origin == Origin.CUSTOMER)).one()
        assert (message.sender, message.origin_rule) == ("ana@cliente.example", "contact form")


def test_it_can_stand_in_the_pages_of_the_shop(client: FlaskClient) -> None:
    answer = client.get(PATH)
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "script" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "Write to us" in client.get(f"{PATH}?lang=en").text
    assert client.get("/contact/nobody@tienda.example").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"address": "ana"}, {"address": "a@b, c@d"}, {"text": "  "}, {"text": "x" * 20_001},
     {"address": "ana@x.example\r\nBcc: eve@x.example"}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: FlaskClient, wrong: dict[str, str]
) -> None:
    answer = written(client, subject="Mi <asunto>", **wrong)
    assert answer.status_code == 422
    assert "Mi &lt;asunto&gt;" in answer.text
    assert cases() == []


@pytest.mark.parametrize("sign", [{"website": "https://spam.example"}, {"moment": "1.aaaa"}])
def test_what_a_machine_sends_is_kept_apart_and_not_lost(
    client: FlaskClient, sign: dict[str, str]
) -> None:
    assert written(client, **sign).status_code == 200
    (case,) = cases()
    assert case.bulk
    with reading() as session:
        assert session.scalars(select(Message)).one().origin is Origin.SPAM


def test_a_form_that_is_sent_twice_makes_one_case(client: FlaskClient) -> None:
    shown = moment(client)
    first, again = (written(client, moment=shown) for _ in range(2))
    assert first.text == again.text
    assert len(cases()) == 1
    assert written(client, text="Otra cosa, de otro pedido").status_code == 200
    assert len(cases()) == 2
    # Whoever goes back in the browser finds the same form, and says something else in it.
    assert written(client, moment=shown, text="Y además falta el manual").status_code == 200
    assert len(cases()) == 3


def test_who_writes_is_acknowledged_once_in_the_language_of_the_form(client: FlaskClient) -> None:
    shown = moment(client, f"{PATH}?lang=en")
    with clock.at(MORNING):
        assert client.post(f"{PATH}?lang=en", data=TYPED | {"moment": shown}).status_code == 200
    (case,) = cases()
    assert case.language == "en"
    with reading() as session:
        mail = session.scalars(select(OutgoingMail)).one()
        assert (mail.recipient, mail.automatic) == ("ana@cliente.example", True)
        assert b"Content-Language: en" in mail.content


def test_machines_are_not_acknowledged_and_nobody_is_flooded_with_acknowledgements(
    client: FlaskClient,
) -> None:
    written(client, website="https://spam.example")
    with reading() as session:
        assert session.scalars(select(OutgoingMail)).all() == []
    for n in range(5):
        assert written(client, text=f"Mensaje {n}").status_code == 200
    with reading() as session:
        assert len(session.scalars(select(OutgoingMail)).all()) == 2


def test_one_place_cannot_flood_the_shop(client: FlaskClient) -> None:
    said = [written(client, text=f"Mensaje {n}").status_code for n in range(FROM_ONE_PLACE + 2)]
    assert said == [200] * FROM_ONE_PLACE + [429] * 2
    assert len(cases()) == FROM_ONE_PLACE


def test_a_typed_address_gets_nobody_into_anothers_case(client: FlaskClient) -> None:
    with transaction(lock=FILING) as session:
        file(session, an_arrival(a_mail("Mi asunto privado")))
    written(client, subject="[#1] Mi asunto privado", address="ana@cliente.example")
    first, second = cases()
    assert second.provisional
    with reading() as session:
        assert len(session.get_one(Case, first.id).messages) == 1


def test_more_than_a_form_can_hold_is_refused(client: FlaskClient) -> None:
    assert written(client, text="x" * 200_000).status_code == 413
