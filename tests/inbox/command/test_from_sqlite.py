"""Who began on one machine takes everything along to PostgreSQL, and goes on there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import inspect, select, text

import inbox.app  # noqa: F401  knows all tables that pages and programs need
from bot import signs
from cases import Contact, Mailbox, audit, clock, db
from cases.db import Base, another, engine, reading, transaction
from cases.mail import Origin
from cases.message import Direction, Message
from cases.reporting.watching import WATCHES
from inbox import schema
from inbox.command import tregua
from tests.databases import settle_in
from tests.seeding import seed

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, doorbell: str) -> Iterator[Path]:
    """A shop's week in SQLite, with a name that an earlier version let in."""
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TREGUA_REDIS_URL", doorbell)
        settle_in(patch, f"sqlite:///{folder / 'tregua.db'}", folder)
        schema.upgrade()
        seed()
        with transaction() as session:
            session.scalars(select(Contact)).first().name = "Zero\0byte"  # type: ignore[union-attr]
        db.let_go()
        yield folder / "tregua.db"


@pytest.fixture
def file(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> Path:
    """A copy of that shop; the settings name an empty PostgreSQL database."""
    settle_in(monkeypatch, postgres_url, tmp_path)
    return Path(shutil.copy(shop, tmp_path / "tregua.db"))


def moved(file: Path) -> Result:
    return CliRunner().invoke(tregua, ["from-sqlite", str(file)])


def test_every_row_is_there_as_it_was(file: Path) -> None:
    outcome = moved(file)
    assert outcome.exit_code == 0, outcome.output
    with another(f"sqlite:///{file}") as old, engine().connect() as new:
        filled = 0
        for table in Base.metadata.sorted_tables:
            rows = [sorted(map(repr, one.execute(select(table)))) for one in (old, new)]
            filled += bool(rows[0])
            if table.name == "contact":
                rows[0] = sorted(one.replace("\\x00", "") for one in rows[0])
            if table.name == "audit":
                rows[1] = rows[1][:-1]
            assert rows[0] == rows[1], table.name
    assert filled > 20


def test_work_goes_on_there(file: Path) -> None:
    moved(file)
    with transaction() as session:
        assert audit.broken(session) is None
        last = max(session.scalars(select(Message.id)))
        case_id = session.scalars(
            select(Message.case_id).where(Message.case_id.is_not(None))
        ).first()
        told = {"case_id": case_id, "direction": Direction.IN, "origin": Origin.CUSTOMER}
        new = Message(**told, text="¿Y ahora?", arrived_at=clock.now())
        session.add(new)
        session.flush()
        assert new.id > last
    with engine().connect() as connection:
        waiting = connection.scalar(text("SELECT count(*) FROM message_words_wanted"))
        assert waiting == connection.scalar(text("SELECT count(*) FROM message"))
        watched = text(
            "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgname = ANY(:n)"
        )
        names = [watch.name for watch in WATCHES]
        assert connection.scalar(watched, {"n": names}) == len(set(names))
        late = text("SELECT count(*) FROM pg_constraint WHERE condeferrable")
        assert connection.scalar(late) == 0


def test_nothing_in_use_is_written_over(file: Path) -> None:
    assert moved(file).exit_code == 0
    again = moved(file)
    assert again.exit_code == 1
    assert "in use already" in again.output


def test_a_file_that_somebody_works_on_is_left_alone(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    settle_in(monkeypatch, f"sqlite:///{file}", tmp_path)
    with transaction() as session:
        signs.give(session, "file", clock.now())
    settle_in(monkeypatch, postgres_url, tmp_path)
    assert "Somebody works on this file" in moved(file).output
    with reading() as session:
        assert session.scalars(select(Mailbox)).first() is None


def test_a_file_of_another_version_and_another_database_are_refused(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.db").touch()
    assert "not those of this version" in moved(tmp_path / "other.db").output
    settle_in(monkeypatch, f"sqlite:///{tmp_path / 'third.db'}", tmp_path)
    assert "no PostgreSQL database" in moved(file).output
    assert not inspect(engine()).get_table_names()
