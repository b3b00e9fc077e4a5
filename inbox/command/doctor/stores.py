"""Secret, database, Redis and the workers behind it."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from bot import queues
from bot.settings import settings as bot_settings
from cases.agent import Agent, Role
from cases.db import engine, reading
from cases.language import gettext as _
from cases.settings import BadSetting, settings
from inbox import revision
from inbox.command.doctor.found import Found, good, surprised, unknown, wrong

OTHERS = 0o077


def secret() -> Iterator[Found]:
    part = _("secret")
    chosen = settings()
    try:
        length = len(chosen.secret())
    except (OSError, BadSetting) as failure:
        yield surprised(part, failure, _("Make the folder {folder} writable.", folder=chosen.data))
        return
    file = chosen.data / "secret.key"
    if length < 16:
        yield wrong(part, _("it is too short"), _("Set TREGUA_SECRET_KEY to 32 random characters."))
    elif not chosen.secret_key.get_secret_value() and file.stat().st_mode & OTHERS:
        yield wrong(part, _("others may read {file}", file=file), f"chmod 600 {file}")
    else:
        yield good(part, _("is there"))


def database() -> Iterator[Found]:
    part = _("database")
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT 1"))
        current = revision.is_current()
    except SQLAlchemyError as failure:
        yield surprised(part, failure, _("Start the database, or check TREGUA_DATABASE_URL."))
        return
    if not current:
        said = _("its tables are not those of this version")
        yield wrong(part, said, _("Run: tregua init"))
        return
    yield _own_file(part)
    yield _people()


def _own_file(part: str) -> Found:
    """Customers' mail lies in SQLite's file, which others on the machine may not read."""
    name = engine().url.database or ""
    if engine().dialect.name != "sqlite" or not (file := Path(name)).is_file():
        return good(part, engine().dialect.name)
    # What stands in the folder cannot be reached where the folder is closed.
    if file.stat().st_mode & OTHERS and file.parent.stat().st_mode & OTHERS:
        return wrong(part, _("others may read {file}", file=file), f"chmod 700 {file.parent}")
    return good(part, engine().dialect.name)


def _people() -> Found:
    part = _("people")
    with reading() as session:
        found = session.scalars(select(Agent.role).where(Agent.active)).all()
    if Role.ADMIN in found:
        return good(part, _("{n} may sign in", n=len(found)))
    return wrong(
        part,
        _("nobody may administrate"),
        _("Run: tregua user add you@example.com --role admin"),
    )


def redis() -> Iterator[Found]:
    part = "Redis"
    if "redis_url" not in bot_settings().model_fields_set:
        yield good(part, _("`tregua up` brings its own"))
    elif queues.depth(queues.FILE) is None:
        advice = _("Start Redis, or check TREGUA_REDIS_URL. Nothing is lost meanwhile.")
        yield wrong(part, _("does not answer"), advice)
    else:
        yield good(part, _("it answers"))


def workers() -> Iterator[Found]:
    if "redis_url" not in bot_settings().model_fields_set:
        return
    for name in queues.QUEUES:
        part = _("worker {name}", name=name)
        number = queues.workers(name)
        if number:
            yield good(part, _("runs"))
        else:
            advice = _("Run: tregua up, or: tregua work {name}", name=name)
            yield unknown(part, _("is not running"), advice)
