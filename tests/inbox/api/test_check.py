"""May we write to this person now? Always an answer, in the same shape, for who may ask."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Identifier, Kind, Mailbox, clock
from cases.db import reading, transaction
from inbox.api.quota import Quotas, TokenUse
from inbox.tokens import Limits, Scope, Token
from tests.builders import MORNING

CHECK = Scope.CHECK
ANA = "ana@cliente.example"


def test_who_has_an_open_case_is_not_written_to(api_server):
    program = api_server.program(CHECK)
    assert program.allowed()
    case_id = api_server.case()
    assert not program.allowed()
    assert program.allowed("eva@cliente.example")
    api_server.close(case_id)
    with clock.at(MORNING + timedelta(days=4)):
        assert program.allowed()


def test_the_default_answer_says_whether_and_until_when_and_no_more(api_server):
    api_server.case()
    program = api_server.program(CHECK)
    for address in (ANA, "nobody@cliente.example"):
        answer = program.post("/v1/check", json={"address": address}).json
        assert set(answer) == {"allowed", "until", "feed", "valid_until"}


@pytest.mark.parametrize(
    "spelling", ["ANA@cliente.example", " ana@CLIENTE.example ", "ana@cliente.example"]
)
def test_another_spelling_is_the_same_person(api_server, spelling):
    api_server.case()
    assert not api_server.program(CHECK).allowed(spelling)


def test_an_international_domain_is_the_same_in_both_forms(api_server):
    api_server.case("josé@münchen.example")
    assert not api_server.program(CHECK).allowed("JOSÉ@xn--mnchen-3ya.example")


def test_a_person_is_held_by_phone_and_customer_number_too(api_server):
    api_server.case()
    with transaction() as session:
        contact = session.scalars(select(Identifier)).one().contact
        for kind, value in ((Kind.PHONE, "+34600111222"), (Kind.CUSTOMER_ID, "C-77")):
            contact.identifiers.append(Identifier(kind=kind, value=value, original=value))
    program = api_server.program(CHECK)
    for said in ({"phone": "+34 600-111-222"}, {"customer_id": "C-77"}):
        assert program.post("/v1/check", json=said).json["allowed"] is False


def test_a_keyed_hash_asks_for_who_must_not_be_named(api_server):
    program = api_server.program(CHECK, Scope.GATE)
    with reading() as session:
        key = bytes.fromhex(session.scalars(select(Token.hash_key)).one())
    digest = hmac.new(key, ANA.encode(), hashlib.sha256).hexdigest()
    assert program.get(f"/v1/check/{digest}?as=status").status_code == 204
    api_server.case()
    assert program.get(f"/v1/check/{digest}?as=status").status_code == 409
    assert program.get(f"/v1/check/{digest}").json["allowed"] is False
    assert program.post("/v1/check", json={"hash": digest}).json["allowed"] is False


def test_mail_that_must_reach_the_customer_is_not_held_by_a_case(api_server):
    api_server.case()
    program = api_server.program(CHECK)
    for name in ("service_notice", "transactional", "safety_legal"):
        assert program.allowed(campaign_class=name)
    for name in ("newsletter", "drip", "survey", "collections"):
        assert not program.allowed(campaign_class=name)


def test_a_token_may_be_for_some_classes_alone(api_server):
    program = api_server.program(CHECK, limits=Limits(classes=("survey",)))
    assert program.allowed(campaign_class="survey")
    answer = program.post("/v1/check", json={"address": ANA, "campaign_class": "drip"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"address": ANA, "phone": "+34600111222"}, 422),
        ({"address": "nobody"}, 422),
        ({"address": "a b@c.example"}, 422),
        ({"phone": "call me"}, 422),
        ({"address": ANA, "campaign_class": "spam"}, 422),
        ({"address": 7}, 422),
        ([], 422),
        ({"hash": "abc"}, 422),
    ],
)
def test_what_cannot_be_answered_is_refused_without_repeating_it(api_server, body, status):
    answer = api_server.program(CHECK).post("/v1/check", json=body)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert "ana@" not in answer.text


def test_problems_are_said_in_the_askers_language(api_server):
    program = api_server.program(CHECK)
    said = {
        language: program.post(
            "/v1/check", json={"address": "x"}, headers={"Accept-Language": language}
        ).json["title"]
        for language in ("es", "en")
    }
    assert said == {
        "es": "Esto no es una dirección de correo.",
        "en": "This is no e-mail address.",
    }


def test_no_token_no_answer(api_server):
    client = api_server.app.test_client()
    answer = client.post("/v1/check", json={"address": ANA})
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]
    wrong = {"Authorization": "Bearer trg_0123456789ab_nothing"}
    assert client.post("/v1/check", json={"address": ANA}, headers=wrong).status_code == 401


def test_a_token_without_the_scope_is_refused(api_server):
    program = api_server.program(Scope.FEED_READ)
    assert program.post("/v1/check", json={"address": ANA}).status_code == 403
    assert api_server.program(CHECK).get("/v1/exclusions").status_code == 403


def test_who_tries_addresses_is_stopped_and_noticed(api_server):
    program = api_server.program(CHECK, limits=Limits(quota=120))
    answers = [
        program.post("/v1/check", json={"address": f"try{n}@cliente.example"}).status_code
        for n in range(130)
    ]
    assert answers.count(200) == 120
    assert answers.count(429) == 10
    with reading() as session:
        assert session.scalars(select(Token.alarmed_at)).one() == MORNING
        assert session.scalars(select(TokenUse.used)).one() == 120


def test_a_quota_is_shared_by_all_processes(api_server):
    api_server.program(CHECK, limits=Limits(quota=100))
    with reading() as session:
        token = session.scalars(select(Token)).one()
        session.expunge(token)
    one, other = Quotas(), Quotas()
    one.spend(token, 60)
    other.spend(token, 40)
    for more in (one, other):
        with pytest.raises(Exception, match="as many addresses"):
            more.spend(token, 1)


def test_marketing_waits_while_mail_is_not_read(api_server):
    with transaction() as session:
        session.add(
            Mailbox(
                address="soporte@tienda.example",
                imap_host="127.0.0.1",
                imap_user="soporte",
                created_at=MORNING,
                last_ok_at=MORNING,
            )
        )
    program = api_server.program(CHECK)
    assert program.allowed()
    with clock.at(MORNING + timedelta(minutes=5)):
        answer = program.post("/v1/check", json={"address": ANA}).json
        assert answer["feed"]["degraded"] is True
        assert program.get("/v1/feed").json["lag"] == "behind"
        assert "soporte@" not in program.get("/v1/feed").text
    with clock.at(MORNING + timedelta(minutes=20)):
        assert not program.allowed()
        assert program.allowed(campaign_class="transactional")
        assert program.get(f"/v1/check/{'0' * 64}?as=status").status_code == 503
