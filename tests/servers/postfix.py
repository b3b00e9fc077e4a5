"""A private Postfix in a temporary folder, with the lines that our docs give to an admin.

Its programs are the machine's own, or come out of Debian's package without being installed: a
package would put aside the mail server that somebody may have.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import debian
from tests.servers.mail_server import MailServer, folder_of_programs, on_ports

# Base users of Debian: what it owns belongs to one, its submission tools to the other's group.
OWNER, GROUP = "mail", "daemon"
QUEUES = "active bounce corrupt defer deferred flush hold incoming private saved trace"
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {programs}/usr/sbin
daemon_directory = {programs}/usr/lib/postfix/sbin
mail_owner = {owner}
setgid_group = {group}
myhostname = mx.tregua.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtputf8_enable = yes
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
relayhost = [127.0.0.1]:{onward}
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
flush     unix  n - n 1000? 0 flush
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Programs:
    """Where its programs lie: below `/`, or below the folder they were unpacked to."""

    root: Path

    @property
    def surroundings(self) -> dict[str, str]:
        return {**os.environ, "LD_LIBRARY_PATH": str(self.root / "usr/lib/postfix")}

    def path(self, name: str) -> str:
        return str(self.root / "usr" / name)


class Postfix(MailServer):
    """One instance: its own lines, and those of the docs with the ports of this test."""

    def __init__(
        self, programs: Programs, onward: int, lines: Mapping[str, str], ports: Mapping[int, int]
    ) -> None:
        super().__init__("px", programs.surroundings)
        self.programs = programs
        self._make_folders()
        known = {"folder": self.folder, "programs": programs.root, "owner": OWNER, "group": GROUP}
        own = {
            "main.cf": MAIN.format(onward=onward, **known),
            "master.cf": MASTER.format(port=self.port),
        }
        for name in {*own, *lines}:
            said = lines.get(name, "").replace("/etc/postfix", str(self.folder))
            (self.folder / name).write_text(own.get(name, "") + on_ports(said, ports))

    def _make_folders(self) -> None:
        for name in ("queue", "queue/pid", "data", "queue/public", "queue/maildrop"):
            (self.folder / name).mkdir()
        for name in QUEUES.split():
            (self.folder / "queue" / name).mkdir(mode=0o700)
            shutil.chown(self.folder / "queue" / name, OWNER)
        for name, mode in (("public", 0o710), ("maildrop", 0o1730)):
            (self.folder / "queue" / name).chmod(mode)
            shutil.chown(self.folder / "queue" / name, OWNER, GROUP)
        shutil.chown(self.folder / "data", OWNER)

    @property
    def log(self) -> str:
        path = self.folder / "postfix.log"
        return path.read_text() if path.exists() else ""

    def start(self) -> None:
        master = self.programs.path("lib/postfix/sbin/master")
        self.begin(master, "-d", "-c", str(self.folder), log="postfix.log")

    def ask(self, name: str, *words: str) -> str:
        """What one of its commands says."""
        return self.run(self.programs.path(f"sbin/{name}"), "-c", str(self.folder), *words)

    def queued(self) -> list[str]:
        """One line of JSON for each mail in its queue."""
        return self.ask("postqueue", "-j").splitlines()

    def waiting(self) -> int:
        return len(self.queued())

    def try_again(self) -> None:
        self.ask("postqueue", "-f")


def _unpacked(folder: Path) -> Programs:
    if Path("/usr/lib/postfix/sbin/master").exists():
        return Programs(Path("/"))
    debian.unpacked(folder, "postfix")
    programs = Programs(folder)
    if debian.quietly(programs.path("sbin/postconf"), "-d", env=programs.surroundings):
        pytest.skip("Debian's Postfix needs libraries that are not here")
    return programs


@pytest.fixture(scope="session")
def postfix_programs() -> Iterator[Programs]:
    """The programs of Postfix."""
    with folder_of_programs("Postfix") as folder:
        yield _unpacked(folder)


@contextlib.contextmanager
def a_postfix(
    programs: Programs, onward: int, lines: Mapping[str, str], ports: Mapping[int, int]
) -> Iterator[Postfix]:
    server = Postfix(programs, onward, lines, ports)
    try:
        server.start()
        yield server
    finally:
        server.remove()
