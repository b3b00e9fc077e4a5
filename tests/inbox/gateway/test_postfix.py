"""A real Postfix before the gate and behind it, with the very lines that the docs give an admin."""

import os
import random
import smtplib
import time
from collections import Counter
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from cases.db import reading
from inbox.gateway import policy
from inbox.gateway.settings import settings
from inbox.passage import Passage
from tests.apis import Api
from tests.inbox.gateway.relayed import BACK, DOOR, GATE, NEWS, OTHER, POLICY, STRICT, got, send
from tests.running import Processes
from tests.servers.ports import free_port
from tests.servers.postfix import a_postfix
from tests.servers.written import without_comments, written

ANA, EVA, LUZ = (f"{name}@cliente.example" for name in ("ana", "eva", "luz"))


@pytest.fixture
def database_url(tmp_path):
    """One kind is enough here: others' tests ask both."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


@pytest.fixture(scope="module")
def _running(postfix_programs, _sink_of_the_session, ports):
    lines = written("postfix.md")
    with a_postfix(postfix_programs, _sink_of_the_session.port, lines, ports) as server:
        yield server


@pytest.fixture
def postfix(_running):
    """With an empty queue."""
    yield _running
    _running.ask("postsuper", "-d", "ALL")


def a_mail(text="Rebajas", **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = NEWS, "all@shop.example", "Rebajas"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes().replace(b"\n", b"\r\n")


def deferred(postfix):
    """Wait until Postfix has tried, and keeps the mail."""
    deadline = time.monotonic() + 20
    while not any('"delay_reason"' in one for one in postfix.queued()):
        assert time.monotonic() < deadline, postfix.log
        time.sleep(0.05)
    return "\n".join(postfix.queued())


def test_both_languages_give_the_same_lines():
    english = without_comments("postfix.md")
    assert english == without_comments("postfix.es.md")
    assert set(english) == {"main.cf", "master.cf", "marketing_senders"}


def test_postfix_understands_every_line(postfix):
    for what in ("-n", "-M", "-P"):
        assert "warning: " not in postfix.ask("postconf", what)


def test_of_a_campaign_the_held_get_nothing_and_the_others_one(opened, postfix, smtp_sink, ports):
    people = [f"c{n}@cliente.example" for n in range(60)]
    held = set(people[::7])
    api = Api()
    for one in held:
        api.case(one)
    with opened():
        for start in range(0, 60, 20):
            assert send(ports[DOOR], a_mail(), *people[start : start + 20]) == {}
        postfix.settled()
    assert got(smtp_sink) == dict.fromkeys(set(people) - held, 1)


def test_while_the_gate_is_away_postfix_keeps_the_mail(opened, postfix, smtp_sink, ports):
    Api().case(ANA)
    send(ports[DOOR], a_mail(), ANA, EVA, LUZ)
    assert "Connection refused" in deferred(postfix)
    assert not smtp_sink.mails
    with opened():
        postfix.settled()
    assert got(smtp_sink) == {EVA: 1, LUZ: 1}


def test_what_waits_for_the_feed_is_parked_and_goes_later(
    opened, postfix, smtp_sink, ports, weather
):
    weather.fresh = False
    with opened() as gate:
        send(ports[DOOR], a_mail(), ANA, EVA)
        send(ports[DOOR], a_mail(X_Tregua_Class="transactional"), LUZ)
        postfix.settled()
        smtp_sink.wait_for(1)
        assert len(gate.parking) == 2
        Api().case(ANA)
        weather.fresh = True
        assert gate.look_again() == 2
    smtp_sink.wait_for(2)
    assert got(smtp_sink) == {EVA: 1, LUZ: 1}


def test_a_way_back_that_is_away_leaves_the_mail_with_postfix(opened, postfix, smtp_sink, ports):
    with opened(relay_port=free_port()):
        send(ports[DOOR], a_mail(), EVA)
        assert "451 4.3.0" in deferred(postfix)
    with opened():
        postfix.settled()
    assert got(smtp_sink) == {EVA: 1}


def test_a_fault_of_the_gate_makes_nobody_a_dead_address(
    opened, postfix, smtp_sink, ports, weather
):
    weather.fresh = False
    with opened() as gate:
        # The folder is gone, as on a disk that went away: nothing can be parked.
        gate.parking._folder.rename(gate.parking._folder.with_name("away"))
        send(ports[DOOR], a_mail(), EVA)
        assert "451 4.3.0" in deferred(postfix)
        gate.parking._folder.with_name("away").rename(gate.parking._folder)
        weather.fresh = True
        postfix.settled()
    assert got(smtp_sink) == {EVA: 1}


ODD = {
    "other letters": ("Ñandú y café\r\n" * 3).encode(),
    "dots": b".\r\n..\r\n.x\r\n",
    "big": b"x" * 70 + b"\r\n" + (b"y" * 900 + b"\r\n") * 5000,
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_a_mail_arrives_as_it_was(opened, postfix, smtp_sink, ports, body):
    head = b"From: news@shop.example\r\nMIME-Version: 1.0\r\n"
    head += b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    with opened():
        send(ports[DOOR], head + body, EVA, options=["BODY=8BITMIME"])
        postfix.settled()
    [mail] = smtp_sink.wait_for(1)
    assert mail.content.partition(b"\r\n\r\n")[2] == body


def test_a_line_too_long_for_the_rule_is_no_dead_address(opened, postfix, smtp_sink, ports):
    with opened():
        # At the gate itself, since Postfix would break the line.
        send(ports[GATE], b"Subject: x\r\n\r\n" + b"z" * 5000 + b"\r\n", EVA)
        postfix.settled()
    [mail] = smtp_sink.wait_for(1)
    assert mail.content.count(b"z") == 5000


def test_an_address_with_other_letters_arrives(opened, postfix, smtp_sink, ports):
    with opened():
        send(ports[DOOR], a_mail(), "josé@cliente.example", options=["SMTPUTF8"])
        postfix.settled()
    [mail] = smtp_sink.wait_for(1)
    assert mail.recipients == ("josé@cliente.example",)


def test_a_report_of_a_mail_server_passes(opened, postfix, smtp_sink, ports):
    Api().case(ANA)
    with opened():
        send(ports[DOOR], a_mail(), ANA, sender="")
        postfix.settled()
    [mail] = smtp_sink.wait_for(1)
    assert (mail.sender, mail.recipients) == ("<>", (ANA,))


def test_of_a_mail_that_is_too_large_its_sender_is_told(opened, postfix, smtp_sink, ports):
    with opened(largest=2**16):
        send(ports[DOOR], a_mail("x" * 70 + "\n" + "y " * 50_000), EVA)
        [mail] = smtp_sink.wait_for(1)
    assert (mail.sender, mail.recipients) == ("<>", (NEWS,))
    assert b"message size" in mail.content


def test_by_its_sender_marketing_needs_no_door_of_its_own(opened, postfix, smtp_sink):
    Api().case(ANA)
    with opened():
        send(postfix.port, a_mail(), ANA, EVA)
        send(postfix.port, a_mail(), ANA, sender=OTHER)
        postfix.settled()
    assert got(smtp_sink) == {EVA: 1, ANA: 1}


def test_the_strict_way_refuses_one_recipient_and_waits_in_doubt(
    installation, postfix, smtp_sink, ports, weather, monkeypatch
):
    Api().case(ANA)
    monkeypatch.setenv("TREGUA_POLICY_PORT", str(ports[POLICY]))
    settings.cache_clear()
    assert _refusal(ports[STRICT]) == 451  # The service is away.
    with policy.serving(weather):
        refused = send(ports[STRICT], a_mail(), ANA, EVA, sender=OTHER)
        assert refused[ANA][0] == 554
        weather.fresh = False
        assert _refusal(ports[STRICT]) == 450
    postfix.settled()
    assert got(smtp_sink) == {EVA: 1}


def _refusal(port):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(port, a_mail(), LUZ, sender=OTHER)
    return refused.value.recipients[LUZ][0]


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_a_gate_that_is_killed_in_mid_campaign_brings_each_mail_once(
    installation, postfix, smtp_sink, ports, monkeypatch, tmp_path, capsys
):
    count = int(os.environ.get("TREGUA_GATE_MAILS", "2000"))
    people = [f"c{n}@cliente.example" for n in range(count)]
    held, api, kills = set(people[::50]), Api(), 0
    for one in held:
        api.case(one)
    monkeypatch.setenv("TREGUA_GATE_PORT", str(ports[GATE]))
    monkeypatch.setenv("TREGUA_GATE_RELAY_PORT", str(ports[BACK]))
    chance, gates = random.Random(7), Processes(tmp_path)
    for start in range(0, count, 100):
        send(ports[DOOR], a_mail(), *people[start : start + 100])
    try:
        gates.start("smtp-gate")
        while postfix.waiting():
            time.sleep(chance.uniform(1, 3))
            gates.kill("smtp-gate")
            kills += 1
            gates.start("smtp-gate")
            time.sleep(1)
            postfix.try_again()
    finally:
        gates.stop()
    reached = got(smtp_sink)
    lost = set(people) - held - set(reached)
    with capsys.disabled():
        print(f"{count} mails, {kills} kills: {len(lost)} lost, {max(reached.values())} at most")
    assert not held & set(reached)
    assert max(reached.values()) == 1
    with reading() as session:
        passages = Counter(session.scalars(select(Passage.value)))
    assert max(passages.values()) == 1
    assert held <= set(passages)
    # Of marketing rather none than two: one at most on each of its ten connections.
    assert len(lost) <= 10 * kills
