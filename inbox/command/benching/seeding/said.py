"""The messages of a made shop, and their words."""

from cases.mail import Origin
from cases.message import Direction
from cases.words.tables import NAME
from inbox.command.benching.seeding.plan import THEIRS, subject
from inbox.command.benching.seeding.prose import LANGUAGES, TEXTS
from inbox.command.benching.seeding.sql import Of, Sql, chance, either, literal

_OURS = literal("help@shop.example")
_FILE = literal([{"part": 1, "name": "foto.jpg", "type": "image/jpeg", "size": 48213}])
_NUMBER = "(c.first + k.id)"
_TEXT = f"({chance(_NUMBER, Of.TEXT, TEXTS // 2)}) * 2 + c.spoken"
# The first message is the customer's, and half of the others.
_IS_IN = f"(k.id = 0 OR {chance(_NUMBER, Of.WAY, 100)} < 48)"


def source(sql: Sql) -> str:
    """One line for each message."""
    each = "bench_case c JOIN bench_number k ON k.id < c.many"
    if sql.postgresql:
        each = "bench_case c CROSS JOIN LATERAL generate_series(0, c.many - 1) AS k(id)"
    return f"{each} JOIN {THEIRS} JOIN bench_text t ON t.id = {_TEXT}"


def message(sql: Sql) -> dict[str, str]:
    """The columns of a message."""
    at = sql.ago("c.age - k.id * c.step")
    with_file = f"{chance(_NUMBER, Of.FILE, 25)} = 0"
    return {
        "id": _NUMBER,
        "case_id": "c.id",
        "subject": subject(sql),
        **_between(sql),
        "rfc_id": f"{_NUMBER} || '@archive.example'",
        "likeness": sql.hashed(_NUMBER),
        "text": f"t.text || ' ref' || {_NUMBER}",
        "new_text": "t.text",
        "attachments": sql.as_json(either(with_file, _FILE, "'[]'")),
        "sent_at": at,
        "arrived_at": at,
        "rule": "'bench'",
        "to_tag": _IS_IN,
        "tagged_at": either(_IS_IN, at, "NULL"),
        "language": sql.one_of(LANGUAGES, "c.spoken"),
    }


def _between(sql: Sql) -> dict[str, str]:
    """Whose it is, and to whom it went."""
    seldom = f"{chance(_NUMBER, Of.WAY, 100)} >= 93"
    ours = either(seldom, literal(Direction.NOTE.value), literal(Direction.OUT.value))
    to = either(_IS_IN, _OURS, "i.value")
    return {
        "direction": either(_IS_IN, literal(Direction.IN.value), ours),
        "origin": either(_IS_IN, literal(Origin.CUSTOMER.value), literal(Origin.AGENT.value)),
        "sender": either(_IS_IN, "i.value", _OURS),
        "to": sql.as_json(f"""'["' || {to} || '"]'"""),
        "by": either(_IS_IN, "''", "'agent@shop.example'"),
    }


def mention(sql: Sql) -> dict[str, str]:
    """A note that names a colleague."""
    return {
        "agent_id": "c.owner_id",
        "case_id": "c.id",
        "message_id": "c.first",
        "at": sql.ago("c.age"),
        "seen_at": either("c.is_open", "NULL", sql.ago("c.age")),
    }


def words(sql: Sql) -> str:
    """The words of all messages, on PostgreSQL: those of a text are made once."""
    sender, to = either(_IS_IN, "i.value", _OURS), either(_IS_IN, _OURS, "i.value")
    parts = (
        _weighed(f"translate({subject(sql)}, 'ó', 'o')", "A"),
        _weighed(f"translate({sender}, '.@', '  ')", "B"),
        _weighed(f"translate({to}, '.@', '  ')", "C"),
        f"t.words || to_tsvector('simple', 'ref' || {_NUMBER})",
    )
    made = " || ".join(parts)
    return f"INSERT INTO {NAME} (message_id, words) SELECT {_NUMBER}, {made} FROM {source(sql)}"  # noqa: S608


def _weighed(text: str, weight: str) -> str:
    return f"setweight(to_tsvector('simple', {text}), '{weight}')"
