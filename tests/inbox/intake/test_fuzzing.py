"""Whatever bytes come in become a case, soon, and never an error."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from cases import clock
from cases.db import scratch
from cases.filing import Belief, file
from inbox.intake.opening import open_mail
from inbox.intake.wire import mail_from_json, mail_to_json
from tests.builders import MORNING, an_arrival
from tests.conversations import KNOWN
from tests.fuzzing import mails
from tests.raw import a_raw

REPORT = (
    b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\n"
    b"<a@b.example>: host mx.example[192.0.2.1] said: 550 5.1.1 User unknown\r\n--b\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b\r\n"
    b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <x@y>\r\n\r\nHola\r\n--b--\r\n"
)
PAGE = (
    b"From: Ana <ana@cliente.example>\r\nSubject: RE: Pedido\r\n"
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable"
    b"\r\n\r\n<div dir=3Dltr>No lleg=F3<br></div><div class=3Dgmail_quote><div class=3Dgmail_attr>"
    b"El lun, Tienda escribi=F3:</div><blockquote class=3Dgmail_quote><table><tr><td>Hola</table>"
    b"</blockquote></div>\r\n--b\r\nContent-Type: text/calendar; method=3DREQUEST\r\n\r\n"
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Hola\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
)
REPLY = a_raw(
    "Ana <ana@cliente.example>",
    "Re: [#12] Pedido",
    "No llega.\r\n\r\nUn saludo,\r\nAna\r\n\r\nEl lun, 2 mar 2026 a las 10:15, Tienda (<"
    "soporte@tienda.example>) escribió:\r\n\r\n> Llega hoy.\r\n",
    at=MORNING,
    id="m1@cliente.example",
    headers=(("References", "<tregua.c1.x.y@tienda.example> <b@c>"), ("Auto-Submitted", "no")),
)
SEEDS = (REPORT, PAGE, REPLY)

# Each mail that ever failed lies here, and is tried again in every run.
FOUND = Path(__file__).parents[2] / "assets" / "fuzzed"
SEED = 20_260_302
# How many mails a usual run affords, and how many seconds of computing the nightly one.
DAILY, NIGHTLY = 40, 300.0
# Of computing, for each 100 KB: twice what we promise, for slow and busy machines.
SECONDS = 1.0
TRIES = 3


def _is_soon_opened(content: bytes) -> bool:
    """By the best of some tries, since collectors and caches cost as well."""
    for _ in range(TRIES):
        start = time.process_time()
        open_mail(content, KNOWN)
        if time.process_time() - start < SECONDS * max(1.0, len(content) / 100_000):
            return True
    return False


def _file_all(contents: Iterable[bytes]) -> int:
    """File them in one shop, so that they meet each other's cases; how many there were."""
    count = 0
    with scratch() as session:
        for count, content in enumerate(contents, 1):
            with _kept_if_it_fails(content):
                mail = mail_from_json(mail_to_json(open_mail(content, KNOWN)))
                filed = file(session, an_arrival(mail), Belief(own=KNOWN.own))
                session.flush()
                assert filed.case.id, f"mail {count} has no case"
    return count


@contextmanager
def _kept_if_it_fails(content: bytes) -> Iterator[None]:
    """A mail that fails is laid down, so that it is tried again ever after."""
    try:
        yield
    except Exception:
        name = hashlib.sha256(content).hexdigest()[:12]
        (FOUND / f"{name}.eml").write_bytes(content)
        raise


def _for_a_while(contents: Iterable[bytes], seconds: float) -> Iterator[bytes]:
    end = time.process_time() + seconds
    for content in contents:
        if time.process_time() > end:
            return
        with _kept_if_it_fails(content):
            assert _is_soon_opened(content), content[:2_000]
        yield content


def test_hostile_mails_become_cases() -> None:
    assert _file_all(islice(mails(SEED, SEEDS), DAILY)) == DAILY


def test_what_was_ever_found_becomes_a_case_soon() -> None:
    found = [path.read_bytes() for path in sorted(FOUND.glob("*.eml"))]
    assert found
    assert all(map(_is_soon_opened, found))
    assert _file_all(found) == len(found)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_thousands_of_hostile_mails_become_cases_soon() -> None:
    # Other mails every night; one that fails stays as a file, so it need not be made again.
    tonight = SEED + clock.now().toordinal()
    assert _file_all(_for_a_while(mails(tonight, SEEDS), NIGHTLY)) > 500


@pytest.mark.nightly
@pytest.mark.parametrize("line", [b"\r", b"\n", b"\r\n", b" \n", b"\r\r", b"\n\r", b"a:b\n\n"])
@pytest.mark.parametrize("kind", [b"text/plain", b"message/delivery-status", b"text/html"])
def test_nothing_but_newlines_is_read_as_soon_as_anything(kind: bytes, line: bytes) -> None:
    head = b"From: a@b.example\r\nContent-Type: %s\r\n\r\nx" % kind
    assert _is_soon_opened(head + line * (100_000 // len(line)))


@pytest.mark.nightly
def test_a_field_of_thousands_of_small_words_is_read_as_soon_as_anything() -> None:
    field = b"To: a@b.example" + b" =?utf-8?q?a?=" * 20_000
    assert _is_soon_opened(b"From: a@b.example\r\n" + field + b"\r\n\r\nx")
