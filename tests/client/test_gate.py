"""A sender's campaign through a gate: only the allowed come out, and the proof stays."""

import base64
import json
import time
from datetime import timedelta

import httpx
import pytest
from tregua_client import Client, Forged, LeaseExpired, NoGo, Patience, Refusal, verify
from tregua_client import gate as gates
from tregua_client.names import digest
from tregua_client.receipt import claims_of

from cases import Mailbox, clock
from cases.db import transaction
from cases.exclusions import receipts
from cases.exclusions.receipts import SigningKey
from inbox.tokens import Scope
from tests.builders import MORNING

ANA, EVA, LUZ = (f"{name}@cliente.example" for name in ("ana", "eva", "luz"))
NOW = MORNING.timestamp()
AT_ONCE = Patience(rest=0)


@pytest.fixture
def client(api_server):
    token = api_server.program(Scope.GATE).text
    transport = httpx.WSGITransport(api_server.app)
    with Client("http://t.example", token, transport=transport) as made:
        yield made


@pytest.fixture
def keys(api_server):
    return lambda: api_server.app.test_client().get("/.well-known/jwks.json").json


def opened(client, *addresses, **values):
    return client.gate(campaign="rebajas", audience=addresses or (ANA, EVA, LUZ), **values)


def test_a_campaign_from_gate_to_report(api_server, client):
    api_server.case(ANA)
    gate = opened(client, ANA, " EVA@cliente.example", LUZ, "nobody", EVA)
    sent = []
    for address in gate.allowed():
        if len(sent) == 1:
            api_server.case(LUZ)
        for one in gate.late([address]):
            sent.append(one)
            gate.sent(one)
    assert sent == [EVA]
    assert gate.commit() == "honoured"


def test_mail_to_who_was_held_is_a_no_at_the_end(api_server, client):
    api_server.case(ANA)
    gate = opened(client)
    with pytest.raises(NoGo):
        gate.commit([ANA, EVA])


def test_after_the_lease_nothing_more_comes_out(api_server, client, monkeypatch):
    gate = opened(client)
    names = gate.allowed()
    assert next(names) == ANA
    later = time.monotonic() + 901
    monkeypatch.setattr(gates.time, "monotonic", lambda: later)
    with pytest.raises(LeaseExpired):
        next(names)
    gate.refresh()
    assert list(gate.allowed()) == [ANA, EVA, LUZ]


def test_large_audiences_go_in_parts(client, monkeypatch):
    monkeypatch.setattr(gates, "PART", 3)
    names = [f"c{n}@cliente.example" for n in range(10)]
    gate = opened(client, *names)
    assert gate.told["audience"]["n"] == 10
    assert sorted(gate.allowed()) == sorted(names)


def test_a_receipt_is_verified_without_asking_anybody(client, keys):
    gate = opened(client)
    found = verify(gate.receipt, keys(), now=NOW, audience=[LUZ, EVA, ANA])
    assert found.decision == "go"
    assert found.claims["audience"]["digest"] == digest([ANA, EVA, LUZ])


def test_another_audience_or_a_late_hour_is_found(client, keys):
    gate = opened(client)
    with pytest.raises(Forged):
        verify(gate.receipt, keys(), now=NOW, audience=[ANA, EVA])
    with pytest.raises(LeaseExpired):
        verify(gate.receipt, keys(), now=NOW + 900)


def test_any_changed_byte_breaks_a_receipt(client, keys):
    text, known = opened(client).receipt, keys()
    for n in range(0, len(text), 17):
        changed = text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :]
        if _same_bytes(text, changed):
            continue
        with pytest.raises(Forged):
            verify(changed, known, now=NOW)


def _same_bytes(one, other):
    # The last letter of base64 may have bits that say nothing.
    def decoded(text):
        return [base64.urlsafe_b64decode(part + "===") for part in text.split(".")]

    try:
        return decoded(one)[2] == decoded(other)[2] and one.split(".")[:2] == other.split(".")[:2]
    except ValueError:
        return False


def test_a_receipt_of_another_installation_or_kind_is_forged(client, keys):
    text, known = opened(client).receipt, keys()
    head, body, tail = text.split(".")
    for header in ({"alg": "none"}, {"alg": "HS256", "kid": known["keys"][0]["kid"]}):
        made = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
        with pytest.raises(Forged):
            verify(f"{made}.{body}.{tail}", known, now=NOW)
    for nonsense in ("", "a.b", "a.b.c", "ñ.ñ.ñ", f"{head}.{body}.{tail}.x"):
        with pytest.raises(Forged):
            verify(nonsense, known, now=NOW)
    with pytest.raises(Forged):
        verify(text, {"keys": []}, now=NOW)


def test_keys_rotate_and_old_receipts_stay_true_until_a_key_is_retired(client, keys):
    old = opened(client).receipt
    with transaction() as session:
        receipts.rotate(session, MORNING.replace(hour=10))
    with clock.at(MORNING.replace(hour=11)):
        new = opened(client).receipt
    assert len(keys()["keys"]) == 2
    assert verify(old, keys(), now=NOW).claims["jti"] != claims_of(new)["jti"]
    with transaction() as session:
        for key in session.query(SigningKey).order_by(SigningKey.created_at).limit(1):
            key.retired_at = MORNING
    with pytest.raises(Forged):
        verify(old, keys(), now=NOW)
    verify(new, keys(), now=NOW)


def _is_down(_request, _answer):
    raise httpx.ConnectError("refused")


TROUBLES = {
    "the server is down": _is_down,
    "it fails": lambda _request, _answer: httpx.Response(500),
    "a proxy answers": lambda _request, _answer: httpx.Response(200, text="<html>welcome</html>"),
    "half an answer": lambda _request, answer: httpx.Response(
        200, content=answer[: len(answer) // 2]
    ),
    "nothing": lambda _request, _answer: httpx.Response(200, content=b""),
    "no field": lambda _request, _answer: httpx.Response(200, json={"id": "x", "decision": "go"}),
}


class Weather(httpx.BaseTransport):
    """Passes everything on until the trouble begins, at the request with that number."""

    def __init__(self, app, trouble, begins):
        self.inner, self.trouble, self.left = httpx.WSGITransport(app), trouble, begins

    def handle_request(self, request):
        answer = self.inner.handle_request(request)
        content = answer.read()
        answer.close()
        self.left -= 1
        if self.left >= 0:
            return httpx.Response(answer.status_code, headers=answer.headers, content=content)
        return self.trouble(request, content)


def _send(client, campaign, names, sent):
    gate = client.gate(campaign=campaign, audience=names)
    for n in range(0, len(names), 2):
        sent += gate.late(names[n : n + 2])
    gate.commit(sent)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_whatever_breaks_and_whenever_nobody_is_written_to_after_it(api_server, trouble):
    # A campaign of three batches asks eight times; the trouble begins at each of them in turn.
    token = api_server.program(Scope.GATE).text
    names = [f"c{n}@cliente.example" for n in range(6)]
    for begins in range(8):
        sent, weather = [], Weather(api_server.app, trouble, begins)
        with (
            Client("http://t.example", token, transport=weather, patience=AT_ONCE) as client,
            pytest.raises(Refusal),
        ):
            _send(client, f"c{begins}", names, sent)
        # Opened, filled, sealed and fetched with five; each batch after that asked first.
        assert len(sent) == max(0, begins - 5) * 2


def _lose_one(request, _answer):
    """The server did it, and nobody heard of it."""
    raise httpx.ReadTimeout("nobody heard it", request=request)


def test_who_was_named_in_an_answer_that_was_lost_is_named_again(api_server):
    token = api_server.program(Scope.GATE).text
    weather = Weather(api_server.app, _lose_one, 5)
    with Client("http://t.example", token, transport=weather, patience=AT_ONCE) as client:
        gate = opened(client)
        api_server.case(ANA)

        def once(request, answer):
            weather.left = 99
            return _lose_one(request, answer)

        weather.left, weather.trouble = 0, once
        assert gate.late([ANA, EVA]) == [EVA]
        assert gate.refresh() == []
        assert gate.excluded() == [ANA]


def test_who_had_to_wait_learns_who_is_held_before_anything_goes(api_server, client):
    api_server.case(ANA)
    with transaction() as session:
        box = Mailbox(address="soporte@tienda.example", imap_host="127.0.0.1", imap_user="soporte",
                      created_at=MORNING - timedelta(days=1), last_ok_at=MORNING)  # fmt: skip
        session.add(box)
        session.flush()
        number = box.id
    with clock.at(MORNING + timedelta(hours=2)):
        gate = opened(client)
        assert gate.decision == "no_go"
        with pytest.raises(NoGo):
            gate.late([ANA, EVA])
    with clock.at(MORNING + timedelta(hours=2, minutes=1)):
        with transaction() as session:
            session.get_one(Mailbox, number).last_ok_at = clock.now()
        assert gate.late([ANA, EVA]) == [EVA]


def test_a_receipt_says_whether_other_spellings_were_the_same_person(api_server, client, keys):
    api_server.case("ana@gmail.com")
    exact = opened(client, "a.na+ofertas@gmail.com", EVA)
    loose = opened(client, "a.na+ofertas@gmail.com", EVA, match="loose")
    assert list(exact.allowed()) == ["a.na+ofertas@gmail.com", EVA]
    assert list(loose.allowed()) == [EVA]
    assert verify(exact.receipt, keys(), now=NOW).matching == "exact"
    assert verify(loose.receipt, keys(), now=NOW).matching == "loose"
    assert loose.told["matching"] == "loose"
    loose.refresh()
    assert verify(loose.receipt, keys(), now=NOW).matching == "loose"


class Forgetful(httpx.WSGITransport):
    """A keeper that matches as it likes, whatever it is asked for."""

    def handle_request(self, request):
        if request.url.path.endswith("/gates"):
            body = json.dumps(json.loads(request.read()) | {"match": "exact"}).encode()
            headers = {**request.headers, "Content-Length": str(len(body))}
            request = httpx.Request("POST", request.url, headers=headers, content=body)
        return super().handle_request(request)


def test_a_gate_that_matched_otherwise_than_asked_is_not_used(api_server):
    token = api_server.program(Scope.GATE).text
    with Client("http://t.example", token, transport=Forgetful(api_server.app)) as forgotten:
        assert opened(forgotten, EVA).decision == "go"
        with pytest.raises(Refusal, match="matched exact, not loose"):
            opened(forgotten, EVA, match="loose")
