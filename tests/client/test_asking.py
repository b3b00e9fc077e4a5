"""The client asks again where that helps, never twice where it harms, and never guesses."""

import httpx
import pytest
from tregua_client import Client, FeedStale, NoAnswer, Patience, TooMany

from cases import Mailbox
from cases.db import transaction
from inbox.tokens import Limits, Scope
from tests.builders import MORNING

ANA, EVA = "ana@cliente.example", "eva@cliente.example"
FREE = {"allowed": True, "until": None, "valid_until": "x", "feed": {"degraded": False}}
SCOPES = (Scope.CHECK, Scope.GATE, Scope.TOUCHES_WRITE, Scope.SUPPRESSIONS_WRITE, Scope.LOAD_READ)


def answering(*answers, rest=0.0):
    """A client whose requests are answered like that, one after the other, and what it asked."""
    asked, left = [], list(answers)

    def answer(request):
        asked.append(request)
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    transport, patience = httpx.MockTransport(answer), Patience(rest=rest)
    return Client("http://t.example", "t", transport=transport, patience=patience), asked


@pytest.fixture
def client(api_server):
    token = api_server.program(*SCOPES).text
    with Client("http://t.example", token, transport=httpx.WSGITransport(api_server.app)) as made:
        yield made


@pytest.mark.parametrize(
    "trouble",
    [
        *(httpx.Response(code) for code in (429, 502, 503, 504)),
        *(httpx.ConnectError("refused"), httpx.ReadTimeout("slow")),
    ],
)
def test_what_passes_is_tried_again(trouble):
    client, asked = answering(trouble, httpx.Response(200, json=FREE))
    assert client.check(address=EVA).allowed
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (httpx.Response(500), NoAnswer),
        (httpx.Response(429, headers={"Retry-After": "3600"}), TooMany),
    ],
)
def test_what_does_not_pass_is_not_tried_again(trouble, kind):
    client, asked = answering(trouble)
    with pytest.raises(kind):
        client.check(address=EVA)
    assert len(asked) == 1


def test_after_some_tries_it_is_over():
    client, asked = answering(*(httpx.Response(503) for _ in range(3)))
    with pytest.raises(NoAnswer):
        client.head()
    assert len(asked) == 3


def test_what_may_have_been_done_is_not_done_twice():
    client, asked = answering(httpx.ReadTimeout("slow"))
    with pytest.raises(NoAnswer):
        client.ask("POST", "/v1/gates/x/commit")
    assert len(asked) == 1


def test_it_waits_as_long_as_it_is_told(monkeypatch):
    rests = []
    monkeypatch.setattr("tregua_client.asking.time.sleep", rests.append)
    busy = httpx.Response(429, headers={"Retry-After": "7"})
    client, _ = answering(busy, httpx.Response(503), httpx.Response(200, json=FREE), rest=0.5)
    client.check(address=EVA)
    assert rests == [7.0, 1.0]


def test_many_are_answered_in_their_order(api_server, client, monkeypatch):
    monkeypatch.setattr("tregua_client.client.MOST", 3)
    api_server.case(ANA)
    names = [EVA, ANA, "nobody", ANA.upper(), EVA]
    told = client.check_many(names)
    assert [one.allowed for one in told] == [True, False, False, False, True]
    assert [one.error for one in told] == ["", "", "invalid_address", "", ""]
    assert client.check_many([]) == []


@pytest.mark.parametrize("items", [[], [{"i": 1, "allowed": True}], [{"i": 0}, {"i": 1}]])
def test_an_answer_about_others_is_none(items):
    told = {**FREE, "items": items, "count": 1}
    client, _ = answering(httpx.Response(200, json=told))
    with pytest.raises(NoAnswer):
        client.check_many([EVA])


def test_many_are_not_believed_while_mail_is_not_read(api_server, client):
    with transaction() as session:
        box = Mailbox(address="soporte@tienda.example", imap_host="x", imap_user="x",
                      created_at=MORNING, last_ok_at=MORNING.replace(hour=1))  # fmt: skip
        session.add(box)
    with pytest.raises(FeedStale):
        client.check_many([EVA])
    assert client.check_many([EVA], campaign_class="transactional")[0].allowed


def test_a_token_that_may_ask_no_more_is_told_so(api_server):
    token = api_server.program(Scope.CHECK, limits=Limits(quota=2)).text
    transport = httpx.WSGITransport(api_server.app)
    with Client("http://t.example", token, transport=transport) as client:
        client.check_many([EVA, ANA])
        with pytest.raises(TooMany, match="as many addresses"):
            client.check(address=EVA)


def test_what_the_sender_knows_is_told_once(client):
    left = {"event_id": "1", "address": EVA, "what": "unsubscribe"}
    for counts in ({"new": 1}, {"known": 1}):
        assert +client.suppressions([left]) == counts
    assert client.check(address=EVA).allowed is False
    sent = {"event_id": "1", "address": ANA, "sent_at": MORNING.isoformat()}
    assert +client.touches([sent]) == {"new": 1}
    assert client.load(1000)["decision"] == "go"
