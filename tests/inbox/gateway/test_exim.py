"""A real Exim before the gate and behind it, with the very lines that the docs give an admin."""

import smtplib

import pytest

from inbox.gateway import policy
from inbox.gateway.settings import settings
from tests.apis import Api
from tests.inbox.gateway.relayed import DOOR, NEWS, OTHER, POLICY, STRICT, got, send
from tests.servers.exim import an_exim
from tests.servers.written import without_comments, written

ANA, EVA, LUZ, JOSE = (f"{name}@cliente.example" for name in ("ana", "eva", "luz", "josé"))
BODY = ("Ñandú y café\r\n" * 3 + ".punto\r\n").encode()


def test_both_languages_give_the_same_lines():
    assert without_comments("exim.md") == without_comments("exim.es.md")


@pytest.fixture
def database_url(tmp_path):
    """One kind is enough here: others' tests ask both."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


@pytest.fixture(scope="module")
def _running(exim_programs, _sink_of_the_session, ports):
    lines = written("exim.md")
    # As the docs say for the strict way.
    chosen = lines["update-exim4.conf.conf"]
    assert chosen.count("10026'") == 1
    lines["update-exim4.conf.conf"] = chosen.replace("10026'", "10026 ; 0.0.0.0.2588'")
    with an_exim(exim_programs, _sink_of_the_session.port, lines, ports) as server:
        yield server


@pytest.fixture
def exim(_running):
    """With an empty queue."""
    yield _running
    _running.empty()


def offer(port, *recipients, head="", body=BODY, options=("BODY=8BITMIME",), **sender):
    """The same news each time, in letters that are not ASCII."""
    content = f"From: {NEWS}\r\nSubject: Rebajas\r\n{head}\r\n".encode() + body
    return send(port, content, *recipients, options=options, **sender)


@pytest.mark.nightly
def test_of_a_campaign_the_held_get_nothing_and_the_others_one_as_it_was(
    opened, exim, smtp_sink, ports
):
    people = [f"c{n}@cliente.example" for n in range(20)]
    held = set(people[::7])
    api = Api()
    for one in held:
        api.case(one)
    with opened():
        assert offer(ports[DOOR], *people) == {}
        assert offer(ports[DOOR], JOSE, options=("SMTPUTF8", "BODY=8BITMIME")) == {}
        exim.settled()
    assert got(smtp_sink) == dict.fromkeys(({*people, JOSE}) - held, 1)
    bodies = {mail.content.partition(b"\r\n\r\n")[2] for mail in smtp_sink.mails}
    assert bodies == {BODY}


@pytest.mark.nightly
def test_while_the_gate_is_away_exim_keeps_the_mail(opened, exim, smtp_sink, ports):
    Api().case(ANA)
    offer(ports[DOOR], ANA, EVA, LUZ)
    exim.ask("-qff")
    assert exim.waiting() == 1
    assert not smtp_sink.mails
    with opened():
        exim.settled()
    assert got(smtp_sink) == {EVA: 1, LUZ: 1}


@pytest.mark.nightly
def test_what_waits_for_the_feed_is_parked_and_goes_later(opened, exim, smtp_sink, ports, weather):
    weather.fresh = False
    with opened() as gate:
        offer(ports[DOOR], ANA, EVA)
        offer(ports[DOOR], LUZ, head="X-Tregua-Class: transactional\r\n")
        # A report of a mail server is no marketing.
        offer(ports[DOOR], NEWS, sender="")
        exim.settled()
        assert len(gate.parking) == 2
        Api().case(ANA)
        weather.fresh = True
        assert gate.look_again() == 2
        exim.settled()
    assert got(smtp_sink) == {EVA: 1, LUZ: 1, NEWS: 1}


@pytest.mark.nightly
def test_of_a_mail_that_is_too_large_its_sender_is_told(opened, exim, smtp_sink, ports):
    with opened(largest=2**16):
        offer(ports[DOOR], EVA, body=BODY * 3000)
        [mail] = smtp_sink.wait_for(1)
    exim.settled()
    assert (mail.sender, mail.recipients) == ("<>", (NEWS,))
    assert b"message size" in mail.content.lower()


@pytest.mark.nightly
def test_by_its_sender_marketing_needs_no_door_of_its_own(opened, exim, smtp_sink):
    Api().case(ANA)
    with opened():
        offer(exim.port, ANA, EVA)
        offer(exim.port, ANA, sender=OTHER)
        exim.settled()
    assert got(smtp_sink) == {EVA: 1, ANA: 1}


@pytest.mark.nightly
def test_the_strict_way_refuses_one_recipient_and_waits_in_doubt(
    installation, exim, smtp_sink, ports, weather, monkeypatch
):
    Api().case(ANA)
    monkeypatch.setenv("TREGUA_POLICY_PORT", str(ports[POLICY]))
    settings.cache_clear()
    assert _refusal(ports[STRICT]) == (451, "4.7.1")  # The service is away.
    with policy.serving(weather):
        refused = offer(ports[STRICT], ANA, EVA, sender=OTHER)
        assert refused[ANA][0] == 550
        assert b"5.7.1 This recipient is on truce" in refused[ANA][1]
        weather.fresh = False
        assert _refusal(ports[STRICT]) == (451, "4.7.1")
    exim.settled()
    assert got(smtp_sink) == {EVA: 1}
    settings.cache_clear()


def _refusal(port):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        offer(port, LUZ, sender=OTHER)
    code, text = refused.value.recipients[LUZ]
    return code, text.decode()[:5]
