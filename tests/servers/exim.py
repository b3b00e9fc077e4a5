"""A private Exim in a temporary folder: Debian's own configuration and the lines of our docs.

Its programs come out of Debian's packages without being installed. The user that it wants to run
as exists for it alone: a small library of Debian's tells it so.
"""

import contextlib
import os
import pwd
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import debian
from tests.servers.mail_server import MailServer, folder_of_programs, on_ports
from tests.servers.ports import LOOPBACK

PACKAGES = ("exim4-daemon-light", "exim4-base", "exim4-config", "libidn12", "libnss-wrapper")
# A base user of Debian lends its number.
OWNER = "mail"
USER = "Debian-exim:x:{uid}:{gid}::/nowhere:/usr/sbin/nologin\n"
GROUP = "Debian-exim:x:{gid}:\n"
KEPT = "LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP"
MAIN = """\
SPOOLDIR = {folder}/spool
ETC_MAILNAME = mx.tregua.test
MAIN_HARDCODE_PRIMARY_HOSTNAME = mx.tregua.test
MAIN_KEEP_ENVIRONMENT = {kept}
DC_minimaldns = 1
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
deliver_drop_privilege
"""
# What every Exim of Debian has after its installation; mail to others goes on to the sink.
CHOSEN = """\
dc_eximconfig_configtype='smarthost'
dc_other_hostnames=''
dc_relay_domains=''
dc_relay_nets=''
dc_smarthost='127.0.0.1::{onward}'
dc_minimaldns='true'
dc_localdelivery='mail_spool'
dc_hide_mailname='false'
dc_readhost=''
CFILEMODE='644'
"""
ONWARD = """\
onward:
  driver = manualroute
  transport = remote_smtp_smarthost
  route_list = * 127.0.0.1::{onward} byname
  self = send
  no_more
"""


@dataclass(frozen=True)
class Programs:
    """The folder that the packages were unpacked to."""

    root: Path

    @property
    def surroundings(self) -> dict[str, str]:
        libraries = next((self.root / "usr/lib").glob("*-linux-*"))
        return {
            **os.environ,
            "LD_LIBRARY_PATH": str(libraries),
            "LD_PRELOAD": "libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": str(self.root / "passwd"),
            "NSS_WRAPPER_GROUP": str(self.root / "group"),
        }

    def path(self, name: str) -> str:
        return str(self.root / "usr/sbin" / name)


class Exim(MailServer):
    """One instance: as Debian sets it up, and the lines of the docs with the ports of this test."""

    def __init__(
        self, programs: Programs, onward: int, lines: Mapping[str, str], ports: Mapping[int, int]
    ) -> None:
        super().__init__("exim", programs.surroundings)
        self.programs = programs
        for name in ("spool", "log"):
            (self.folder / name).mkdir()
            shutil.chown(self.folder / name, OWNER, OWNER)
        self._write(onward, lines, ports)

    def _write(self, onward: int, lines: Mapping[str, str], ports: Mapping[int, int]) -> None:
        etc = self.folder / "etc"
        shutil.copytree(self.programs.root / "etc/exim4", etc)
        own = {
            "conf.d/main/000_own": MAIN.format(folder=self.folder, kept=KEPT),
            "conf.d/router/060_own": ONWARD.format(onward=onward),
            "update-exim4.conf.conf": CHOSEN.format(onward=onward),
        }
        asked = {25: self.port, **ports}
        for name in {*own, *lines}:
            said = lines.get(name, "").replace("/etc/exim4", str(etc)).replace("0.0.0.0", LOOPBACK)
            (etc / name).write_text(own.get(name, "") + on_ports(said, asked))
        for path in (etc / "conf.d/main").iterdir():
            said = path.read_text()
            path.write_text(said.replace("/usr/sbin/exim4", self.programs.path("exim4")))
        update = self.programs.path("update-exim4.conf")
        self.run("sh", update, "--confdir", str(etc), "--output", str(self._conf))

    @property
    def _conf(self) -> Path:
        return self.folder / "exim.conf"

    def ask(self, *words: str) -> str:
        """What it says to those options."""
        return self.run(self.programs.path("exim4"), "-C", str(self._conf), *words)

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in sorted((self.folder / "log").iterdir()))

    def start(self) -> None:
        exim = self.programs.path("exim4")
        self.begin(exim, "-C", str(self._conf), "-bdf", log="log/mainlog")

    def waiting(self) -> int:
        return int(self.ask("-bpc").split()[-1])

    def try_again(self) -> None:
        self.ask("-qff")

    def empty(self) -> None:
        """Forget what waits, and who could not be reached."""
        for name in ("input", "msglog", "db"):
            shutil.rmtree(self.folder / "spool" / name, ignore_errors=True)


@pytest.fixture(scope="session")
def exim_programs() -> Iterator[Programs]:
    """The programs of Exim."""
    with folder_of_programs("Exim") as folder:
        debian.unpacked(folder, *PACKAGES)
        yield _with_its_user(folder)


def _with_its_user(folder: Path) -> Programs:
    owner = pwd.getpwnam(OWNER)
    for name, line in (("passwd", USER), ("group", GROUP)):
        known = Path("/etc", name).read_text()
        (folder / name).write_text(known + line.format(uid=owner.pw_uid, gid=owner.pw_gid))
    # A program that takes on another's rights would not be told of libraries.
    (folder / "usr/sbin/exim4").chmod(0o755)
    programs = Programs(folder)
    if debian.quietly(programs.path("exim4"), "-C", "/dev/null", "-bV", env=programs.surroundings):
        pytest.skip("Debian's Exim needs libraries that are not here")
    return programs


@contextlib.contextmanager
def an_exim(
    programs: Programs, onward: int, lines: Mapping[str, str], ports: Mapping[int, int]
) -> Iterator[Exim]:
    server = Exim(programs, onward, lines, ports)
    try:
        server.start()
        yield server
    finally:
        server.remove()
