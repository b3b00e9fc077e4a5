"""What waits at the gate is shown, sent or dropped by hand, and the reason is kept."""

import json
import socket

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cases import clock, language
from cases.audit import Entry
from cases.db import reading
from cases.exclusions.matrix import CampaignClass
from cases.settings import settings as case_settings
from inbox.command import tregua
from inbox.command.doctor.gate import parked as doctor
from inbox.gateway.parking import Parking
from inbox.gateway.passing import Marketing
from inbox.gateway.settings import settings
from inbox.passage import Outcome, Passage
from tests.apis import Api

ANA, EVA, LUZ = (f"{name}@cliente.example" for name in ("ana", "eva", "luz"))


@pytest.fixture
def parking(installation, monkeypatch, smtp_sink):
    monkeypatch.setenv("TREGUA_GATE_RELAY_PORT", str(smtp_sink.port))
    settings.cache_clear()
    yield Parking(case_settings().data / "parked")
    settings.cache_clear()


def park(parking, *recipients, text="uno"):
    content = f"Subject: {text}\r\n\r\n{text}\r\n".encode()
    mail = Marketing("news@shop.example", recipients, content, CampaignClass.PROMOTIONAL)
    parking.put(mail, clock.now(), "the feed is behind")


def run(*words):
    return CliRunner().invoke(tregua, ["parked", *words])


def test_what_waits_is_shown_by_name_and_never_by_address(parking):
    assert "No mail is parked." in run().output
    park(parking, ANA, EVA)
    said = run().output
    assert "promotional  to 2  news@shop.example  the feed is behind" in said
    told = json.loads(run("--json").output)
    assert (told["recipients"], told["reason"]) == (2, "the feed is behind")
    assert ANA not in said
    assert said.startswith(told["name"][:8])


def test_a_released_mail_goes_to_those_who_may_get_it_and_the_log_knows_why(parking, smtp_sink):
    Api().case(ANA)
    park(parking, ANA, EVA)
    park(parking, LUZ, text="dos")
    [first] = [one for one in parking.waiting() if ANA in one.mail.recipients]
    assert run("release", first.name[:8], "--reason", "IMAP is down all day").exit_code == 0
    assert [mail.recipients for mail in smtp_sink.mails] == [(EVA,)]
    assert len(parking) == 1
    with reading() as session:
        entry = session.scalars(select(Entry).order_by(Entry.number.desc())).first()
    assert (entry.what, entry.data["reason"]) == ("gate.released", "IMAP is down all day")


def test_a_dropped_mail_goes_to_nobody(parking, smtp_sink):
    park(parking, EVA)
    assert run("drop", "--all", "--reason", "the sale is over").output == "Dropped: 1.\n"
    assert not smtp_sink.mails
    assert len(parking) == 0
    with reading() as session:
        assert session.scalars(select(Passage.outcome)).all() == [Outcome.EXPIRED]


@pytest.mark.parametrize(
    "words",
    [
        ["release", "--reason", "x"],
        ["release", "nobody", "--reason", "x"],
        ["drop", "nobody", "--all", "--reason", "x"],
        ["drop", "--all"],
    ],
)
def test_what_is_not_said_clearly_does_nothing(parking, words):
    park(parking, EVA)
    assert run(*words).exit_code == 2
    assert len(parking) == 1


def test_while_the_gate_sends_them_nobody_else_does(parking, smtp_sink):
    park(parking, EVA)
    with parking.alone() as mine:
        assert mine
        assert run("release", "--all", "--reason", "x").exit_code == 1
    assert not smtp_sink.mails


def test_a_spoilt_file_is_put_aside_and_the_doctor_says_so(parking, smtp_sink):
    park(parking, EVA)
    (case_settings().data / "parked" / "0.json").write_text('{"at": "2026')
    assert "Released: 1." in run("release", "--all", "--reason", "x").output
    assert len(smtp_sink.mails) == 1
    assert "1" in run().output
    wrong, rest = doctor()
    assert (wrong.state, rest.state) == ("wrong", "good")


def test_a_port_that_is_taken_is_said_in_a_sentence(parking, monkeypatch):
    language.choose("es")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("TREGUA_GATE_PORT", str(port))
        settings.cache_clear()
        said = CliRunner().invoke(tregua, ["smtp-gate"])
    assert said.exit_code == 1
    assert f"No se puede escuchar en 127.0.0.1:{port}" in said.output
    assert "TREGUA_GATE_PORT" in said.output
