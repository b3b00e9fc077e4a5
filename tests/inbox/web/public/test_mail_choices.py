"""People say what they want to be written about: without scripts, cookies or signing in."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bot.outbox import OutgoingMail
from cases import Contact, Kind, clock, consent
from cases.consent import OptIn, Topic, Wish
from cases.contact import introduce
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import FeedEntry
from cases.exclusions.verbs import Set, exclude
from inbox.app import create_app
from tests.bot.writing import a_shop
from tests.builders import MORNING

LUZ = "luz@cliente.example"


@pytest.fixture
def app(installation: str) -> Flask:
    return create_app()


@pytest.fixture
def luz(app: Flask) -> int:
    """Luz's address, in a shop with two topics; gives its number."""
    with transaction() as session:
        a_shop(session)
        contact = introduce(session, LUZ, name="Luz", at=MORNING)
        contact.language = "es"
        session.add(Topic(code="offers", name_es="Ofertas", name_en="Offers"))
        session.add(Topic(code="news", name_es="Novedades", name_en="News"))
        session.flush()
        return contact.identifiers[0].id


@pytest.fixture
def client(app: Flask, luz: int) -> FlaskClient:
    return app.test_client(use_cookies=False)


def held() -> dict[str, list[str]]:
    with reading() as session:
        entry = session.get(FeedEntry, (Kind.ADDRESS, LUZ))
        return {one["reason"]: one.get("topics", []) for one in entry.holds} if entry else {}


def stands(topic: str) -> Wish:
    with reading() as session:
        contact = session.scalars(select(Contact)).one()
        return consent.choices(session, contact.id).topics[topic]


def page_of(luz: int) -> str:
    return f"/mail/{consent.token(luz)}"


def the_link() -> str:
    with reading() as session:
        content = session.scalars(select(OutgoingMail.content)).all()[-1].decode()
    found = re.search(r"/mail/confirm/[\w-]+", content.replace("=\r\n", ""))
    assert found is not None
    return found[0]


def test_the_page_speaks_their_language_and_shows_no_whole_address(
    client: FlaskClient, luz: int
) -> None:
    answer = client.get(page_of(luz))
    assert "Ofertas" in answer.text
    assert "<script" not in answer.text
    assert LUZ not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "Offers" in client.get(page_of(luz) + "?lang=en").text
    assert held() == {}


@pytest.mark.parametrize("token", ["1", "1-", "1-aaaa", "x-y", "-1-x", "9" * 40, "²-aaaa"])
def test_a_link_that_we_did_not_make_leads_nowhere(client: FlaskClient, token: str) -> None:
    for path in (f"/mail/{token}", f"/mail/{token}/stop", f"/mail/confirm/{token}"):
        assert client.post(path).status_code == 404
        assert client.get(path).status_code == 404


def test_one_click_of_a_mail_program_is_enough_and_can_be_repeated(
    client: FlaskClient, luz: int
) -> None:
    path = f"{page_of(luz)}/stop"
    assert client.get(path).status_code == 200
    assert held() == {}
    for _ in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert held() == {"unsubscribed_all": []}


def test_one_click_for_a_topic_leaves_the_others(client: FlaskClient, luz: int) -> None:
    client.post(f"{page_of(luz)}/stop/news", data={"List-Unsubscribe": "One-Click"})
    assert held() == {"unsubscribed_topic": ["news"]}
    assert stands("offers") is Wish.UNSAID


def test_a_no_holds_at_once(client: FlaskClient, luz: int) -> None:
    client.post(page_of(luz), data={"topic": []})
    assert stands("news") is stands("offers") is Wish.REFUSED
    client.post(page_of(luz), data={"nothing": "yes"})
    assert "unsubscribed_all" in held()


def test_a_yes_counts_only_when_it_is_confirmed_by_mail(client: FlaskClient, luz: int) -> None:
    client.post(page_of(luz), data={"nothing": "yes"})
    answer = client.post(page_of(luz), data={"topic": ["news"]})
    assert "le hemos enviado un correo" in answer.text
    assert "unsubscribed_all" in held()
    link = the_link()
    assert client.get(link).status_code == 200
    assert "unsubscribed_all" in held()
    assert "confirmado" in client.post(link).text
    assert held() == {"unsubscribed_topic": ["offers"]}
    assert stands("news") is Wish.WANTED
    assert client.post(link).status_code == 200


def test_a_link_that_was_overtaken_by_a_no_confirms_nothing(client: FlaskClient, luz: int) -> None:
    client.post(page_of(luz), data={"topic": ["news"]})
    link = the_link()
    client.post(f"{page_of(luz)}/stop")
    assert client.post(link).status_code == 404
    assert "unsubscribed_all" in held()


def test_a_link_ends_after_a_week(client: FlaskClient, luz: int) -> None:
    client.post(page_of(luz), data={"topic": ["news"]})
    link = the_link()
    with clock.at(clock.now() + timedelta(days=8)):
        assert client.post(link).status_code == 404


def test_nobody_is_flooded_with_confirmations(client: FlaskClient, luz: int) -> None:
    for _ in range(8):
        client.post(page_of(luz), data={"topic": ["news"]})
        client.post(page_of(luz), data={"topic": []})
    with reading() as session:
        assert len(session.scalars(select(OptIn)).all()) == 5


def test_what_others_said_for_them_is_theirs_to_take_back(client: FlaskClient, luz: int) -> None:
    with transaction() as session:
        contact = session.scalars(select(Contact)).one()
        wish = Set(Reason.UNSUBSCRIBED_TOPIC, topics=("news", "offers"))
        exclude(session, contact.id, wish, by="api:x", at=MORNING)
    client.post(page_of(luz), data={"topic": ["news"]})
    client.post(the_link())
    assert held() == {"unsubscribed_topic": ["offers"]}
