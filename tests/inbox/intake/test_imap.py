"""One connection to an account, on a real server: new mails, bodies, marks, waiting."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from imapclient import IMAPClient

from inbox.intake.imap import (
    Account,
    Connection,
    FolderRefused,
    ImapFailure,
    SignInRefused,
    grouped,
)
from inbox.intake.imap.skimming import TooStrange, outline
from inbox.spool import BATCH
from inbox.spool.marks import head_mark
from tests.mailroom import ADDRESS, PASSWORD, a_mail
from tests.servers.dovecot import Dovecot
from tests.servers.toxic import ToxicProxy

Toxic = Callable[[int], ToxicProxy]
LARGE = 2**25


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    return Account("127.0.0.1", dovecot.imap_port, "none", ADDRESS, PASSWORD, read_only=False)


def _deliver(dovecot: Dovecot, *subjects: str) -> None:
    dovecot.deliver_all(ADDRESS, [a_mail(subject) for subject in subjects])


def _person(dovecot: Dovecot) -> IMAPClient:
    client = IMAPClient("127.0.0.1", dovecot.imap_port, ssl=False)
    client.login(ADDRESS, PASSWORD)
    client.select_folder("INBOX")
    return client


def test_new_uids_are_those_above_the_cursor(dovecot: Dovecot, account: Account) -> None:
    _deliver(dovecot, "a", "b", "c")
    with Connection(account) as connection:
        assert connection.new_uids(0) == [1, 2, 3]
        assert connection.new_uids(2) == [3]
        assert connection.new_uids(3) == []
        _deliver(dovecot, "d")
        assert connection.new_uids(3) == [4]


def test_a_crowded_folder_is_asked_in_ranges(
    dovecot: Dovecot, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.intake.imap.UIDS_AT_ONCE", 2)
    _deliver(dovecot, *"abcdefg")
    with Connection(account) as connection:
        assert list(connection._windows(2)) == ["2:3", "4:5", "6:*"]
        assert connection.new_uids(2) == [3, 4, 5, 6, 7]
        assert connection.uids_since(datetime.now(UTC)) == [1, 2, 3, 4, 5, 6, 7]


def test_bodies_come_whole_and_nothing_is_marked_as_read(
    dovecot: Dovecot, account: Account
) -> None:
    dovecot.deliver(ADDRESS, a_mail("x", "ñ " * 2_000_000))
    with Connection(account) as connection:
        ((uid, size),) = next(iter(connection.batches([1])))
        (mail,) = connection.fetch([(uid, size)], LARGE)
        assert len(mail.content) == size > 4_000_000
        assert not mail.partial
    with _person(dovecot) as client:
        assert b"\\Seen" not in client.get_flags([1])[1]


def test_a_mail_over_the_limit_comes_with_its_texts_and_without_its_files(
    dovecot: Dovecot, account: Account
) -> None:
    dovecot.deliver(ADDRESS, _with_a_file("A" * 600_000))
    with Connection(account) as connection:
        (mail,) = connection.fetch([(1, 700_000)], 100_000)
        assert mail.partial
        assert len(mail.content) < 5_000
        whole = connection.whole(1, 0)
    assert whole is not None
    parts = [part.get_content_type() for part in message_from_bytes(mail.content).walk()]
    assert parts == [part.get_content_type() for part in message_from_bytes(whole.content).walk()]
    assert b"No llega mi pedido" in mail.content
    assert b"factura.pdf" in mail.content
    assert len(whole.content) > 600_000


def _with_a_file(content: str) -> bytes:
    return (
        "From: ana@cliente.test\r\nSubject: big\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n'
        '--b1\r\nContent-Type: multipart/alternative; boundary="b2"\r\n\r\n'
        "--b2\r\nContent-Type: text/plain\r\n\r\nNo llega mi pedido\r\n"
        "--b2\r\nContent-Type: text/html\r\n\r\n<p>No llega</p>\r\n--b2--\r\n"
        '--b1\r\nContent-Type: application/pdf; name="factura.pdf"\r\n\r\n'
        f"{content}\r\n--b1--\r\n"
    ).encode()


def test_a_large_mail_of_one_part_comes_with_its_beginning(
    dovecot: Dovecot, account: Account
) -> None:
    dovecot.deliver(ADDRESS, a_mail("x", ("a" * 900 + "\r\n") * 3000))
    with Connection(account) as connection:
        (mail,) = connection.fetch([(1, 2_700_000)], 100_000)
    assert mail.partial
    assert 2**20 <= len(mail.content) < 2**20 + 2000


@pytest.mark.parametrize("structure", [None, (), ([],), ([(b"text",)], b"mixed", None), b"x"])
def test_an_outline_that_cannot_be_followed_is_refused(structure: object) -> None:
    with pytest.raises(TooStrange):
        outline(structure)


def test_an_outline_without_end_is_refused() -> None:
    deep: object = (b"text", b"plain")
    for _ in range(50):
        deep = ([deep], b"mixed", (b"boundary", b"x"))
    with pytest.raises(TooStrange):
        outline(deep)


def test_batches_hold_a_bounded_number_and_a_bounded_size() -> None:
    by_number = list(grouped((uid, 10) for uid in range(2 * BATCH + 50)))
    assert [len(batch) for batch in by_number] == [BATCH, BATCH, 50]
    by_size = list(grouped((uid, 10 * 2**20) for uid in range(3)))
    assert [len(batch) for batch in by_size] == [1, 1, 1]


def test_a_listing_tells_what_a_mail_is_recognised_by(dovecot: Dovecot, account: Account) -> None:
    _deliver(dovecot, "a", "b")
    with Connection(account) as connection:
        ((first, second),) = list(connection.listing([1, 2]))
        (mail, _other) = connection.fetch([(1, first.size), (2, second.size)], LARGE)
        assert first.head_mark == head_mark(mail.content) != second.head_mark
        assert first.size == mail.size
        assert first.arrived_at == mail.arrived_at
        assert connection.uids_since(datetime.now(UTC) - timedelta(hours=1)) == [1, 2]
        assert connection.uids_since(datetime.now(UTC) + timedelta(days=3)) == []


def test_what_somebody_took_away_is_missing_and_does_no_harm(
    dovecot: Dovecot, account: Account
) -> None:
    _deliver(dovecot, "a", "b", "c")
    with Connection(account) as connection, _person(dovecot) as client:
        batch = next(iter(connection.batches([1, 2, 3])))
        client.delete_messages([2])
        client.expunge()
        mails = connection.fetch(batch, LARGE)
        assert [mail.uid for mail in mails] == [1, 3]


def test_answers_about_others_doings_are_not_taken_for_mails(
    dovecot: Dovecot, account: Account
) -> None:
    _deliver(dovecot, "a", "b", "c", "d")
    with Connection(account) as connection, _person(dovecot) as client:
        batch = next(iter(connection.batches([3, 4])))
        client.delete_messages([1])
        client.expunge()
        client.add_flags([2, 3, 4], [b"\\Flagged"])
        mails = connection.fetch(batch, LARGE)
        assert [mail.uid for mail in mails] == [3, 4]
        assert b"Subject: c" in mails[0].content


def test_the_keyword_is_laid_on_and_found(dovecot: Dovecot, account: Account) -> None:
    _deliver(dovecot, "a", "b", "c")
    with Connection(account) as connection:
        assert connection.folder.takes_keyword
        connection.mark([1, 3])
        assert connection.unmarked(1, 3) == [2]
        assert connection.unmarked(3, 2) == []
    with _person(dovecot) as client:
        assert b"$TreguaStored" in client.get_flags([1])[1]
        assert b"\\Seen" not in client.get_flags([1])[1]


def test_a_read_only_mailbox_is_not_touched(dovecot: Dovecot, account: Account) -> None:
    _deliver(dovecot, "a")
    with Connection(replace(account, read_only=True)) as connection:
        assert not connection.folder.takes_keyword
        connection.mark([1])
    with _person(dovecot) as client:
        assert b"$TreguaStored" not in client.get_flags([1])[1]


def test_a_wrong_password_is_a_refusal_that_says_what_to_do(
    dovecot: Dovecot, account: Account
) -> None:
    with pytest.raises(SignInRefused, match="does not accept the password of support@"):
        Connection(replace(account, password="wrong"))
    assert "wrong" not in repr(replace(account, password="wrong"))


def test_a_connection_cut_while_signing_in_is_no_refusal(
    dovecot: Dovecot, account: Account, toxic: Toxic
) -> None:
    proxy = toxic(dovecot.imap_port)
    proxy.cut_after = 200
    with pytest.raises(ImapFailure) as failure:
        Connection(replace(account, port=proxy.port))
    assert not isinstance(failure.value, SignInRefused)


def test_nobody_home_is_a_failure_in_one_sentence(account: Account) -> None:
    with pytest.raises(ImapFailure, match="cannot be used now"):
        Connection(replace(account, port=1))


@pytest.mark.parametrize("security", ["none", "", "plain"])
def test_a_password_goes_in_clear_to_this_machine_alone(account: Account, security: str) -> None:
    with pytest.raises(ImapFailure, match="in clear"):
        Connection(replace(account, host="192.0.2.1", security=security))


def test_a_server_that_hides_starttls_gets_no_password(dovecot: Dovecot, account: Account) -> None:
    with pytest.raises(ImapFailure) as failure:
        Connection(replace(account, security="starttls"))
    assert not isinstance(failure.value, SignInRefused)


def test_a_folder_that_is_not_there_is_refused_and_the_line_lives(
    dovecot: Dovecot, account: Account
) -> None:
    with Connection(account) as connection:
        with pytest.raises(FolderRefused, match="Nowhere"):
            connection.open("Nowhere")
        assert connection.open("Sent").name == "Sent"
        assert connection.sent_folder() == "Sent"
        assert connection.numbers("INBOX")[1] == 1


def test_waiting_ends_when_mail_comes(dovecot: Dovecot, account: Account) -> None:
    with Connection(account) as connection:
        threading.Timer(0.3, _deliver, (dovecot, "a")).start()
        began = time.monotonic()
        # A server may wake us for nothing.
        while not connection.new_uids(0):
            connection.wait(60)
        assert time.monotonic() - began < 40


def test_mail_that_came_just_before_waiting_is_not_missed(
    dovecot: Dovecot, account: Account
) -> None:
    with Connection(account) as connection:
        _deliver(dovecot, "a")
        began = time.monotonic()
        connection.wait(60)
        assert time.monotonic() - began < 40


def _wait_and_wait(connection: Connection) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection.wait(60)


def test_a_line_that_dies_while_waiting_fails_at_once(dovecot: Dovecot, account: Account) -> None:
    with Connection(account) as connection:
        threading.Timer(0.3, dovecot.kick, (ADDRESS,)).start()
        with pytest.raises(ImapFailure):
            _wait_and_wait(connection)


def test_waiting_can_be_cut_from_another_thread(dovecot: Dovecot, account: Account) -> None:
    with Connection(account) as connection:
        threading.Timer(0.3, connection.close).start()
        with pytest.raises(ImapFailure):
            _wait_and_wait(connection)


class Reluctant(IMAPClient):  # type: ignore[misc]
    """A server that does not give one of its mails."""

    def fetch(self, messages: list[int], data: list[str], modifiers: object = None) -> object:
        if 2 in messages and "BODY.PEEK[]" in data:
            raise self.Error("NO [SERVERBUG] cannot open")
        return super().fetch(messages, data, modifiers)


def test_a_mail_that_the_server_does_not_give_is_tried_thrice_then_the_others_go_on(
    dovecot: Dovecot, account: Account
) -> None:
    _deliver(dovecot, "a", "b", "c")
    refused: Counter[int] = Counter()
    with Connection(account, refused=refused) as connection:
        connection._client.__class__ = Reluctant
        batch = next(iter(connection.batches([1, 2, 3])))
        for _ in range(2):
            with pytest.raises(ImapFailure):
                connection.fetch(batch, LARGE)
        mails = connection.fetch(batch, LARGE)
    assert [(mail.uid, mail.partial) for mail in mails] == [(1, False), (2, True), (3, False)]
    assert mails[1].content == b""
