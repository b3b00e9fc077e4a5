"""A relay that takes every mail of the bench and keeps none."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inbox.command.benching.servers import PASSWORD
from inbox.embedded.mail_servers import MailServers

DOMAINS = 97


@contextmanager
def a_relay() -> Iterator[int]:
    """Its port, inside the block. Nobody lives there, and automatic mail is never reported on."""
    with tempfile.TemporaryDirectory(prefix="tregua-relay-") as folder:
        domains = [f"cliente{n}.test" for n in range(DOMAINS)]
        nobody = {"nobody@relay.test": PASSWORD}
        with MailServers(Path(folder), 0, 0, nobody, bounces=domains) as servers:
            yield servers.smtp_port
