"""A private Dovecot in a temporary folder, as root or as any user."""

import contextlib
import grp
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.ports import LOOPBACK, free_port, wait_until_greeted

PROGRAM = "/usr/sbin/dovecot"

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
instance_name = {name}
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_uid = {mail_user}
mail_gid = {mail_group}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0 secs
ssl = {ssl}
{certificate}
mail_home = {folder}/mail/%Lu
mail_location = maildir:~/Maildir
recipient_delimiter = +
mail_max_userip_connections = 200
imap_idle_notify_interval = 29 mins
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {folder}/users
  default_fields = uid={mail_user} gid={mail_group} home={folder}/mail/%Lu
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap_port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps_port}
    ssl = {ssl}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service auth {{
  user = {auth_user}
  unix_listener auth-userdb {{
    mode = 0666
  }}
}}
service auth-worker {{
  user = {auth_user}
}}
service stats {{
  chroot =
}}
protocol lmtp {{
  postmaster_address = postmaster@tregua.test
}}
"""


class Dovecot:
    """Its mailboxes live in `folder`; `deliver` brings a mail by LMTP, `drop` lays down a file."""

    host = LOOPBACK

    def __init__(self, users: dict[str, str] | None = None, *, tls: bool = False) -> None:
        self.users = users or {"support@tregua.test": "secret"}
        self.tls = tls
        # Dovecot's sockets lie in this folder, and their paths have to stay short.
        self.folder = Path(tempfile.mkdtemp(prefix="dv-", dir="/tmp"))
        self.imap_port, self.imaps_port, self.lmtp_port = free_port(), free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._write_files()

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def start(self) -> None:
        log = self.folder / "dovecot.log"
        with (self.folder / "out.log").open("ab") as out:
            self.process = subprocess.Popen(
                [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        wait_until_greeted(self.imap_port, b"* OK", self.process, log)

    def stop(self) -> None:
        """Stop the server; the mails stay where they are."""
        if self.process:
            self.process.terminate()
            self.process.wait(15)
            self.process = None

    def remove(self) -> None:
        """Kill it with all its processes: to end them politely takes it a second."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(15)
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_user(self, address: str, password: str = "secret") -> None:
        """A new mailbox, known when this returns: Dovecot looks at its users once a second."""
        self.users[address.lower()] = password
        self._write_users()
        deadline = time.monotonic() + 60
        while self._doveadm("user", address) != 0 and time.monotonic() < deadline:
            time.sleep(0.05)

    def deliver(self, address: str, content: bytes, *, sender: str = "ana@cliente.test") -> None:
        """Bring one mail by LMTP, as a mail server would."""
        with smtplib.LMTP(LOOPBACK, self.lmtp_port) as door:
            door.sendmail(sender, [address], content)

    def deliver_all(
        self, address: str, contents: list[bytes], *, sender: str = "ana@cliente.test"
    ) -> None:
        """Bring many mails over one connection."""
        with smtplib.LMTP(LOOPBACK, self.lmtp_port) as door:
            for content in contents:
                door.sendmail(sender, [address], content)

    def drop(self, address: str, contents: list[bytes]) -> None:
        """Lay mails straight into the mailbox: the way for mails that no server would take."""
        maildir = self._maildir(address)
        begun = time.time_ns()
        for number, content in enumerate(contents):
            name = f"{begun // 10**9}.M{begun % 10**9 // 1000}P{number}.test"
            path = maildir / "tmp" / name
            path.write_bytes(content)
            self._give(path)
            # The server may take it away as soon as it lies in "new".
            path.rename(maildir / "new" / name)

    def kick(self, address: str) -> None:
        """Cut every connection of that user."""
        self._doveadm("kick", address)

    def forget(self, address: str) -> None:
        """Empty the mailbox and give it a new UIDVALIDITY, as after a restored backup."""
        shutil.rmtree(self.folder / "mail" / address.lower(), ignore_errors=True)

    def _doveadm(self, *words: str) -> int:
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), *words]
        return subprocess.run(command, check=False, capture_output=True).returncode

    def _maildir(self, address: str) -> Path:
        maildir = self.folder / "mail" / address.lower() / "Maildir"
        parts = [maildir / part for part in ("new", "cur", "tmp")]
        for path in parts:
            path.mkdir(parents=True, exist_ok=True)
        # The server's own files are left alone: they come and go while it works.
        for path in (maildir.parent, maildir, *parts):
            self._give(path)
        return maildir

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(path, nobody.pw_uid, nobody.pw_gid)

    def _write_files(self) -> None:
        for part in ("run", "state", "mail"):
            (self.folder / part).mkdir()
        self.folder.chmod(0o755)
        self._give(self.folder / "mail")
        self._write_users()
        if self.tls:
            self._make_certificate()
        text = CONFIGURATION.format(
            folder=self.folder,
            name=self.folder.name,
            ssl="yes" if self.tls else "no",
            certificate=self._certificate_lines(),
            imap_port=self.imap_port,
            imaps_port=self.imaps_port if self.tls else 0,
            lmtp_port=self.lmtp_port,
            **_identities(),
        )
        (self.folder / "dovecot.conf").write_text(text)

    def _write_users(self) -> None:
        lines = [f"{user}:{{PLAIN}}{password}::::::\n" for user, password in self.users.items()]
        path = self.folder / "users"
        path.write_text("".join(lines))
        path.chmod(0o600)

    def _certificate_lines(self) -> str:
        if not self.tls:
            return ""
        return f"ssl_cert = <{self.certificate}\nssl_key = <{self.folder}/key.pem"

    def _make_certificate(self) -> None:
        make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30"
        names = "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        files = f"-keyout {self.folder}/key.pem -out {self.certificate}"
        command = f"{make} {names} {files}".split()
        subprocess.run(command, check=True, capture_output=True)


def _identities() -> dict[str, str]:
    """As root the mails belong to nobody; as anybody else everything is one's own."""
    if os.geteuid() == 0:
        group = grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
        return {
            "internal": "dovecot",
            "internal_group": "dovecot",
            "login": "dovenull",
            "mail_user": "nobody",
            "mail_group": group,
            "auth_user": "root",
        }
    me = pwd.getpwuid(os.geteuid())
    names = dict.fromkeys(("internal", "login", "mail_user", "auth_user"), me.pw_name)
    group = grp.getgrgid(me.pw_gid).gr_name
    return {**names, "internal_group": group, "mail_group": group}


@contextlib.contextmanager
def a_dovecot(users: dict[str, str] | None = None, *, tls: bool = False) -> Iterator[Dovecot]:
    server = Dovecot(users, tls=tls)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _dovecot_of_the_session() -> Iterator[Dovecot]:
    with a_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(_dovecot_of_the_session: Dovecot) -> Iterator[Dovecot]:
    """A Dovecot with one empty mailbox, support@tregua.test with the password "secret"."""
    server = _dovecot_of_the_session
    server.users = {"support@tregua.test": "secret"}
    server._write_users()
    if server.process is None:
        server.start()
    yield server
    for address in server.users:
        server.kick(address)
        server.forget(address)


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """A Dovecot with TLS of this test's own, to stop, start and break at will."""
    with a_dovecot(tls=True) as server:
        yield server
