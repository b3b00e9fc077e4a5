"""The servers that a bench runs against: the system's if it has them, the embedded ones if not."""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.delivery.smtp import Relay, Way
from inbox.embedded import processes
from inbox.embedded.mail_servers import MailServers
from inbox.intake.imap import Account

PASSWORD = "bench-only"  # noqa: S105  of a server that lives for a minute on the loopback
SOMEBODY = "somebody@cliente.test"
DOVECOT = "/usr/sbin/dovecot"
CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
ssl = no
mail_location = maildir:{folder}/mail/%Lu
mail_uid = {owner}
mail_gid = {owner_group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/mail/%Lu
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class MailHost:
    """A running IMAP server; `drop` lays mails into the mailbox of that address."""

    name: str
    account: Account
    folder: Path
    smtp_port: int = 0

    def drop(self, mails: Iterator[bytes] | list[bytes]) -> None:
        if self.smtp_port:
            with Relay(Way(processes.LOOPBACK, self.smtp_port)) as relay:
                for mail in mails:
                    relay.send(SOMEBODY, [self.account.user], mail, before_body=lambda: True)
            return
        for n, mail in enumerate(mails):
            path = self.folder / "tmp" / f"{time.time_ns()}.{n}.bench"
            path.write_bytes(mail)
            _give(path)
            path.rename(self.folder / "new" / path.name)


# A locale that every machine has, whatever the terminal asks for.
INITDB = ("initdb", "-U", "tregua", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")


@contextlib.contextmanager
def mail_host(folder: Path, address: str) -> Iterator[MailHost]:
    """Dovecot if the system has it, else the embedded server."""
    if Path(DOVECOT).exists():
        with _dovecot(address) as host:
            yield host
        return
    with MailServers(folder / "mail", 0, 0, {address: PASSWORD}) as server:
        account = Account(processes.LOOPBACK, server.imap_port, "none", address, PASSWORD)
        yield MailHost("pymap", account, folder, server.smtp_port)


@contextlib.contextmanager
def _dovecot(address: str) -> Iterator[MailHost]:
    # Its sockets lie in this folder, and their paths have to stay short.
    with tempfile.TemporaryDirectory(prefix="dv-", dir="/tmp") as name:
        folder, port = Path(name), processes.free_port()
        folder.chmod(0o755)
        box = folder / "mail" / address
        for part in ("new", "cur", "tmp"):
            (box / part).mkdir(parents=True)
        for path in (box.parent, box, *box.iterdir()):
            _give(path)
        text = CONFIGURATION.format(folder=folder, port=port, password=PASSWORD, **_identities())
        (folder / "dovecot.conf").write_text(text)
        process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")])
        try:
            _wait_for(port, process)
            account = Account(processes.LOOPBACK, port, "none", address, PASSWORD)
            yield MailHost("Dovecot", account, box)
        finally:
            processes.stop(process)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((processes.LOOPBACK, port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError("Dovecot did not start")


def _identities() -> dict[str, str]:
    """As root the mails belong to nobody; as anybody else everything is one's own."""
    if os.geteuid() == 0:
        group = grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
        names = {"internal": "dovecot", "group": "dovecot", "login": "dovenull"}
        return names | {"owner": "nobody", "owner_group": group}
    me = pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(me.pw_gid).gr_name
    names = dict.fromkeys(("internal", "login", "owner"), me.pw_name)
    return names | {"group": group, "owner_group": group}


def _give(path: Path, owner: str = "nobody") -> None:
    if os.geteuid() == 0:
        who = pwd.getpwnam(owner)
        os.chown(path, who.pw_uid, who.pw_gid)


@contextlib.contextmanager
def database(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and URL: a PostgreSQL that keeps what it commits, or SQLite where there is none."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: int(at.parent.name))
    if not programs:
        yield "SQLite", f"sqlite:///{folder / 'bench.db'}"
        return
    with _postgres(programs[-1]) as url:
        yield f"PostgreSQL {programs[-1].parent.name}", url


@contextlib.contextmanager
def _postgres(programs: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    _give(folder, "postgres")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c shared_buffers=128MB"
    try:
        _run(programs, folder, *INITDB)
        _run(programs, folder, "pg_ctl", "-o", options, "-l", f"{folder}/log", "-w", "start")
        yield f"postgresql+psycopg://tregua@/postgres?host={folder}"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(programs, folder, "pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(programs: Path, folder: Path, program: str, *words: str) -> None:
    # initdb and the server refuse to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run(
        [str(programs / program), "-D", str(folder / "data"), *words],
        check=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
