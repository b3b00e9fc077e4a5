"""No mail can hurt the program or the mails beside it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.mail import Mail
from inbox.intake import cell, jail
from inbox.intake.jail import Unreadable, end_all, parse_safely
from inbox.intake.known import Known
from inbox.intake.opening import open_mail

pytestmark = pytest.mark.slow

KNOWN = Known(own=frozenset({"soporte@example.com"}))
ROOT = Path(__file__).parents[3]

# What a mail could do to its reader is played by one that has bad luck: a program put in the
# place of the child's, which opens mails as ever but for some subjects.
UNLUCKY = """
import os, signal, sys, time
from inbox.intake import jail, opening
really_open = opening.open_mail
def open_mail(content, known):
    if b"Subject: crash" in content: os.kill(os.getpid(), signal.SIGSEGV)
    if b"Subject: spin" in content:
        while True: pass
    if b"Subject: sleep" in content: time.sleep(60)
    if b"Subject: eat" in content: return len(bytearray(1 << 31))
    if b"Subject: bug" in content: raise KeyError("unforeseen")
    if b"Subject: print" in content: print("noise", flush=True)
    return really_open(content, known)
jail.open_mail, jail.CPU_SECONDS = open_mail, 0
jail.main()
"""


def a_mail(subject: str) -> bytes:
    return f"From: ana@example.org\nSubject: {subject}\n\nHola\n".encode()


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    end_all()
    yield
    end_all()


@pytest.fixture
def unlucky(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "unlucky.py"
    program.write_text(UNLUCKY)
    really = subprocess.Popen

    def start(command: list[str], **how: object) -> object:
        return really([sys.executable, str(program)], **how)  # type: ignore[call-overload]

    monkeypatch.setattr(cell.subprocess, "Popen", start)
    monkeypatch.setattr(cell, "WALL_SECONDS", 4)


def opened(*subjects: str) -> list[str]:
    """The subject of each mail that could be opened, the reason for each that could not."""
    numbered = [(n, a_mail(subject)) for n, subject in enumerate(subjects)]
    results = list(parse_safely(numbered, KNOWN))
    assert [n for n, _ in results] == list(range(len(subjects)))
    return [one.reason if isinstance(one, Unreadable) else one.subject for _, one in results]


def test_mails_come_back_in_order_and_as_if_opened_here() -> None:
    contents = [(n * 7, a_mail(f"número {n}")) for n in range(200)]
    expected = [(n, open_mail(content, KNOWN)) for n, content in contents]
    assert list(parse_safely(contents, KNOWN)) == expected


def test_nothing_to_open_is_no_trouble() -> None:
    assert list(parse_safely([], KNOWN)) == []


def test_the_child_stays_warm_between_batches_and_not_between_settings() -> None:
    list(parse_safely([(1, a_mail("a"))], KNOWN))
    (first,) = jail._warm
    list(parse_safely([(2, a_mail("b"))], KNOWN))
    assert jail._warm == [first]
    list(parse_safely([(3, a_mail("c"))], Known()))
    assert len(jail._warm) == 2


def test_a_large_mail_goes_through_the_pipes() -> None:
    content = a_mail("grande") + b"hola hola\n" * 500_000
    ((_, mail),) = parse_safely([(1, content)], KNOWN)
    assert isinstance(mail, Mail)
    assert len(mail.text) == 2_000_000


def test_reading_may_stop_half_way() -> None:
    some = parse_safely(((n, a_mail(str(n))) for n in range(500)), KNOWN)
    assert next(some)[0] == 0
    some.close()
    assert opened("otra vez") == ["otra vez"]


@pytest.mark.usefixtures("unlucky")
def test_only_the_culprit_is_unreadable() -> None:
    assert opened("uno", "crash", "dos", "crash", "tres") == [
        "uno",
        "it killed the reader (status -11)",
        "dos",
        "it killed the reader (status -11)",
        "tres",
    ]


@pytest.mark.usefixtures("unlucky")
def test_time_and_memory_are_limited() -> None:
    assert opened("uno", "spin", "eat", "dos") == [
        "uno",
        "it needs too much computing time",
        "it needs too much memory",
        "dos",
    ]


@pytest.mark.usefixtures("unlucky")
def test_waiting_is_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "WALL_SECONDS", 1)
    assert opened("sleep", "uno") == ["it took too long", "uno"]


@pytest.mark.usefixtures("unlucky")
def test_a_bug_is_told_and_the_next_mail_opened() -> None:
    assert opened("bug", "uno") == ["KeyError: 'unforeseen'", "uno"]


@pytest.mark.usefixtures("unlucky")
def test_what_a_library_prints_does_not_fall_among_the_answers() -> None:
    assert opened("print", "uno") == ["print", "uno"]


@pytest.mark.usefixtures("unlucky")
def test_a_child_killed_from_outside_costs_no_mail() -> None:
    assert opened("uno") == ["uno"]
    os.kill(jail._warm[0]._process.pid, signal.SIGKILL)
    assert opened("dos") == ["dos"]


def test_a_jail_that_does_not_start_blames_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell.sys, "executable", "/bin/false")
    with pytest.raises(cell.JailBroken):
        list(parse_safely([(1, a_mail("uno"))], KNOWN))


def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREGUA_SECRET_KEY", "secret")
    assert "secret" not in cell._environment().values()


def test_a_killed_parent_leaves_no_orphan() -> None:
    program = textwrap.dedent("""
        import sys, time
        from inbox.intake import jail
        from inbox.intake.known import Known
        list(jail.parse_safely([(1, b"Subject: x\\n\\n")], Known()))
        print(jail._warm[0]._process.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}/cmdline").exists() and time.monotonic() < deadline:
        if not Path(f"/proc/{child}/cmdline").read_bytes():
            break
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists() or not Path(f"/proc/{child}/cmdline").read_bytes()
