"""The rows of a made shop: each table as one statement over a list of its cases."""

from collections.abc import Iterator

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases.case import Case, Part, Participant
from cases.contact import Contact, Identifier, Kind
from cases.db import Base
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.rows import Exclusion
from cases.history import Event, What
from cases.mention import Mention
from cases.message import Message
from classifiers import taxonomy
from inbox.command.benching.seeding import said
from inbox.command.benching.seeding.plan import LAST, THEIRS, Shop, subject
from inbox.command.benching.seeding.prose import LANGUAGES
from inbox.command.benching.seeding.sql import Of, Sql, chance, either, insert, literal

TABLES: tuple[type[Base], ...] = (
    *(Contact, Identifier, Case, Participant, Message, Event, Exclusion, OutgoingMail, Mention),
)
"""Order is meaning: what others refer to comes first."""
_CASES = "bench_case c"
_NOBODY_CLOSED_IT = "c.is_open AND NOT c.is_waiting"


def rows(shop: Shop) -> Iterator[str]:
    """The statements that make them all."""
    sql, theirs = shop.sql, f"{_CASES} JOIN {THEIRS}"
    people = f"{sql.numbers(1, shop.contacts, 'n')} JOIN bench_name p ON p.id = {_NAME}"
    yield insert(Contact, _contact(shop), people)
    yield insert(Identifier, _identifier(), people)
    yield insert(Case, {**_case(sql), **_times(sql), **_labels(sql)}, _CASES)
    about = {"case_id": "c.id", "address": "i.value", "part": literal(Part.CUSTOMER.value)}
    yield insert(Participant, about, theirs)
    yield insert(Message, said.message(sql), said.source(sql))
    yield from _events(sql)
    yield insert(Exclusion, _exclusion(sql), f"{_CASES} WHERE c.is_open")
    yield insert(OutgoingMail, _answer(sql), f"{theirs} WHERE c.id % 3 = 0")
    yield insert(Mention, said.mention(sql), f"{_CASES} WHERE c.id % 100 = 0")


_NAME = chance("n.id", Of.NAME, 400)
_ADDRESS = "p.plain || n.id || '@mail' || (n.id % 97) || '.example'"


def _contact(shop: Shop) -> dict[str, str]:
    return {
        "id": "n.id",
        "name": "p.name",
        "language": shop.sql.one_of(LANGUAGES, "n.id % 2"),
        "vip": f"{chance('n.id', Of.NAMED, 100)} < 2",
        "created_at": shop.sql.ago(str(shop.age)),
    }


def _identifier() -> dict[str, str]:
    who = {"id": "n.id", "contact_id": "n.id", "kind": literal(Kind.ADDRESS.value)}
    return {**who, "value": _ADDRESS, "original": _ADDRESS}


def _case(sql: Sql) -> dict[str, str]:
    nobodys = f"c.is_open AND {chance('c.id', Of.ASSIGNEE, 10)} < 4"
    away = f"NOT c.is_open AND c.id > 1 AND {chance('c.id', Of.NAMED, 200)} = 0"
    return {
        "id": "c.id",
        "subject": subject(sql),
        "contact_id": "c.contact_id",
        "mailbox_id": "c.mailbox_id",
        "state": either("c.is_open", either("c.is_waiting", "'waiting'", "'open'"), "'closed'"),
        "bulk": "c.is_bulk AND NOT c.is_open",
        "assignee_id": either(nobodys, "NULL", "c.owner_id"),
        "language": sql.one_of(LANGUAGES, "c.spoken"),
        "unread": f"c.is_open AND {chance('c.id', Of.TEXT, 5)} = 0",
        "snippet": "'Hice el pedido hace dos semanas y todavía no ha llegado nada.'",
        "merged_into_id": either(away, "c.id - 1", "NULL"),
    }


def _times(sql: Sql) -> dict[str, str]:
    opened, due = sql.ago("c.age"), sql.ago(f"36000 - {chance('c.id', Of.DUE, 12000)} * 60")
    is_snoozed = f"c.is_open AND {chance('c.id', Of.SNOOZED, 20)} = 0"
    is_late = f"{chance('c.id', Of.DUE, 25)} = 0"
    return {
        "opened_at": opened,
        "closed_at": either("c.is_open", "NULL", sql.ago(LAST)),
        "last_at": sql.ago(LAST),
        "waiting_since": either(_NOBODY_CLOSED_IT, opened, "NULL"),
        "answered_at": either("c.many > 1", sql.ago("c.age - c.step"), "NULL"),
        "due_at": either(_NOBODY_CLOSED_IT, due, "NULL"),
        "answer_due_at": either(_NOBODY_CLOSED_IT, due, "NULL"),
        "breached_at": either(is_late, opened, "NULL"),
        "snoozed_at": either(is_snoozed, sql.ago("c.age / 2"), "NULL"),
        "snoozed_until": either(is_snoozed, sql.ago("-c.age"), "NULL"),
    }


def _labels(sql: Sql) -> dict[str, str]:
    types = [leaf.code for leaf in taxonomy.leaves()]
    moods = ("negative", "negative", "neutral", "positive")
    return {
        "type": sql.any_of(types, "c.id", Of.TYPE),
        "complaint": f"{chance('c.id', Of.MOOD, 10)} < 6",
        "sentiment": sql.any_of(moods, "c.id", Of.MOOD),
        "anger": f"{chance('c.id', Of.MOOD, 200)} / 100.0",
        "urgency": f"{chance('c.id', Of.WAY, 200)} / 100.0",
        "needs_review": f"{chance('c.id', Of.TYPE, 100)} < 3",
    }


def _events(sql: Sql) -> Iterator[str]:
    for what, age, which in (
        (What.OPENED, "c.age", "TRUE"),
        (What.MESSAGE_RECEIVED, "c.age", "TRUE"),
        (What.ANSWERED, "c.age - c.step", "c.many > 1"),
        (What.CLOSED, LAST, "NOT c.is_open"),
    ):
        at = sql.ago(age)
        told = {"case_id": "c.id", "what": literal(what.value), "at": at, "noticed_at": at}
        yield insert(Event, told, f"{_CASES} WHERE {which}")


def _exclusion(sql: Sql) -> dict[str, str]:
    return {
        "contact_id": "c.contact_id",
        "case_id": "c.id",
        "reason": literal(Reason.OPEN_CASE.value),
        "severity": literal(Severity.HARD.value),
        "starts_at": sql.ago("c.age"),
        "origin": "'case'",
        "created_at": sql.ago("c.age"),
    }


def _answer(sql: Sql) -> dict[str, str]:
    return {
        "case_id": "c.id",
        "key": "'acknowledgement:' || c.id",
        "automatic": "TRUE",
        "rule": "'acknowledge'",
        "sender": "''",
        "recipient": "i.value",
        "domain": "'mail.example'",
        "rfc_id": "'a' || c.id || '@archive.example'",
        "content": "''",
        "state": literal(Sent.ACCEPTED.value),
        "queued_at": sql.ago("c.age"),
        "due_at": sql.ago("c.age"),
    }
