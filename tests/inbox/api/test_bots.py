"""Outside bots over HTTP: they propose, follow, ask and hand over, and learn why not."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from bot import noticing, registry, voice
from bot.kinds import Mode
from bot.outbox import OutgoingMail, State
from bot.registry import OutsideBot, proposals
from cases import Case, Exclusion, Message, clock
from cases.case import take
from cases.db import FILING, reading, transaction
from cases.filing import file
from inbox.api import jobs
from inbox.api.settings import settings as api_settings
from inbox.intake.knowing import who_is_who
from inbox.tokens import Scope
from tests.bot.writing import a_case, a_person_answers, a_shop, leaving
from tests.builders import MORNING, a_mail, an_arrival
from tests.meanwhile import ON_POSTGRESQL, meanwhile

ANA = "ana@cliente.example"
SOON = MORNING + timedelta(minutes=2)
REPLIES = "/v1/bots/replies"


@pytest.fixture
def case_id(api_server) -> int:
    with transaction() as session:
        return a_case(session).id


@pytest.fixture
def bot(api_server):
    return api_server.program(Scope.BOT_READ, Scope.BOT_PROPOSE, Scope.BOT_NOTE)


def proposed(bot, text="Su paquete salió.", status=202, key="", **more):
    said = {"text": text, **({} if "case" in more else {"address": ANA}), **more}
    answer = bot.post(REPLIES, json=said, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_proposal_is_queued_with_its_earliest_time(bot, case_id):
    answer = proposed(bot)
    assert answer["state"] == "queued"
    assert answer["case"] == case_id
    assert answer["not_before"] == "2026-03-10T09:01:00Z"
    with clock.at(SOON):
        (mail,) = leaving()
    assert mail.recipient == ANA
    assert b"Auto-Submitted: auto-replied" in mail.content


def test_parts_are_framed_and_merged_with_those_of_others(api_server, bot, case_id):
    first = proposed(bot, text="", parts={"facts": "El paquete salió.", "question": "¿Llegó?"})
    other = api_server.program(Scope.BOT_PROPOSE)
    second = proposed(other, text="", case=case_id, parts={"facts": "Reembolso hecho."})
    assert (first["state"], second["state"]) == ("queued", "merged")
    with clock.at(SOON):
        (mail,) = leaving()
    assert mail.parts["facts"] == "El paquete salió.\n\nReembolso hecho."
    assert mail.parts["question"] == "¿Llegó?"


@ON_POSTGRESQL
def test_who_writes_to_us_at_this_moment_is_the_one_a_bot_wants_to_write_to(bot, case_id):
    eva = "eva@cliente.example"
    wish = {"text": "Su paquete salió.", "address": eva}
    answers = []
    asks = {"json": wish, "headers": {"Idempotency-Key": "a"}}

    def propose():
        answers.append(bot.post(REPLIES, **asks))

    with meanwhile(propose, propose) as both_ask, transaction(lock=FILING) as session:
        arrival = an_arrival(a_mail("No llega", sender=eva), mailbox=a_shop(session))
        hers = file(session, arrival).case.id
        both_ask()
    assert [one.status_code for one in answers] == [202, 202]
    assert [one.json["case"] for one in answers] == [hers, hers]


def test_the_same_key_is_answered_alike_and_never_said_twice(bot, case_id):
    assert proposed(bot, key="a") == proposed(bot, key="a")
    with reading() as session:
        assert len(session.scalars(select(OutgoingMail)).all()) == 1
    other = bot.post(
        REPLIES, json={"text": "Otra", "address": ANA}, headers={"Idempotency-Key": "a"}
    )
    assert other.status_code == 409


def test_silence_says_why(bot, case_id):
    with transaction() as session:
        a_person_answers(session, take(session, case_id), MORNING)
    answer = proposed(bot, status=200)
    assert answer["state"] == "silence"
    assert answer["rule"] == "person-first"
    assert answer["reason"]
    with reading() as session:
        assert [mail.automatic for mail in session.scalars(select(OutgoingMail))] == [False]


def test_a_bot_gets_the_word_back_when_people_give_it(bot, case_id):
    handed = bot.post(f"/v1/bots/cases/{case_id}/handover", json={"note": "Pide un abogado."})
    assert handed.json == {"case": case_id, "with": "people"}
    assert proposed(bot, status=200)["state"] == "silence"
    assert bot.post(f"/v1/bots/cases/{case_id}/handback").json["with"] == "bots"
    with reading() as session:
        notes = [one.text for one in session.get_one(Case, case_id).messages if one.rule == "note"]
    assert notes[0].startswith("Pide un abogado.")
    with clock.at(MORNING + timedelta(seconds=1)):
        assert proposed(bot)["state"] == "queued"


def test_a_bot_in_shadow_is_answered_as_in_earnest_and_nothing_comes_of_it(bot, case_id):
    bot.get("/v1/bots/cases")
    assert proposed(bot, key="first")["state"] == "queued"
    with transaction() as session:
        (one,) = registry.everybody(session)
        one.mode = Mode.SHADOW
    tried = proposed(bot, "Otra cosa.", status=200)
    assert (tried["state"], tried["rule"]) == ("shadow", "go")
    handed = bot.post(f"/v1/bots/cases/{case_id}/handover", json={"note": "Pide un abogado."})
    assert handed.json == {"case": case_id, "with": "people", "tried": True}
    assert bot.post(f"/v1/bots/cases/{case_id}/handback").json["tried"] is True
    with reading() as session:
        case = session.get_one(Case, case_id)
        assert [one.text for one in case.messages if one.rule == "note"] == []
        assert voice.of(session, [case_id]) == {}
    refused = bot.post(REPLIES, json={"text": "Hola", "case": case_id, "purpose": "test"})
    assert refused.status_code == 422


def test_what_waits_can_be_withdrawn_and_what_left_cannot(bot, case_id):
    waiting = f"{REPLIES}/{proposed(bot)['id']}"
    assert bot("DELETE", waiting).status_code == 204
    with clock.at(SOON):
        assert leaving() == []
    gone = f"{REPLIES}/{proposed(bot, 'Otra cosa.')['id']}"
    with clock.at(SOON):
        assert len(leaving()) == 1
        assert bot("DELETE", gone).status_code == 409


def test_one_bot_never_sees_or_withdraws_anothers(api_server, bot, case_id):
    url = f"{REPLIES}/{proposed(bot)['id']}"
    other = api_server.program(Scope.BOT_PROPOSE)
    assert other.get(url).status_code == 404
    assert other("DELETE", url).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x"},
        {"text": "x", "address": ANA, "case": 1},
        {"address": ANA},
        {"text": "x", "template": "letter", "address": ANA},
        {"text": "x", "address": ANA, "purpose": "fun"},
        {"text": "x", "address": ANA, "bcc": "eve@mal.example"},
        {"template": "../secret", "address": ANA},
    ],
)
def test_a_wish_that_is_not_clear_is_refused(bot, case_id, wrong):
    assert bot.post(REPLIES, json=wrong).status_code == 422


def test_who_may_not_propose_is_refused(api_server, case_id):
    reader = api_server.program(Scope.BOT_READ)
    assert reader.post(REPLIES, json={"text": "x", "address": ANA}).status_code == 403


def test_somebody_who_never_wrote_gets_a_case_that_holds_nothing_back(api_server, bot):
    with transaction() as session:
        a_shop(session)
    assert proposed(bot, address="eva@cliente.example")["state"] == "queued"
    with reading() as session:
        assert session.scalars(select(Exclusion)).all() == []
    with clock.at(SOON):
        assert [mail.recipient for mail in leaving()] == ["eva@cliente.example"]


def test_a_bot_in_shadow_or_draft_says_nothing_by_itself(bot, case_id):
    proposed(bot)
    for mode, state in ((Mode.SHADOW, "shadow"), (Mode.DRAFT, "draft")):
        with transaction() as session:
            session.scalars(select(OutsideBot)).one().mode = mode
        answer = proposed(bot, f"Algo {mode}", status=202 if mode is Mode.DRAFT else 200)
        assert answer["state"] == state
    with transaction() as session:
        (draft,) = proposals.drafts(session, case_id)
        newest = session.scalars(select(Message).order_by(Message.id.desc())).first()
        proposals.used(draft, "Algo distinto", newest.id)
    noticing.notice()
    events = [
        event["event"]
        for one in bot.get("/v1/bots/cases?since=0").json["items"]
        for event in one["events"]
    ]
    assert "reply.edited" in events


def test_a_bot_can_ask_before_it_writes_by_itself(bot, case_id):
    ask = {"address": ANA}
    assert bot.post("/v1/bots/permission", json=ask).json["permission"] == "yes"
    unknown = {"address": "new@cliente.example"}
    assert bot.post("/v1/bots/permission", json=unknown).json["permission"] == "yes"
    with clock.at(MORNING + timedelta(hours=13)):
        late = bot.post("/v1/bots/permission", json=ask).json
        assert (late["permission"], late["not_before"]) == ("not_before", "2026-03-11T07:00:00Z")
    with transaction() as session:
        a_person_answers(session, take(session, case_id), MORNING)
    no = bot.post("/v1/bots/permission", json=ask).json
    assert (no["permission"], no["rule"]) == ("no", "person-first")


def test_every_decision_can_be_read_with_reason_inputs_and_version(bot, case_id):
    proposed(bot)
    with clock.at(SOON):
        leaving()
    told = bot.get(f"/v1/bots/decisions?case={case_id}").json
    for one in (*told["items"], *told["proposals"]):
        assert one["reason"]
        assert one["version"]
        assert one["inputs"]
    assert {one["decision"] for one in told["items"]} == {"reply"}
    assert bot.get(f"/v1/bots/decisions?since={told['next']}").json["items"] == []


def test_a_bot_follows_cases_by_a_cursor_that_misses_nothing(bot, case_id):
    proposed(bot)
    start = bot.get("/v1/bots/cases").json
    assert [one["case"] for one in start["items"]] == [case_id]
    noticing.notice()
    with clock.at(SOON):
        leaving()
        noticing.notice()
        with transaction() as session:
            take(session, case_id).close(by="bea", at=SOON)
        noticing.notice()
    news = bot.get(f"/v1/bots/cases?since={start['next']}").json
    (one,) = news["items"]
    assert [event["event"] for event in one["events"]] == [
        "case.opened",
        "reply.sent",
        "case.closed",
    ]
    assert bot.get(f"/v1/bots/cases?since={news['next']}").json["items"] == []
    said = bot.get(f"/v1/bots/cases/{case_id}").json["messages"]
    assert [message["direction"] for message in said] == ["in", "out"]


def test_a_merged_proposal_is_told_as_sent_too(api_server, bot, case_id):
    proposed(bot, "Uno")
    second = proposed(api_server.program(Scope.BOT_PROPOSE), "Dos")
    with clock.at(SOON):
        assert len(leaving()) == 1
        noticing.notice()
    with reading() as session:
        rows = session.scalars(select(proposals.Proposal)).all()
    assert {one.fate.value for one in rows} == {"sent"}
    assert second["state"] == "merged"


def test_the_taxonomy_is_the_same_for_all_channels(bot):
    tree = bot.get("/v1/taxonomy").json
    assert tree["version"]
    delivery = next(one for one in tree["types"] if one["code"] == "fulfil.delivery")
    assert delivery["es"] != delivery["en"]


def test_a_call_counts_as_a_contact_and_holds_marketing_back(api_server, bot):
    call = {
        "id": "c1",
        "channel": "call",
        "address": "luz@cliente.example",
        "at": "2026-03-10T08:30:00Z",
        "text": "El pedido no llega.",
        "open": True,
        "type": "fulfil.delivery",
        "sentiment": "negative",
        "anger": 0.8,
    }
    first = bot.post("/v1/interactions", json=call)
    assert first.status_code == 201
    assert bot.post("/v1/interactions", json=call).json == {**first.json, "new": False}
    marketing = api_server.program(Scope.CHECK)
    assert not marketing.allowed("luz@cliente.example")
    assert marketing.allowed("otra@cliente.example")
    with reading() as session:
        case = session.get_one(Case, first.json["case"])
        assert (case.type, case.complaint) == ("fulfil.delivery", True)
    unknown = bot.post("/v1/interactions", json={**call, "id": "c2", "type": "no.such"})
    assert unknown.status_code == 422


def test_a_call_of_a_known_customer_joins_their_open_case(bot, case_id):
    call = {"id": "c3", "channel": "chat", "address": ANA, "phone": "+34 600 111 222"}
    call |= {"at": "2026-03-10T08:59:00Z", "text": "Sigo esperando."}
    assert bot.post("/v1/interactions", json=call).json["case"] == case_id
    again = {"id": "c4", "channel": "call", "phone": "+34600111222", "at": "2026-03-10T09:00:00Z"}
    assert bot.post("/v1/interactions", json=again).json["case"] == case_id


def test_mails_of_a_bot_registered_in_the_database_are_known_as_its(api_server):
    with transaction() as session:
        session.add(
            OutsideBot(
                name="envíos",
                addresses=["Noreply@Carrier.example"],
                headers={"X-Carrier": "*"},
                customer="to",
                created_at=MORNING,
            )
        )
    (rule,) = who_is_who().bots
    assert rule.addresses == {"noreply@carrier.example"}
    assert rule.headers == (("x-carrier", "*"),)


@pytest.fixture
def listener(monkeypatch) -> Iterator[list]:
    """A bot's own server, and what it was told."""
    told: list = []

    class Told(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            told.append((dict(self.headers), content))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Told)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("TREGUA_WEBHOOKS_TO_PRIVATE_NETWORKS", "true")
    api_settings.cache_clear()
    told.append(server.server_port)
    yield told
    server.shutdown()
    thread.join()
    server.server_close()
    api_settings.cache_clear()


def test_webhooks_tell_what_happens_and_are_signed(api_server, case_id, listener):
    bot = api_server.program(Scope.WEBHOOKS, Scope.BOT_PROPOSE)
    url = f"http://127.0.0.1:{listener.pop()}/hook"
    wanted = {"url": url, "events": ["reply.sent", "case.opened"]}
    hook = bot.post("/v1/webhooks", json=wanted)
    assert hook.status_code == 201, hook.text
    proposed(bot)
    with clock.at(SOON):
        leaving()
        noticing.notice()
        jobs.tell_webhooks()
    kinds = [json.loads(content)["type"] for _headers, content in listener]
    assert kinds == ["case.opened", "reply.sent"]
    headers, content = listener[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
    key = base64.b64decode(hook.json["secret"].removeprefix("whsec_"))
    mac = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"


def test_a_webhook_into_the_own_network_is_refused(api_server):
    program = api_server.program(Scope.WEBHOOKS)
    for url in ("http://127.0.0.1/x", "https://127.0.0.1/x", "https://[::1]/x"):
        wanted = {"url": url, "events": ["reply.sent"]}
        assert program.post("/v1/webhooks", json=wanted).status_code == 422


def test_a_mail_that_leaves_is_not_withdrawn_by_a_late_bot(bot, case_id):
    proposal = proposed(bot)
    with transaction() as session:
        session.scalars(select(OutgoingMail)).one().state = State.DATA_SENT
    assert bot("DELETE", f"{REPLIES}/{proposal['id']}").status_code == 409
