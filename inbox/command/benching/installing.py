"""An installation for a bench: empty tables, one mailbox, servers of its own, gone afterwards."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from cases import clock
from cases.db import engine, transaction
from cases.mailbox import Mailbox, Mode
from inbox import schema
from inbox.command.benching import servers
from inbox.command.benching.mails import BOT, SHOP
from inbox.command.benching.servers import MailHost
from inbox.embedded import processes
from inbox.embedded.supervisor import Part
from inbox.embedded.valkey import Valkey

BOTS = f'[[bot]]\nname = "pedidos"\naddresses = ["{BOT}"]\ncustomer = "to"\n'
AS_MANY_AS_COME = "1000000"


@dataclass(frozen=True, slots=True)
class Bench:
    """What a bench works with."""

    folder: Path
    host: MailHost
    database: str
    """Its name, for people."""
    mailbox_id: int

    def part(self, *words: str) -> Part:
        """A process of the program in this installation."""
        log = self.folder / f"{'-'.join(words)}.log"
        return Part(" ".join(words), (sys.executable, "-m", "inbox", *words), log=log)

    def settle(self) -> None:
        """Fresh statistics, as a database that has been running for a while has them."""
        with transaction() as session:
            session.execute(text("ANALYZE"))


@contextmanager
def installed(
    url: str, *, smtp_port: int = 0, host: MailHost | None = None, **settings: str
) -> Iterator[Bench]:
    """An installation on its own servers; `url` names a database of the caller's, or none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tregua-bench-")))
        name = url.partition(":")[0]
        if not url:
            name, url = stack.enter_context(servers.database(folder))
        host = host or stack.enter_context(servers.mail_host(folder, SHOP))
        valkey = stack.enter_context(Valkey(folder / "valkey"))
        _enter(folder, url, valkey.url, smtp_port)
        os.environ |= settings
        schema.upgrade()
        yield Bench(folder, host, name, _open_mailbox(host))
        engine().dispose()


def _enter(folder: Path, url: str, redis_url: str, smtp_port: int) -> None:
    for name in [name for name in os.environ if name.startswith("TREGUA_")]:
        del os.environ[name]
    bots = folder / "bots.toml"
    bots.write_text(BOTS)
    os.environ |= {
        "TREGUA_CONFIG": str(folder / "none.toml"),
        "TREGUA_DATA": str(folder),
        "TREGUA_DATABASE_URL": url,
        "TREGUA_REDIS_URL": redis_url,
        "TREGUA_BOTS_FILE": str(bots),
        "TREGUA_SMTP_HOST": processes.LOOPBACK,
        "TREGUA_SMTP_PORT": str(smtp_port or 25),
        "TREGUA_AUTOMATIC_PER_DOMAIN": AS_MANY_AS_COME,
        "TREGUA_AUTOMATIC_PER_HOUR": "0",
        "TREGUA_LOG": "WARNING",
    }


def _open_mailbox(host: MailHost) -> int:
    box = Mailbox(
        address=SHOP,
        name="Soporte",
        imap_host=host.account.host,
        imap_port=host.account.port,
        imap_security=host.account.security,
        imap_user=host.account.user,
        mode=Mode.SEND,
        created_at=clock.now(),
    )
    box.keep_password(servers.PASSWORD)
    with transaction() as session:
        session.add(box)
        session.flush()
        return box.id
