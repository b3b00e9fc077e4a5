"""Webhooks: signed, patient, thin, and never into a private network."""

import base64
import hashlib
import hmac
import http.server
import json
import socketserver
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cases import clock
from cases.audit import Entry, broken
from cases.db import reading, transaction
from inbox.api import hooks, jobs, posting, warning
from inbox.api.settings import settings
from inbox.tokens import Scope, Token
from inbox.webhook import Telling, Webhook
from tests.builders import MORNING

HOOKS = Scope.WEBHOOKS


@pytest.fixture
def listener(monkeypatch):
    """A server that keeps what it is told."""
    monkeypatch.setenv("TREGUA_WEBHOOKS_TO_PRIVATE_NETWORKS", "true")
    settings.cache_clear()
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        status = 204

        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers), content))
            self.send_response(Handler.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_about):
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard, server.answers = heard, Handler
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
    settings.cache_clear()


def a_hook(program, server, *events):
    url = f"http://127.0.0.1:{server.server_port}/hook"
    answer = program.post("/v1/webhooks", json={"url": url, "events": list(events)})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_change_is_told_with_a_signature_and_without_a_name(api_server, listener):
    hook = a_hook(api_server.program(HOOKS), listener, "exclusion.upserted")
    api_server.case()
    jobs.tell_webhooks()
    [(headers, content)] = listener.heard
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    mac = base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    told = json.loads(content)
    assert told["type"] == "exclusion.upserted"
    assert set(told["data"]["items"][0]) == {"kind", "hash", "seq", "until"}
    assert b"cliente.example" not in content
    jobs.tell_webhooks()
    assert len(listener.heard) == 1


def test_what_is_not_taken_is_tried_again_and_at_last_given_up(api_server, listener):
    a_hook(api_server.program(HOOKS), listener, "exclusion.upserted")
    listener.answers.status = 500
    api_server.case()
    at = MORNING
    for _ in range(12):
        with clock.at(at):
            jobs.tell_webhooks()
        at += timedelta(hours=12)
    assert len(listener.heard) == len(posting.WAITS)


def test_who_says_gone_is_told_nothing_more(api_server, listener):
    program = api_server.program(HOOKS)
    hook = a_hook(program, listener, "exclusion.upserted")
    listener.answers.status = 410
    api_server.case()
    jobs.tell_webhooks()
    api_server.case("eva@cliente.example")
    jobs.tell_webhooks()
    assert len(listener.heard) == 1
    assert program.get("/v1/webhooks").json["items"][0]["disabled_at"]
    log = program.get(f"/v1/webhooks/{hook['id']}/deliveries").json["items"]
    assert log[0]["status"] == 410


def test_a_secret_that_does_not_open_keeps_no_other_waiting(api_server, listener):
    program = api_server.program(HOOKS)
    spoilt = a_hook(program, listener, "exclusion.upserted")
    a_hook(program, listener, "exclusion.upserted")
    with transaction() as session:
        session.get_one(Webhook, spoilt["id"]).sealed = "of another installation"
    api_server.case()
    jobs.tell_webhooks()
    assert len(listener.heard) == 1
    [tried] = program.get(f"/v1/webhooks/{spoilt['id']}/deliveries").json["items"]
    assert "does not open" in tried["error"]


@pytest.mark.parametrize("end", [{"revoked_at": MORNING}, {"expires_at": MORNING}])
def test_the_webhooks_of_a_token_end_with_it(api_server, listener, end):
    program = api_server.program(HOOKS)
    a_hook(program, listener, "exclusion.upserted", "case.opened")
    api_server.case("ana@cliente.example")
    with transaction() as session:
        hooks.announce_changes(session, MORNING)
        session.execute(update(Token).values(**end))
    api_server.case("eva@cliente.example")
    jobs.tell_webhooks()
    assert listener.heard == []
    with reading() as session:
        assert session.scalars(select(Telling.status)).all() == [None]


def test_a_message_can_be_sent_again(api_server, listener):
    program = api_server.program(HOOKS)
    hook = a_hook(program, listener, "exclusion.upserted")
    api_server.case()
    jobs.tell_webhooks()
    with reading() as session:
        telling = session.scalars(select(Telling.id)).one()
    url = f"/v1/webhooks/{hook['id']}/deliveries/{telling}/again"
    assert program.post(url).status_code == 202
    assert api_server.program(HOOKS).post(url).status_code == 404
    jobs.tell_webhooks()
    assert len(listener.heard) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "https://user:pass@example.com/",
        "https://",
        "file:///etc/passwd",
        "https://localhost:99999/x",
    ],
)
def test_a_webhook_never_leads_into_our_own_network(api_server, url):
    answer = api_server.program(HOOKS).post(
        "/v1/webhooks", json={"url": url, "events": ["gate.unasked"]}
    )
    assert answer.status_code == 422


def test_a_load_that_turns_is_told_to_who_may_know_of_it(api_server, listener):
    asked = {"url": "https://hooks.example/", "events": ["load.changed"]}
    assert api_server.program(HOOKS).post("/v1/webhooks", json=asked).status_code == 403
    a_hook(api_server.program(HOOKS, Scope.LOAD_READ), listener, "load.changed")
    with transaction() as session:
        warning.warn(session, MORNING)
        session.scalars(select(Webhook)).one().load = "no_go"
    # One look may have been at a border; who sees it twice believes it, and says it once.
    jobs.sweep_feed()
    jobs.tell_webhooks()
    assert listener.heard == []
    for _ in range(3):
        jobs.sweep_feed()
        jobs.tell_webhooks()
    [(_, content)] = listener.heard
    told = json.loads(content)
    assert told["type"] == "load.changed"
    assert told["data"] == {
        "verdict": "not_enough_data",
        "before": "no_go",
        "decision": "go",
        "max_per_hour": None,
        "not_before": None,
    }


def test_a_receipt_that_is_about_to_end_is_told_once(api_server, listener):
    program = api_server.program(HOOKS, Scope.GATE)
    a_hook(program, listener, "receipt.expiring")
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": ["eva@cliente.example"]}).json
    for minutes in (1, 9, 11, 12, 14, 16):
        with clock.at(MORNING + timedelta(minutes=minutes)):
            jobs.sweep_feed()
            jobs.tell_webhooks()
    [(_, content)] = listener.heard
    told = json.loads(content)["data"]
    assert (told["gate"], told["lease_until"]) == (gate["id"], gate["lease_until"])
    # Who refreshes has a new receipt, of which the same is told when its time comes.
    with clock.at(MORNING + timedelta(minutes=14)):
        program.post(gate["links"]["refresh"])
    with clock.at(MORNING + timedelta(minutes=25)):
        jobs.sweep_feed()
        jobs.tell_webhooks()
    assert len(listener.heard) == 2


def test_mail_sent_unasked_is_told(api_server, listener):
    program = api_server.program(HOOKS, Scope.GATE)
    a_hook(program, listener, "gate.unasked")
    api_server.case()
    program.post("/v1/campaigns", json={"id": "c"})
    addresses = ["ana@cliente.example", "eva@cliente.example"]
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": addresses}).json
    program.post(gate["links"]["commit"], json={"addresses": addresses})
    jobs.tell_webhooks()
    [(_, content)] = listener.heard
    assert json.loads(content)["data"] == {"gate": gate["id"], "offenders_n": 1}
    with reading() as session:
        [entry] = session.scalars(select(Entry).where(Entry.what == "gate.unasked"))
        assert (entry.by, entry.about, entry.data) == ("newsletter tool", gate["id"], {"people": 1})
        assert broken(session) is None


def test_who_is_not_there_is_asked_once_a_round_and_keeps_no_other_waiting(listener):
    knocks, recorded = [], []

    class Silent(socketserver.BaseRequestHandler):
        def handle(self):
            knocks.append(self.client_address)

    with socketserver.TCPServer(("127.0.0.1", 0), Silent) as dead:
        thread = threading.Thread(target=dead.serve_forever)
        thread.start()
        gone, there = (f"http://127.0.0.1:{one.server_address[1]}/hook" for one in (dead, listener))
        taken = [posting.Due(n, url, b"key", {}) for n, url in enumerate([gone, gone, there])]
        posting.post_each(taken, lambda *said: recorded.append(said))
        dead.shutdown()
        thread.join()
    assert len(knocks) == 1
    assert [status for _id, status, _error in recorded] == [0, 0, 204]
    assert recorded[0][2] == recorded[1][2] != ""
