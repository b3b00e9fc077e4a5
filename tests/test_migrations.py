"""The migrations make exactly the tables of the models, on both databases."""

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from cases.db import Base, engine
from cases.words import tables
from inbox import revision, schema
from tests.databases import forget, settle_in

OPTIONS = {"compare_type": True, "include_name": tables.is_ours}


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> None:
    """An installation without tables."""
    settle_in(monkeypatch, database_url, tmp_path)


@pytest.mark.usefixtures("empty")
def test_models_equal_migrations() -> None:
    schema.upgrade()
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, Base.metadata) == []
    assert revision.is_current()
    with engine().connect() as again:
        # What follows the migrations is kept as they are.
        assert inspect(again).has_table(tables.NAME)
    forget()


@pytest.mark.usefixtures("empty")
def test_an_upgrade_can_be_taken_back_and_made_again() -> None:
    schema.upgrade()
    command.downgrade(schema.config(), "base")
    assert not revision.is_current()
    schema.upgrade()
    assert revision.is_current()
    forget()


def test_the_migrations_know_every_table_of_the_code() -> None:
    root = Path(__file__).parents[1]
    said = {
        name
        for package in ("inbox", "bot", "cases", "classifiers")
        for path in (root / package).rglob("*.py")
        for name in re.findall(r'__tablename__ = "(\w+)"', path.read_text())
    }
    made = set(re.findall(r'op\.create_table\(\s*"(\w+)"', _migrations()))
    assert said == made


def _migrations() -> str:
    return "".join(path.read_text() for path in (revision.folder() / "versions").glob("*.py"))


def test_migrations_are_numbered_in_a_row() -> None:
    names = sorted(path.name for path in (revision.folder() / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]


def test_the_version_in_the_names_of_the_files_is_the_one_alembic_knows():
    known = ScriptDirectory.from_config(schema.config()).get_current_head()
    assert revision.newest() == known
