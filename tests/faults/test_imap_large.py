"""Huge mails cost little memory, and none of them is dropped."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox import schema
from tests.databases import forget
from tests.mailroom import ADDRESS, Mailroom, a_mail
from tests.servers.dovecot import Dovecot

MEGABYTE = 2**20
LINE = b"JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9G\r\n"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is asked of the server is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def room(
    installation: str, monkeypatch: pytest.MonkeyPatch, redis_url: str, dovecot: Dovecot
) -> Iterator[Mailroom]:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    schema.stamp()
    yield Mailroom(dovecot)
    forget()


def _with_a_file(subject: str, size: int) -> bytes:
    head = a_mail(subject, "").rstrip() + b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    text = b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo llega mi pedido\r\n"
    file = b'--b\r\nContent-Type: application/pdf; name="a.pdf"\r\n'
    coded = b"Content-Transfer-Encoding: base64\r\n\r\n" + LINE * (size // len(LINE))
    return head + text + file + coded + b"--b--\r\n"


def _peak_megabytes() -> float:
    """Of a process of its own that reads the mailbox to its end."""
    words = [sys.executable, "-m", "inbox", "mailbox", "read", ADDRESS]
    process, peak = subprocess.Popen(words), 0.0
    while process.poll() is None:
        peak = max(peak, _high_water(process.pid))
        time.sleep(0.02)
    assert process.returncode == 0
    return peak


def _high_water(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def test_a_mail_over_the_limit_costs_no_more_than_a_small_one(room: Mailroom) -> None:
    room.dovecot.drop(ADDRESS, [_with_a_file("m0", 60 * MEGABYTE)])
    assert _peak_megabytes() < 300
    (raw,) = room.mails
    assert raw.partial
    assert raw.size > 59 * MEGABYTE
    assert b"No llega mi pedido" in room.content(raw)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_many_large_mails_and_a_huge_one_stay_below_the_limit_of_memory(room: Mailroom) -> None:
    large = [_with_a_file(f"m{n}", 24 * MEGABYTE) for n in range(10)]
    room.dovecot.drop(ADDRESS, [*large, _with_a_file("huge", 200 * MEGABYTE)])
    assert _peak_megabytes() < 300
    assert sorted(room.subjects) == sorted(["huge", *(f"m{n}" for n in range(10))])
    assert [raw.partial for raw in room.mails].count(True) == 1
