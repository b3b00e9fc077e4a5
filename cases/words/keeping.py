"""The words of new messages, on PostgreSQL: taken a batch at a time, whoever wrote them."""

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from cases.db import transaction
from cases.words.folding import spaced
from cases.words.tables import NAME, WANTED

BATCH = 300
LONGEST = 50_000
"""A tsvector holds a megabyte at most."""

# Nothing in these texts comes from outside: names of our tables.
_TAKE = text(
    f"WITH taken AS (DELETE FROM {WANTED} WHERE message_id IN (SELECT message_id FROM {WANTED} "  # noqa: S608
    "ORDER BY message_id LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING message_id) "
    'SELECT m.id, m.subject, m.sender, m.sender_name, m."to", m.cc, left(m.text, :longest) AS said '
    "FROM message m JOIN taken ON taken.message_id = m.id ORDER BY m.id"
)
_PUT = text(
    f"INSERT INTO {NAME} (message_id, words) VALUES (:id, "  # noqa: S608
    "setweight(to_tsvector('simple', :subject), 'A') || "
    "setweight(to_tsvector('simple', :sender), 'B') || "
    "setweight(to_tsvector('simple', :to), 'C') || to_tsvector('simple', :said)) "
    "ON CONFLICT (message_id) DO UPDATE SET words = excluded.words"
)


def keep() -> None:
    """Make the words of all messages that wait for it; SQLite has made them already."""
    while keep_some():
        pass


def keep_some() -> bool:
    """Make the words of a batch; whether more may wait."""
    with transaction() as session:
        if session.get_bind().dialect.name != "postgresql":
            return False
        return _kept(session) == BATCH


def _kept(session: Session) -> int:
    taken = session.execute(_TAKE, {"most": BATCH, "longest": LONGEST}).mappings().all()
    if taken:
        session.execute(_PUT, [_folded(row) for row in taken])
    return len(taken)


def _folded(row: RowMapping) -> dict[str, object]:
    return {
        "id": row["id"],
        "subject": spaced(row["subject"]),
        "sender": spaced(f"{row['sender']} {row['sender_name']}"),
        "to": spaced(" ".join((*row["to"], *row["cc"]))),
        "said": spaced(row["said"]),
    }
