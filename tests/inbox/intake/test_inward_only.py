"""What stands in a mail makes the program look up, ask and call nobody."""

import socket
import sys
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from cases import Message, clock
from cases.db import reading, transaction
from inbox import spool
from inbox.intake import pipeline
from inbox.intake.knowing import who_is_who
from inbox.intake.opening import open_mail
from tests.builders import MORNING
from tests.faults.loop_lab import a_mailbox

ELSEWHERE = "evil.example"
URL = f"http://{ELSEWHERE}/x"
LOOKED_AT = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
HTML = f"""\
<link rel=stylesheet href={URL}><style>@import url({URL}); p {{background: url({URL})}}</style>
<base href={URL}><img src={URL} srcset="{URL} 2x"><iframe src={URL}></iframe>
<form action={URL}><video poster={URL}></video><a href={URL} ping={URL}>Pedido</a>"""
HEADERS = {
    "Disposition-Notification-To": f"a@{ELSEWHERE}",
    "Return-Receipt-To": f"a@{ELSEWHERE}",
    "List-Unsubscribe": f"<{URL}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "DKIM-Signature": f"v=1; a=rsa-sha256; d={ELSEWHERE}; s=x; h=from; bh=YQ==; b=YQ==",
    "ARC-Seal": f"i=1; a=rsa-sha256; d={ELSEWHERE}; s=x; cv=none; b=YQ==",
    "BIMI-Location": f"v=BIMI1; l={URL}.svg",
    "Face": URL,
    "Content-Location": URL,
    "Openpgp": f"url={URL}",
}
_asked: list[str] | None = None


def _listen(event: str, about: tuple[object, ...]) -> None:
    if _asked is not None and event in LOOKED_AT:
        _asked.append(f"{event} {about!r}")


# It can never be taken off again, so it only listens while a test wants it.
sys.addaudithook(_listen)


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Whom the process asked meanwhile, of whatever library the call is."""
    global _asked
    _asked = []
    socket.getaddrinfo("127.0.0.1", 1)
    assert _asked.pop().startswith("socket.getaddrinfo")
    yield _asked
    _asked = None


def _mails() -> Iterator[bytes]:
    for name, value in HEADERS.items():
        mail = EmailMessage()
        mail["From"], mail["To"] = "ana@cliente.example", "soporte@tienda.example"
        mail["Subject"], mail["Message-ID"] = name, f"<{name}@cliente.example>"
        mail[name] = value
        mail.set_content(f"¿Dónde está mi pedido? {URL}")
        mail.add_alternative(HTML, subtype="html")
        mail.add_attachment(f"[InternetShortcut]\nURL={URL}\n", filename="pedido.url")
        yield mail.as_bytes()
    yield (
        f"From: a@{ELSEWHERE}\nTo: soporte@tienda.example\nMessage-ID: <e@x>\nMIME-Version: 1.0\n"
        f'Content-Type: message/external-body; access-type=URL; URL="{URL}"\n\n'
        f"Content-Type: text/plain\n\n"
    ).encode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_is_asked_because_of_what_stands_in_a_mail(
    installation: str, asked: list[str]
) -> None:
    with clock.at(MORNING):
        box = a_mailbox()
        mails = list(_mails())
        fetched = [spool.Fetched(n, one, MORNING, len(one)) for n, one in enumerate(mails, 1)]
        with transaction() as session:
            spool.put(session, spool.Place(box, "INBOX"), 1, fetched)
        known = who_is_who()
        pipeline.ingest([(one, open_mail(one.content, known)) for one in spool.take()])
    with reading() as session:
        assert len(session.scalars(select(Message.id)).all()) >= len(mails)
    ours = ("127.0.0.1", "localhost", "redis.sock")
    elsewhere = [one for one in asked if not any(name in one for name in ours)]
    assert elsewhere == []
