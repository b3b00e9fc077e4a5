"""Each step boundary is crash-safe: a death exactly there, once, leaves the same end."""

import re
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.outbox import OutgoingMail, State
from cases import Case, Exclusion, Message
from cases.db import reading
from cases.failpoints import NAMES
from tests.running import ADDRESS, Shop, a_raw_mail
from tests.servers.warm import warm

ROOT = Path(__file__).parents[2]
# Both databases at night; the kills at random moments run on both by day.
BY_DAY = [pytest.param("sqlite", marks=pytest.mark.nightly), "postgresql"]

NEEDED = (
    "bot.delivery",
    "bot.delivery.uncertain",
    "inbox.intake.pipeline",
    "inbox.intake.poller.watching",
)

Digest = dict[str, list[tuple[object, ...]]]


def _mails() -> list[bytes]:
    first = a_raw_mail("No llega", subject="uno", Message_ID="<uno@cliente.test>")
    again = a_raw_mail(
        "¿Hola?", subject="dos", Message_ID="<dos@cliente.test>", In_Reply_To="<uno@cliente.test>"
    )
    other = a_raw_mail("Broken", subject="tres", sender="bob@cliente.test")
    machine = a_raw_mail("Ausente", subject="cuatro", Auto_Submitted="auto-replied")
    return [first, again, other, machine]


def _pass(shop: Shop) -> int:
    """Run one pass; its exit code."""
    log = shop.folder / "pass.log"
    return warm().run("tests.faults.one_pass", str(shop.mailbox_id), needs=NEEDED, log=log)


def _digest() -> Digest:
    """What there is, without ids and instants."""
    with reading() as session:
        messages = session.scalars(select(Message)).all()
        return {
            "messages": sorted(
                (m.subject.split(" [")[0], m.case.subject, m.direction) for m in messages
            ),
            "cases": sorted((c.subject, c.state, c.bulk) for c in session.scalars(select(Case))),
            "out": sorted((o.recipient, o.rule) for o in session.scalars(select(OutgoingMail))),
            "exclusions": sorted(
                (e.reason, e.severity, e.lifted_at is None)
                for e in session.scalars(select(Exclusion))
            ),
        }


def test_every_place_in_the_code_is_a_known_failpoint() -> None:
    used = {
        name
        for package in ("inbox", "bot", "cases")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r'pass_by\("([\w-]+)"\)', path.read_text())
    }
    assert used == set(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", BY_DAY, indirect=True)
@pytest.mark.parametrize("place", NAMES)
def test_a_death_there_changes_nothing(
    shop: Shop, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREGUA_LEASE_SECONDS", "2")
    monkeypatch.setenv("TREGUA_SEND_LEASE_SECONDS", "5")
    monkeypatch.setenv("TREGUA_FAILPOINT", place)
    monkeypatch.setenv("TREGUA_FAILPOINT_ONCE", str(shop.folder / "died"))
    shop.dovecot.drop(ADDRESS, _mails())
    assert _pass(shop) == -signal.SIGKILL
    time.sleep(2.1 if place not in ("claimed", "data-said", "body-sent") else 5.1)
    assert _pass(shop) == 0
    assert _digest() == {
        "messages": sorted(
            [
                ("uno", "uno", "in"),
                ("dos", "uno", "in"),
                ("tres", "tres", "in"),
                ("cuatro", "cuatro", "in"),
                ("Hemos recibido su mensaje", "uno", "out"),
                ("We have received your message", "tres", "out"),
            ]
        ),
        "cases": sorted(
            [("uno", "open", False), ("tres", "open", False), ("cuatro", "closed", True)]
        ),
        "out": sorted([("ana@cliente.test", "acknowledge"), ("bob@cliente.test", "acknowledge")]),
        "exclusions": _two_open_cases(),
    }
    _check_sent(shop, place)


def _two_open_cases() -> list[tuple[object, ...]]:
    """Open now, and a promise that will be broken at its instant unless we answer."""
    return sorted([("open_case", "hard", True), ("sla_breach", "hard", True)] * 2)


def _check_sent(shop: Shop, place: str) -> None:
    """Nobody gets a mail twice; a death with the body under way leaves one to be asked about."""
    sent = sorted(mail.recipients[0] for mail in shop.sink.mails)
    assert len(sent) == len(set(sent))
    with reading() as session:
        states = sorted(session.scalars(select(OutgoingMail.state)))
    if place in ("data-said", "body-sent"):
        assert states == [State.ACCEPTED, State.UNCERTAIN]
    else:
        assert states == [State.ACCEPTED] * 2
        assert sent == ["ana@cliente.test", "bob@cliente.test"]
