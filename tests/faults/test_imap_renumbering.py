"""A server renumbers its folders: nothing is lost, doubled, or fetched again without need."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from cases import clock
from cases.db import transaction
from inbox.intake.imap import Connection, ImapFailure
from inbox.spool import Place, cursor
from tests.databases import forget
from tests.mailroom import ADDRESS, Mailroom, a_mail
from tests.servers.dovecot import Dovecot

FILLING = "Texto de un cliente que escribe mucho. " * 600


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
    yield Mailroom(dovecot)
    forget()


class Meter:
    """Counts the bytes of bodies that are fetched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bytes = 0
        fetch = IMAPClient.fetch

        def counted(client: IMAPClient, *asked: object, **more: object) -> object:
            said = fetch(client, *asked, **more)
            self.bytes += sum(
                len(value)
                for one in said.values()
                for value in one.values()
                if isinstance(value, bytes)
            )
            return said

        monkeypatch.setattr(IMAPClient, "fetch", counted)


def test_known_mails_are_recognised_without_their_bodies(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [a_mail(f"m{n}", FILLING) for n in range(60)]
    mails[7] = a_mail("m7", FILLING, Message_ID="")
    room.deliver(*mails)
    room.read()
    before = {raw.id: (raw.sha256, raw.uidvalidity) for raw in room.mails}
    room.renumber()
    room.deliver(a_mail("new"))
    meter = Meter(monkeypatch)
    assert room.read() == 1
    assert room.subjects == [*(f"m{n}" for n in range(60)), "new"]
    assert meter.bytes <= 0.05 * sum(map(len, mails))
    after = {raw.id: (raw.sha256, raw.uidvalidity) for raw in room.mails[:60]}
    assert {key: digest for key, (digest, _) in after.items()} == {
        key: digest for key, (digest, _) in before.items()
    }
    assert all(after[key][1] != before[key][1] for key in after)
    assert sorted(raw.uid or 0 for raw in room.mails) == list(range(1, 62))
    assert room.read() == 0


def test_a_box_made_anew_whose_numbers_restart_gives_its_new_mails(room: Mailroom) -> None:
    room.deliver(*(a_mail(f"old{n}") for n in range(5)))
    room.read()
    room.dovecot.kick(ADDRESS)
    shutil.rmtree(room.dovecot.folder / "mail" / ADDRESS)
    room.deliver(*(a_mail(f"new{n}") for n in range(3)))
    assert room.read() == 3
    assert room.subjects == [*(f"old{n}" for n in range(5)), *(f"new{n}" for n in range(3))]
    assert [raw.uid for raw in room.mails] == [None] * 5 + [1, 2, 3]


def test_mails_that_were_taken_away_meanwhile_are_no_trouble(room: Mailroom) -> None:
    room.deliver(*(a_mail(f"m{n}") for n in range(6)))
    room.read()
    with room.person() as client:
        client.delete_messages([2, 4])
        client.expunge()
    room.renumber()
    assert room.read() == 0
    assert [raw.uid for raw in room.mails] == [1, None, 2, None, 3, 4]


def test_a_mail_of_the_same_head_with_another_text_is_another_mail(room: Mailroom) -> None:
    room.deliver(a_mail("m", "uno"))
    room.read()
    room.renumber()
    room.deliver(a_mail("m", "otro texto"))
    assert room.read() == 1
    assert len(room.mails) == 2


def test_the_same_mail_twice_is_not_taken_for_one_that_is_known(room: Mailroom) -> None:
    room.deliver(a_mail("m"))
    room.read()
    room.renumber()
    with room.person() as client:
        client.copy([1], "INBOX")
    room.read()
    assert len(room.mails) == 2


def test_what_was_never_wanted_stays_where_it_is(room: Mailroom) -> None:
    now = clock.now()
    room.change(import_from=now - timedelta(hours=1), created_at=now - timedelta(hours=1))
    room.lay(a_mail("old"), now - timedelta(days=9))
    room.deliver(a_mail("m"))
    room.read()
    room.renumber()
    assert room.read() == 0
    assert room.subjects == ["m"]


def test_a_reading_that_was_interrupted_is_taken_up_again(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.deliver(*(a_mail(f"m{n}") for n in range(8)))
    room.read()
    room.renumber()
    room.deliver(a_mail("new", Message_ID=""))
    fetch = Connection.fetch

    def cut(*about: object) -> None:
        raise ImapFailure("cut")

    monkeypatch.setattr(Connection, "fetch", cut)
    with pytest.raises(ImapFailure):
        room.read()
    assert room.cursor().recounting
    monkeypatch.setattr(Connection, "fetch", fetch)
    assert room.read() == 1
    assert not room.cursor().recounting
    assert sorted(room.subjects) == sorted([*(f"m{n}" for n in range(8)), "new"])


def test_numbers_that_restart_under_the_same_validity_are_noticed(room: Mailroom) -> None:
    room.deliver(*(a_mail(f"m{n}") for n in range(4)))
    room.read()
    room.dovecot.kick(ADDRESS)
    shutil.rmtree(room.dovecot.folder / "mail" / ADDRESS)
    room.deliver(a_mail("new"))
    with room.connect() as connection, transaction() as session:
        known = cursor(session, Place(room.id, "INBOX"))
        assert known is not None
        known.uidvalidity = connection.folder.uidvalidity
    assert room.read() == 1
    assert room.subjects[-1] == "new"
