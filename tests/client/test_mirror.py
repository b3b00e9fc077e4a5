"""A copy of the feed: whole, in step, healed by itself, and never believed when it is old."""

import random
import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from tregua_client import Client, FeedStale, Mirror, NoAnswer, Patience, Refusal, clockwork

from cases import Exclusion, Mailbox, clock
from cases.contact import find
from cases.db import reading, transaction
from cases.exclusions import feed
from cases.exclusions.changes import note_contact
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.rows import FeedEntry
from inbox.tokens import Scope, Token
from tests.builders import MORNING

ANA, EVA, LUZ = (f"{name}@cliente.example" for name in ("ana", "eva", "luz"))
MINUTE = timedelta(minutes=1)
AT_ONCE = Patience(rest=0)
RAW = (Scope.FEED_READ, Scope.FEED_RAW, Scope.CHECK)


@pytest.fixture
def mirror(tmp_path):
    made = Mirror(tmp_path / "truce.sqlite")
    yield made
    made.close()


@pytest.fixture
def client(api_server):
    with _client(api_server) as made:
        yield made


def _client(api_server, *scopes):
    token = api_server.program(*(scopes or RAW)).text
    return Client("http://t.example", token, transport=httpx.WSGITransport(api_server.app))


class Broken(httpx.BaseTransport):
    """Passes requests on, and spoils the answers."""

    def __init__(self, app, spoil):
        self.inner, self.spoil = httpx.WSGITransport(app), spoil

    def handle_request(self, request):
        answer = self.inner.handle_request(request)
        content = answer.read()
        answer.close()
        return self.spoil(request, answer, content)


def test_a_copy_is_taken_once_and_then_follows(api_server, client, mirror):
    case_id = api_server.case(ANA)
    assert mirror.sync(client) == 1
    assert not mirror.allowed(" ANA@cliente.example")
    assert mirror.allowed(EVA)
    api_server.case(EVA)
    api_server.close(case_id)
    mirror.sync(client)
    assert not mirror.allowed(EVA)
    assert mirror.allowed(ANA)
    assert mirror.count() == 1


def test_it_heals_itself_when_the_feed_begins_anew(api_server, client, mirror):
    api_server.case(ANA)
    mirror.sync(client)
    with transaction() as session:
        feed.renew_epoch(session)
    api_server.case(EVA)
    mirror.sync(client)
    assert mirror.count() == 2


def test_a_keyed_copy_knows_people_by_their_hash(api_server, tmp_path):
    api_server.case(ANA)
    with _client(api_server, Scope.FEED_READ, Scope.CHECK) as client:
        with reading() as session:
            key = session.scalars(select(Token.hash_key)).one()
        keyed = Mirror(tmp_path / "keyed.sqlite", key=key)
        keyed.sync(client)
        assert not keyed.allowed(ANA)
        assert ANA.encode() not in (tmp_path / "keyed.sqlite").read_bytes()
        keyed.close()


@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.8, 0.97, "last line", "last byte"])
def test_a_snapshot_that_is_cut_anywhere_is_refused(api_server, mirror, part):
    for n in range(5):
        api_server.case(f"c{n}@cliente.example")

    def cut(request, answer, content):
        if request.url.path == "/v1/exclusions":
            if part == "last line":
                content = content[: content.rstrip().rfind(b"\n") + 1]
            elif part == "last byte":
                content = content[:-1]
            else:
                content = content[: int(len(content) * part)]
        return httpx.Response(answer.status_code, content=content)

    token = api_server.program(*RAW).text
    broken = Broken(api_server.app, cut)
    with Client("http://t.example", token, transport=broken) as client, pytest.raises(NoAnswer):
        mirror.sync(client)
    assert mirror.count() == 0
    with pytest.raises(FeedStale):
        mirror.allowed(EVA)


def test_a_snapshot_that_was_changed_on_its_way_is_refused(api_server, mirror):
    api_server.case(ANA)

    def change(_request, answer, content):
        return httpx.Response(answer.status_code, content=content.replace(b"ana@", b"ann@"))

    token = api_server.program(*RAW).text
    broken = Broken(api_server.app, change)
    with Client("http://t.example", token, transport=broken) as client, pytest.raises(NoAnswer):
        mirror.sync(client)


@pytest.mark.parametrize(
    ("campaign_class", "minutes", "stale"),
    [
        ("promotional", 14, False),
        ("promotional", 16, True),
        ("service_notice", 16, False),
        ("service_notice", 61, True),
        ("transactional", 61, False),
    ],
)
def test_an_old_copy_lets_no_marketing_go(
    api_server, client, tmp_path, monkeypatch, campaign_class, minutes, stale
):
    mirror = Mirror(tmp_path / "t.sqlite", campaign_class=campaign_class)
    mirror.sync(client)
    later = time.monotonic() + minutes * 60
    monkeypatch.setattr(clockwork.time, "monotonic", lambda: later)
    if stale:
        with pytest.raises(FeedStale):
            mirror.allowed(EVA)
    else:
        assert mirror.allowed(EVA)
    mirror.close()


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_wrong_clock_changes_nothing(api_server, client, mirror, monkeypatch, minutes):
    real = time.time
    monkeypatch.setattr(clockwork.time, "time", lambda: real() + minutes * 60)
    api_server.case(ANA)
    # One whose truce ends, and one whose begins, within the error of the clock.
    for name, begins, ends in ((EVA, -5, 5), (LUZ, 5, 60)):
        api_server.meet(name)
        with transaction() as session:
            person = find(session, name)
            session.add(Exclusion(
                contact_id=person.id, reason=Reason.MANUAL, severity=Severity.HARD,
                starts_at=clock.now() + begins * MINUTE, until=clock.now() + ends * MINUTE,
                origin="bea@tienda.example", created_at=clock.now()))  # fmt: skip
            session.flush()
            note_contact(session, person.id)
    mirror.sync(client)
    assert mirror.allowed("nobody@cliente.example")
    held = [one for one in (ANA, EVA, LUZ) if not mirror.allowed(one)]
    assert held == [ANA, EVA]
    assert mirror.age() < 60


def test_after_a_restart_of_the_machine_a_clock_put_back_makes_it_old(
    api_server, client, mirror, monkeypatch
):
    mirror.sync(client)
    real = time.time
    monkeypatch.setattr(clockwork, "_boot", lambda: "another boot")
    assert mirror.age() < 60
    monkeypatch.setattr(clockwork.time, "time", lambda: real() - 600)
    with pytest.raises(FeedStale):
        mirror.allowed(EVA)


def test_while_the_other_side_is_behind_no_marketing_goes(api_server, client, mirror):
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
    mirror.sync(client)
    assert mirror.allowed(EVA)
    with clock.at(MORNING.replace(hour=10)):
        mirror.sync(client)
        with pytest.raises(FeedStale):
            mirror.allowed(EVA)
        with pytest.raises(FeedStale):
            client.check(address=EVA)


@pytest.mark.parametrize("seed", range(3))
def test_through_restarts_and_doubled_pages_it_ends_as_the_feed_is(api_server, tmp_path, seed):
    chance = random.Random(seed)
    path = tmp_path / "m.sqlite"
    mirror = Mirror(path)
    last = {}

    def double(request, answer, content):
        if "changes" in request.url.path:
            if "page" in last and chance.random() < 0.3:
                return httpx.Response(200, content=last["page"])
            last["page"] = content if chance.random() < 0.5 else last.get("page", content)
        return httpx.Response(answer.status_code, content=content)

    token = api_server.program(*RAW).text
    with Client("http://t.example", token, transport=Broken(api_server.app, double)) as client:
        open_cases = []
        for n in range(20):
            if open_cases and chance.random() < 0.4:
                api_server.close(open_cases.pop(chance.randrange(len(open_cases))))
            else:
                open_cases.append(api_server.case(f"c{n}@cliente.example"))
            if chance.random() < 0.5:
                mirror.sync(client)
            if chance.random() < 0.2:
                mirror.close()
                mirror = Mirror(path)
        last.clear()
        chance.random = lambda: 1.0
        mirror.sync(client)
    with reading() as session:
        wanted = set(session.scalars(select(FeedEntry.value)))
    assert {name for name, _spans in mirror.rows()} == wanted
    mirror.close()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(502, text="<html>bad gateway</html>"),
        httpx.Response(200, text="<html>welcome to this hotel</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"allowed": True}),
        httpx.Response(200, json={"allowed": "yes", "feed": {"degraded": False}}),
        httpx.Response(302, headers={"Location": "https://other.example/"}),
        httpx.Response(429),
        httpx.Response(401),
    ],
)
def test_nothing_but_a_clear_answer_allows(answer):
    transport = httpx.MockTransport(lambda _request: answer)
    with Client("http://t.example", "trg_x_y", transport=transport, patience=AT_ONCE) as client:
        try:
            allowed = client.check(address=EVA).allowed
        except Refusal:
            allowed = False
    assert allowed is False


def test_no_answer_is_a_refusal():
    def gone(request):
        raise httpx.ConnectError("refused", request=request)

    transport = httpx.MockTransport(gone)
    with Client("http://t.example", "t", transport=transport, patience=AT_ONCE) as client:
        for ask in (client.head, lambda: client.check(address=EVA)):
            with pytest.raises(NoAnswer):
                ask()
