"""Each mailbox may have a relay of its own, with its password or with the token it reads with."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import update

from bot import delivery
from bot.delivery.relays import way_of
from bot.delivery.smtp import SignInFailure
from bot.outbox import OutgoingMail, State
from cases import clock
from cases.case import Case
from cases.db import reading, transaction
from cases.mailbox import Mailbox
from tests.bot.test_outbox import queued, state_of
from tests.databases import forget
from tests.servers.ports import LOOPBACK, free_port
from tests.servers.smtp_sink import SmtpSink
from tests.servers.token_server import TokenServer, a_grant


class SignedInOnly:
    """A relay for those it knows, which refuses a token as Gmail does: by a challenge."""

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.shown: list[str] = []
        self.took: list[str] = []
        self.port = free_port()
        self.controller = Controller(
            self,
            hostname=LOOPBACK,
            port=self.port,
            auth_require_tls=False,
            authenticator=self._knows,
        )

    def _knows(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, said: LoginPassword
    ) -> AuthResult:
        self.shown.append(said.password.decode())
        return AuthResult(success=said.password.decode() in self.good)

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802  its name
        said = base64.b64decode(words[1]).decode()
        self.shown.append(said.split("Bearer ")[1].split("\x01")[0])
        if self.shown[-1] in self.good:
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.took += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def own() -> Iterator[SignedInOnly]:
    relay = SignedInOnly()
    relay.controller.start()
    yield relay
    relay.controller.stop()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """How mail leaves is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def mailbox_id(
    installation: str,
    monkeypatch: pytest.MonkeyPatch,
    smtp_sink: SmtpSink,
    own: SignedInOnly,
    provider: TokenServer,
) -> int:
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    forget()
    box = Mailbox(
        address="s@t.test",
        imap_host="imap.t.test",
        imap_user="s@t.test",
        smtp_host=LOOPBACK,
        smtp_port=own.port,
        smtp_security="none",
        created_at=clock.now(),
    )
    box.keep_grant(a_grant(provider))
    with transaction() as session:
        session.add(box)
        session.flush()
        return box.id


def _from(mailbox_id: int | None) -> int:
    """A mail that waits and leaves from that mailbox."""
    mail_id = queued(automatic=False)
    with transaction() as session:
        mail = session.get_one(OutgoingMail, mail_id)
        session.execute(update(Case).where(Case.id == mail.case_id).values(mailbox_id=mailbox_id))
        mail.recipient = f"{mail_id}@cliente.test"
    return mail_id


def _change(mailbox_id: int, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(**values))


def test_mail_leaves_by_its_mailboxs_relay_and_all_other_by_the_usual_one(
    mailbox_id: int, own: SignedInOnly, smtp_sink: SmtpSink
) -> None:
    own.good = {"t1"}
    mine, other = _from(mailbox_id), _from(None)
    assert delivery.deliver_due() == 2
    assert own.took == [f"{mine}@cliente.test"]
    assert [mail.recipients for mail in smtp_sink.mails] == [(f"{other}@cliente.test",)]


def test_a_token_that_is_refused_is_renewed_for_the_next_try(
    mailbox_id: int, own: SignedInOnly, provider: TokenServer
) -> None:
    own.good = {"t2"}
    mail_id = _from(mailbox_id)
    assert delivery.deliver_due() == 0
    assert state_of(mail_id) is State.DEFERRED
    assert way_of(mailbox_id).token == "t2"
    with transaction() as session:
        session.get_one(OutgoingMail, mail_id).due_at = clock.now()
    assert delivery.deliver_due() == 1
    assert own.shown == ["t1", "t2"]


def test_a_relay_with_a_password_of_its_own_is_not_shown_the_grant(
    mailbox_id: int, own: SignedInOnly
) -> None:
    own.good = {"for sending"}
    with transaction() as session:
        session.get_one(Mailbox, mailbox_id).keep_smtp_password("for sending")
    _from(mailbox_id)
    assert delivery.deliver_due() == 1
    assert own.shown == ["for sending"]
    with reading() as session:
        assert "for sending" not in session.get_one(Mailbox, mailbox_id).sealed_smtp_password
    assert "for sending" not in repr(way_of(mailbox_id))


def test_a_lost_grant_keeps_the_mail_and_says_why(mailbox_id: int, provider: TokenServer) -> None:
    provider.answers = [(400, {"error": "invalid_grant"})]
    mail_id = _from(mailbox_id)
    assert delivery.deliver_due() == 0
    with reading() as session:
        mail = session.get_one(OutgoingMail, mail_id)
        assert mail.state is State.DEFERRED
        assert "invalid_grant" in mail.last_error


def test_no_password_goes_to_another_machine_in_clear(mailbox_id: int) -> None:
    _change(mailbox_id, smtp_host="smtp.t.test")
    with pytest.raises(SignInFailure, match="in clear"):
        way_of(mailbox_id)


def test_a_mailbox_without_a_relay_of_its_own_uses_the_usual_one(
    mailbox_id: int, smtp_sink: SmtpSink
) -> None:
    _change(mailbox_id, smtp_host="")
    assert way_of(mailbox_id).port == smtp_sink.port
    _from(mailbox_id)
    assert delivery.deliver_due() == 1
    assert len(smtp_sink.mails) == 1
