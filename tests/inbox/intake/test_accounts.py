"""Tokens of Gmail and Microsoft 365: renewed ahead, once; a lost grant is an alarm, not a storm."""

import base64
import socket
import socketserver
import threading
import urllib.parse
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cases import clock
from cases.db import reading, transaction
from cases.mailbox import Mailbox, xoauth
from cases.mailbox.grants import forget_token, token
from cases.mailbox.xoauth import PROVIDERS, GrantLost, Provider, ProviderAway
from inbox.intake.accounts import account_of
from inbox.intake.imap import Connection, ImapFailure, SignInRefused
from inbox.intake.poller.watching import Watch, watch
from tests.running import until
from tests.servers.token_server import TokenServer, a_grant


def test_a_token_is_asked_for_once_and_kept_until_shortly_before_its_end(
    provider: TokenServer,
) -> None:
    now = clock.now()
    grant = xoauth.fresh(a_grant(provider))
    assert provider.asked == [
        {
            "client_id": "c",
            "client_secret": "s",
            "scope": "mail",
            "grant_type": "refresh_token",
            "refresh_token": "r",
        }
    ]
    with clock.at(now + timedelta(minutes=50)):
        assert xoauth.fresh(grant) is grant
    with clock.at(now + timedelta(minutes=56)):
        assert xoauth.fresh(grant)["access_token"] == "t2"


def test_short_tokens_are_not_asked_for_at_every_look(provider: TokenServer) -> None:
    provider.lasts = 60
    grant = xoauth.fresh(a_grant(provider))
    assert xoauth.fresh(grant) is grant


def test_a_clock_that_was_set_back_makes_no_token_last(provider: TokenServer) -> None:
    grant = xoauth.fresh(a_grant(provider))
    with clock.at(clock.now() - timedelta(days=2)):
        assert xoauth.fresh(grant)["access_token"] == "t2"


def test_a_new_refresh_token_takes_the_place_of_the_old(provider: TokenServer) -> None:
    provider.answers = [(200, {"access_token": "a", "refresh_token": "r2"})]
    assert xoauth.fresh(a_grant(provider))["refresh_token"] == "r2"


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (400, {"error": "invalid_grant"}, GrantLost),
        (401, {"error": "invalid_client"}, GrantLost),
        (400, b"<html>", GrantLost),
        (400, {"error": "temporarily_unavailable"}, ProviderAway),
        (429, {"error": "slow_down"}, ProviderAway),
        (500, b"", ProviderAway),
        (200, b"no json", ProviderAway),
        (200, [], ProviderAway),
        (200, {"access_token": 7}, ProviderAway),
        (200, {"error": "x"}, ProviderAway),
    ],
)
def test_a_lost_grant_is_told_from_a_provider_that_is_away(
    provider: TokenServer, code: int, said: object, kind: type[Exception]
) -> None:
    provider.answers = [(code, said)]
    with pytest.raises(kind):
        xoauth.fresh(a_grant(provider))


def test_nobody_home_is_for_now_and_a_secret_is_never_sent_in_clear(
    provider: TokenServer,
) -> None:
    with pytest.raises(ProviderAway):
        xoauth.fresh(a_grant(provider, token_url="http://127.0.0.1:1/"))
    with pytest.raises(GrantLost, match="in clear"):
        xoauth.fresh(a_grant(provider, token_url="http://provider.test/token"))


def test_a_person_grants_in_a_browser(provider: TokenServer) -> None:
    asks = Provider("h", "s", "https://p.test/ask", provider.url, "mail")
    question = xoauth.question(asks, "c", "s@t.test")
    shown = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(question.url).query))
    assert shown["code_challenge_method"] == "S256"
    assert "client_secret" not in shown
    came = f"{xoauth.REDIRECT}?state={question.state}&code=k"
    provider.answers = [(200, {"access_token": "a", "refresh_token": "r", "expires_in": 3600})]
    client = {"client_id": "c", "client_secret": "s"}
    grant = xoauth.granted(asks, client, question, came)
    assert (grant["access_token"], grant["refresh_token"]) == ("a", "r")
    assert provider.asked[0]["code_verifier"] == question.verifier
    for wrong in (came.replace(question.state, "x"), xoauth.REDIRECT):
        with pytest.raises(GrantLost):
            xoauth.granted(asks, client, question, wrong)
    with pytest.raises(GrantLost, match="no lasting grant"):
        xoauth.granted(asks, client, question, came)


def test_both_providers_are_asked_over_https() -> None:
    for known in PROVIDERS.values():
        assert known.token_url.startswith("https://")
        assert known.authorise_url.startswith("https://")


class ImapWithTokens(socketserver.ThreadingTCPServer):
    """As much of an IMAP server as signing in with a token and looking at an empty box needs."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.shown: list[str] = []
        super().__init__(("127.0.0.1", 0), _Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Session(socketserver.StreamRequestHandler):
    server: ImapWithTokens

    def handle(self) -> None:
        self._say("* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready")
        while line := self.rfile.readline().decode().strip():
            tag, _space, asked = line.partition(" ")
            said = self._answer(asked.upper())
            self._say(f"{tag} {said}")
            if asked.upper() == "LOGOUT":
                return

    def _answer(self, asked: str) -> str:
        if asked.startswith("AUTHENTICATE"):
            return self._authenticate()
        if asked.startswith(("SELECT", "EXAMINE")):
            for line in ("0 EXISTS", "OK [UIDVALIDITY 1] x", "OK [UIDNEXT 1] x"):
                self._say(f"* {line}")
        if asked.startswith("CAPABILITY"):
            self._say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2")
        if "SEARCH" in asked:
            self._say("* SEARCH")
        return "OK done"

    def _authenticate(self) -> str:
        self._say("+")
        said = base64.b64decode(self.rfile.readline()).decode()
        token = said.partition("auth=Bearer ")[2].strip("\1")
        self.server.shown.append(token)
        if token in self.server.good:
            return "OK signed in"
        self._say("+ " + base64.b64encode(b'{"status":"400"}').decode())
        self.rfile.readline()
        return "NO [AUTHENTICATIONFAILED] token"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def imap() -> Iterator[ImapWithTokens]:
    server = ImapWithTokens()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is asked of providers is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def mailbox_id(installation: str, imap: ImapWithTokens, provider: TokenServer) -> int:
    box = Mailbox(
        address="s@t.test",
        imap_host="127.0.0.1",
        imap_port=imap.server_address[1],
        imap_security="none",
        imap_user="s@t.test",
        created_at=clock.now(),
    )
    box.keep_grant(a_grant(provider))
    with transaction() as session:
        session.add(box)
        session.flush()
        return box.id


def _row(mailbox_id: int) -> Mailbox:
    with reading() as session:
        return session.get_one(Mailbox, mailbox_id)


def test_a_mailbox_signs_in_with_its_token_and_keeps_it_sealed(
    mailbox_id: int, imap: ImapWithTokens, provider: TokenServer
) -> None:
    imap.good = {"t1"}
    for _ in range(3):
        account = account_of(mailbox_id)
        assert account is not None
        with Connection(account):
            assert "t1" not in repr(account)
    assert len(provider.asked) == 1
    assert _row(mailbox_id).grant()["access_token"] == "t1"
    assert "access_token" not in _row(mailbox_id).sealed_grant


def test_a_refused_token_says_what_to_do(mailbox_id: int) -> None:
    account = account_of(mailbox_id)
    assert account is not None
    with pytest.raises(SignInRefused, match="authorise it again"):
        Connection(account)


def _watched(mailbox_id: int) -> tuple[Watch, threading.Thread]:
    one = Watch(mailbox_id, threading.Event())
    thread = threading.Thread(target=watch, args=(one,))
    thread.start()
    return one, thread


def _end(one: Watch, thread: threading.Thread) -> None:
    one.stop.set()
    one.pulse.cut()
    thread.join(60)
    assert not thread.is_alive()


def test_a_token_that_ends_before_its_time_is_renewed_once_and_reading_goes_on(
    mailbox_id: int, imap: ImapWithTokens, provider: TokenServer
) -> None:
    imap.good = {"t2"}
    one, thread = _watched(mailbox_id)
    until(lambda: _row(mailbox_id).last_ok_at is not None)
    _end(one, thread)
    assert imap.shown[:2] == ["t1", "t2"]
    assert len(provider.asked) == 2


def test_a_grant_that_was_revoked_is_an_alarm_and_no_storm(
    mailbox_id: int, imap: ImapWithTokens, provider: TokenServer
) -> None:
    provider.answers = [(400, {"error": "invalid_grant"})] * 50
    one, thread = _watched(mailbox_id)
    until(lambda: _row(mailbox_id).failing_since is not None)
    one.stop.wait(1.5)
    _end(one, thread)
    assert len(provider.asked) == 1
    assert imap.shown == []
    assert "invalid_grant" in _row(mailbox_id).last_error


def test_a_server_that_refuses_every_token_gets_two(
    mailbox_id: int, imap: ImapWithTokens, provider: TokenServer
) -> None:
    one, thread = _watched(mailbox_id)
    until(lambda: len(imap.shown) == 2)
    one.stop.wait(1.5)
    _end(one, thread)
    assert imap.shown == ["t1", "t2"]
    assert len(provider.asked) == 2


def test_who_signs_in_anew_while_the_old_grant_is_renewed_keeps_the_new_one(
    mailbox_id: int, provider: TokenServer
) -> None:
    before = _row(mailbox_id).grant()
    with transaction() as session:
        session.get_one(Mailbox, mailbox_id).keep_grant({**before, "refresh_token": "new"})
    assert token(mailbox_id, before) == "t1"
    assert _row(mailbox_id).grant()["refresh_token"] == "new"


def test_only_a_grant_can_be_renewed(mailbox_id: int) -> None:
    assert forget_token(mailbox_id)
    with transaction() as session:
        session.get_one(Mailbox, mailbox_id).sealed_grant = ""
    assert not forget_token(mailbox_id)


def test_a_token_goes_in_clear_to_this_machine_alone(mailbox_id: int) -> None:
    with transaction() as session:
        session.get_one(Mailbox, mailbox_id).imap_host = socket.gethostname() + ".test"
    account = account_of(mailbox_id)
    assert account is not None
    with pytest.raises(ImapFailure, match="in clear"):
        Connection(account)
