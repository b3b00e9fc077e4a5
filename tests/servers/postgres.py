"""A private PostgreSQL in a temporary folder, and a fresh database for each test that asks."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Only tables with rows are emptied, and by DELETE: to truncate a small table costs much more.
EMPTIED = """
DO $$
DECLARE name text; filled boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  DROP TABLE IF EXISTS alembic_version;
  -- What refers to what, and what watches over rows, does not matter now.
  SET session_replication_role = replica;
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || name || ')' INTO filled;
    IF filled THEN EXECUTE 'DELETE FROM ' || name; END IF;
  END LOOP;
  PERFORM setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
# The path of a socket has to stay short, which a temporary folder is not everywhere.
SHORT = "/dev/shm" if os.environ.get("TMPDIR") == "/dev/shm" else "/tmp"
ALWAYS = ("listen_addresses=", "max_connections=100", "shared_buffers=64MB", "timezone=UTC")


class Postgres:
    """A cluster that listens on a unix socket only. `durable` keeps commits over a crash."""

    def __init__(self, *, durable: bool = False) -> None:
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=SHORT))
        self.socket = self.folder / "s"
        self.socket.mkdir()
        self._settings = ALWAYS + (() if durable else FAST)
        self._kept: dict[str, psycopg.Connection] = {}
        self._make()

    def start(self) -> None:
        settings = (*self._settings, f"unix_socket_directories={self.socket}")
        options = " ".join(f"-c '{setting}'" for setting in settings)
        self._run(
            "pg_ctl", "-o", options, "-l", str(self.folder / "log"), "-w", "-t", "30", "start"
        )

    def stop(self, *, how: str = "immediate") -> None:
        """`immediate` is a crash as far as the data are concerned; `fast` is polite."""
        self._run("pg_ctl", "-m", how, "-w", "stop")

    def remove(self) -> None:
        for connection in self._kept.values():
            connection.close()
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://tregua@/{database}?host={self.socket}"

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The URL of an empty database that is dropped afterwards."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self._say(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def kept_database(self) -> str:
        """The URL of a database that stays as long as the server."""
        name = f"k{uuid.uuid4().hex[:12]}"
        self._say(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        return self.url(name)

    def empty(self, url: str) -> None:
        """Bring a kept database back to tables without rows, and end whoever still uses it."""
        database = url.split("@/")[1].split("?")[0]
        if database not in self._kept:
            self._kept[database] = self._connect(database)
        self._kept[database].execute(EMPTIED)

    def _say(self, statement: str) -> None:
        with self._connect("postgres") as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _connect(self, database: str) -> psycopg.Connection:
        address = f"host={self.socket} user=tregua dbname={database}"
        return psycopg.connect(address, autocommit=True)

    def _make(self) -> None:
        for path in (self.folder, self.socket):
            self._give(path)
        words = "-U tregua --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions"
        self._run("initdb", *words.split())

    def _run(self, program: str, *words: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *words]
        # initdb and the server refuse to run as root.
        user = "postgres" if os.geteuid() == 0 else None
        subprocess.run(
            command,
            check=True,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _version(programs: Path) -> int:
    return int(programs.parent.name)


@contextlib.contextmanager
def a_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    server = Postgres(durable=durable)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _postgres_of_the_session() -> Iterator[Postgres]:
    with a_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(_postgres_of_the_session: Postgres) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    with _postgres_of_the_session.fresh_database() as url:
        yield url


@pytest.fixture
def durable_postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this test's own that keeps what it has committed, whatever happens to it."""
    with a_postgres(durable=True) as server:
        yield server
