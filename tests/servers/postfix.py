"""A private Postfix in a temporary folder, with the lines that our docs give to an admin.

Its programs are the machine's own, or come out of Debian's package without being installed: a
package would put aside the mail server that somebody may have.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import debian
from tests.servers.ports import LOOPBACK, free_port, wait_until_greeted

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


class Postfix:
    """One instance: its own lines, and those of the docs with the ports of this test."""

    host = LOOPBACK

    def __init__(
        self, programs: Programs, onward: int, lines: Mapping[str, str], ports: Mapping[str, int]
    ) -> None:
        self.programs, self.port = programs, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="px-", dir="/tmp"))
        self.process: subprocess.Popen[bytes] | None = None
        self._make_folders()
        known = {"folder": self.folder, "programs": programs.root, "owner": OWNER, "group": GROUP}
        own = {
            "main.cf": MAIN.format(onward=onward, **known),
            "master.cf": MASTER.format(port=self.port),
        }
        for name in {*own, *lines}:
            said = lines.get(name, "").replace("/etc/postfix", str(self.folder))
            for asked, given in ports.items():
                said = re.sub(rf"\b{asked}\b", str(given), said)
            (self.folder / name).write_text(own.get(name, "") + said)

    def _make_folders(self) -> None:
        self.folder.chmod(0o755)
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
        with (self.folder / "out.log").open("ab") as out:
            self.process = subprocess.Popen(
                [self.programs.path("lib/postfix/sbin/master"), "-d", "-c", str(self.folder)],
                env=self.programs.surroundings,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        wait_until_greeted(self.port, b"220", self.process, self.folder / "postfix.log")

    def remove(self) -> None:
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, name: str, *words: str) -> str:
        """What one of its commands says."""
        command = [self.programs.path(f"sbin/{name}"), "-c", str(self.folder), *words]
        done = subprocess.run(
            command, env=self.programs.surroundings, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    def waiting(self) -> list[str]:
        """One line of JSON for each mail in its queue."""
        return self.ask("postqueue", "-j").splitlines()

    def try_again(self) -> None:
        """Deliver what is deferred now, and not when its time has come."""
        self.ask("postqueue", "-f")

    def settled(self, *, seconds: float = 30) -> None:
        """Wait until nothing is left in the queue, trying again all the while."""
        deadline = time.monotonic() + seconds
        while self.waiting():
            assert time.monotonic() < deadline, self.log
            self.try_again()
            time.sleep(0.2)


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
    """The programs of Postfix; it starts for root alone, so others' tests are skipped."""
    if os.geteuid() != 0:
        pytest.skip("Postfix starts for root alone")
    with tempfile.TemporaryDirectory(prefix="postfix-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield _unpacked(Path(folder))


@contextlib.contextmanager
def a_postfix(
    programs: Programs, onward: int, lines: Mapping[str, str], ports: Mapping[str, int]
) -> Iterator[Postfix]:
    server = Postfix(programs, onward, lines, ports)
    try:
        server.start()
        yield server
    finally:
        server.remove()
