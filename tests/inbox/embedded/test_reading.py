"""The demo's mail server is read by the same intake as everybody's."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cases import clock
from cases.db import transaction
from cases.mailbox import FolderRole, Mailbox, WatchedFolder
from inbox.embedded.mail_servers import MailServers
from inbox.intake.imap import Account, Connection
from inbox.intake.poller.backfill import want
from inbox.intake.poller.counts import count_folder
from inbox.intake.poller.places import places
from inbox.intake.poller.watching import read_once
from inbox.spool import Place
from tests.databases import forget
from tests.mailroom import a_mail

SHOP = "ayuda@tienda.example"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is asked of the server is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[MailServers]:
    with MailServers(tmp_path / "mail", 0, 0, {SHOP: "uno"}) as found:
        yield found


@pytest.fixture
def mailbox_id(
    installation: str, monkeypatch: pytest.MonkeyPatch, redis_url: str, servers: MailServers
) -> int:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    now = clock.now()
    box = Mailbox(
        address=SHOP,
        imap_host="127.0.0.1",
        imap_port=servers.imap_port,
        imap_security="none",
        imap_user=SHOP,
        import_from=now,
        created_at=now,
    )
    box.keep_password("uno")
    box.more_folders.append(WatchedFolder(name="Sent", role=FolderRole.SENT, created_at=now))
    with transaction() as session:
        session.add(box)
        session.flush()
        return box.id


def test_mail_is_read_counted_and_looked_for_again(mailbox_id: int, servers: MailServers) -> None:
    with smtplib.SMTP("127.0.0.1", servers.smtp_port) as client:
        for n in range(3):
            client.sendmail("ana@correo.example", [SHOP], a_mail(f"m{n}"))
    assert read_once(mailbox_id) == 3
    assert read_once(mailbox_id) == 0
    account = Account("127.0.0.1", servers.imap_port, "none", SHOP, "uno", read_only=False)
    with Connection(account) as connection:
        # This server knows no keywords of others, so the cursor alone is relied on.
        assert not connection.folder.takes_keyword
        connection.mark([1, 2, 3])
        connection.append(connection.sent_folder() or "", a_mail("copy"), clock.now())
        place, past = next(iter(places(mailbox_id).items()))
        (today,) = count_folder(place, past, connection)
        assert (today.on_server, today.stored, today.missing) == (3, 3, 0)
    with transaction() as session:
        want(session, Place(mailbox_id, "INBOX"), clock.now() - timedelta(days=9))
    assert read_once(mailbox_id) == 1
