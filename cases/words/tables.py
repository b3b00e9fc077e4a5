"""Where the words lie: beside the messages, and never without them.

SQLite keeps its index by triggers, in the transaction that writes the message. On PostgreSQL a
trigger only notes the message's number, whoever writes it and however, and a job makes the words
soon after: so nobody who files mail waits for an index. A text that is changed or erased leaves
the index at once on both.
"""

from typing import Any

from sqlalchemy import Connection, MetaData, inspect, text

NAME = "message_words"
WANTED = "message_words_wanted"
_FTS = ("subject", "sender", "sender_name", '"to"', "cc", "text")
_CHANGED = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in ("subject", "text"))


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the migrations look after that table; these they do not know."""
    return not (kind == "table" and name is not None and name.startswith(NAME))


def follow(_metadata: MetaData, connection: Connection, **_more: Any) -> None:
    """Called after tables were made or changed: the index stands where messages do."""
    there = inspect(connection).has_table("message")
    statements = _of(connection) if there else _gone(connection)
    new = there and not inspect(connection).has_table(NAME)
    for statement in statements:
        connection.execute(text(statement))
    if new:
        connection.execute(text(_first(connection)))


def _of(connection: Connection) -> tuple[str, ...]:
    return _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE


def _gone(connection: Connection) -> tuple[str, ...]:
    tables = (f"DROP TABLE IF EXISTS {NAME}", f"DROP TABLE IF EXISTS {WANTED}")
    if connection.dialect.name == "postgresql":
        return (*tables, "DROP FUNCTION IF EXISTS tregua_words_wanted CASCADE")
    return tables[:1]


# Nothing in these texts comes from outside.
def _columns(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in _FTS)


def _first(connection: Connection) -> str:
    """The words of the messages that were there before."""
    if connection.dialect.name == "postgresql":
        return f"INSERT INTO {WANTED} SELECT id FROM message"  # noqa: S608
    return f"INSERT INTO {NAME}({NAME}) VALUES ('rebuild')"  # noqa: S608


_FORGET = (
    f"INSERT INTO {NAME}({NAME}, rowid, {', '.join(_FTS)}) "  # noqa: S608
    f"VALUES ('delete', old.id, {_columns('old')});"
)
_KEEP = f"INSERT INTO {NAME}(rowid, {', '.join(_FTS)}) VALUES (new.id, {_columns('new')});"  # noqa: S608
_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {NAME} USING fts5({', '.join(_FTS)}, content='message', "
    "content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    f"CREATE TRIGGER IF NOT EXISTS {NAME}_new AFTER INSERT ON message BEGIN {_KEEP} END",
    f"CREATE TRIGGER IF NOT EXISTS {NAME}_gone AFTER DELETE ON message BEGIN {_FORGET} END",
    f"CREATE TRIGGER IF NOT EXISTS {NAME}_changed AFTER UPDATE OF {', '.join(_FTS)} ON message "
    f"BEGIN {_FORGET} {_KEEP} END",
)
_POSTGRESQL = (
    f"CREATE TABLE IF NOT EXISTS {NAME} (message_id integer PRIMARY KEY, words tsvector NOT NULL)",
    f"CREATE INDEX IF NOT EXISTS ix_{NAME} ON {NAME} USING gin (words)",
    f"CREATE TABLE IF NOT EXISTS {WANTED} (message_id integer PRIMARY KEY)",
    f"""
    CREATE OR REPLACE FUNCTION tregua_words_wanted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO {WANTED} SELECT id FROM written ON CONFLICT DO NOTHING;
        RETURN NULL;
      END IF;
      DELETE FROM {NAME} WHERE message_id = old.id;
      IF TG_OP = 'UPDATE' THEN
        INSERT INTO {WANTED} VALUES (new.id) ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END $$""",  # noqa: S608
    f"CREATE OR REPLACE TRIGGER {NAME}_new AFTER INSERT ON message "
    "REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tregua_words_wanted()",
    f"CREATE OR REPLACE TRIGGER {NAME}_gone AFTER DELETE ON message "
    "FOR EACH ROW EXECUTE FUNCTION tregua_words_wanted()",
    f"CREATE OR REPLACE TRIGGER {NAME}_changed AFTER UPDATE OF subject, text ON message "
    f"FOR EACH ROW WHEN ({_CHANGED}) EXECUTE FUNCTION tregua_words_wanted()",
)
