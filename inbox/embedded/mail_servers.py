"""An IMAP and an SMTP server for the demo, in a process of their own, that keep their mails."""

import select
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from inbox.embedded import processes, refusals
from inbox.embedded.wanted import Wanted

PATIENCE = 60.0  # the first start after an installation compiles what it imports


class MailServers:
    """Starts both servers, waits until they answer, and stops them.

    `users` maps addresses to passwords. Mail for `ana+anything@…` reaches `ana@…`; mail for an
    unknown address is refused, except in the domains in `bounces`, where it is taken and a
    delivery report is sent back. Port 0 means any free one; the ports are known after `start`.
    """

    def __init__(
        self,
        folder: Path,
        imap_port: int,
        smtp_port: int,
        users: Mapping[str, str],
        *,
        bounces: Iterable[str] = (),
    ) -> None:
        self.folder = folder
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self._users = {address.lower(): password for address, password in users.items()}
        self._bounces = tuple(domain.lower() for domain in bounces)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder = processes.own_folder(self.folder)
        self.imap_port = processes.free_port(self.imap_port, name="IMAP")
        self.smtp_port = processes.free_port(self.smtp_port, name="SMTP")
        log = self.folder / "mail.log"
        command = [sys.executable, "-m", "inbox.embedded.mail_process"]
        # pymap and aiosmtpd warn about their own use of the standard library.
        self.process = processes.start(
            command, log=log, environment={"PYTHONWARNINGS": "ignore"}, talks=True
        )
        self._ask(self._wanted())
        if not self._is_ready():
            self.stop()
            raise refusals.did_not_start("Mail", log, processes.last_words(log))

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process)
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_about: object) -> None:
        self.stop()

    def _wanted(self) -> Wanted:
        return Wanted(str(self.folder), self.imap_port, self.smtp_port, self._users, self._bounces)

    def _ask(self, wanted: Wanted) -> None:
        pipe = self.process and self.process.stdin
        if pipe:
            pipe.write(wanted.to_line())
            pipe.flush()

    def _is_ready(self) -> bool:
        pipe = self.process and self.process.stdout
        if not pipe or not select.select([pipe], [], [], PATIENCE)[0]:
            return False
        return pipe.readline() == b"ready\n"
