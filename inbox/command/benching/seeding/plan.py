"""What is decided of each case of a made shop, before any row of it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.command.benching.seeding.prose import LANGUAGES, LENGTHS, SUBJECTS
from inbox.command.benching.seeding.sql import Of, Sql, chance, either

APART = 60
"""Seconds between two new cases."""
LAST = "c.age - (c.many - 1) * c.step"
"""How long ago the last message of a case was written."""
THEIRS = "identifier i ON i.id = c.contact_id"
_MOST = 1_048_576


@dataclass(frozen=True, slots=True)
class Shop:
    """How large it is, and who works there."""

    sql: Sql
    cases: int
    mailboxes: Sequence[int]
    agents: Sequence[int]

    @property
    def contacts(self) -> int:
        return min(self.cases // 3 + 1, _MOST)

    @property
    def age(self) -> int:
        """Seconds since it opened."""
        return self.cases * APART

    def plan(self) -> str:
        """The list of cases that all other statements go by."""
        age = f"(({self.cases} - n.id) * {APART} + 30)"
        columns = {
            "id": "n.id",
            "many": "l.many",
            "first": "CAST(sum(l.many) OVER (ORDER BY n.id) - l.many + 1 AS bigint)",
            "age": age,
            # Nothing is written after the end.
            "step": self.sql.least("7200", f"{age} / (l.many + 1)"),
            "contact_id": self._contact(),
            "is_open": self._is_open(),
            "is_waiting": f"{chance('n.id', Of.WAITING, 10)} < 2",
            "is_bulk": f"{chance('n.id', Of.KIND, 100)} < 6",
            "spoken": chance("n.id", Of.LANGUAGE, 2),
            "mailbox_id": self.sql.any_of(self.mailboxes, "n.id", Of.MAILBOX),
            "owner_id": self.sql.any_of(self.agents, "n.id", Of.OWNER),
        }
        named = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
        lengths = f"bench_length l ON l.id = {chance('n.id', Of.LENGTH, LENGTHS)}"
        source = f"{self.sql.numbers(1, self.cases, 'n')} JOIN {lengths}"
        return f"CREATE TABLE bench_case AS SELECT {named} FROM {source}"  # noqa: S608  ours

    def _contact(self) -> str:
        """Most people write now and then; a few write again and again."""
        few = chance("n.id", Of.CONTACT, self.contacts // 200 + 1)
        anybody = chance("n.id", Of.CONTACT, self.contacts)
        again = f"{chance('n.id', Of.AGAIN, 100)} < 5"
        return f"1 + {either(again, few, anybody)}"

    def _is_open(self) -> str:
        """Two in a hundred are open: most of those that came last, and some that were left over."""
        some = chance("n.id", Of.OPEN, 1000)
        return either(f"n.id > {self.cases * 97 // 100}", f"{some} < 600", f"{some} < 2")


def subject(sql: Sql) -> str:
    """The subject of a case and of its mails."""
    es, en = (sql.any_of(SUBJECTS[language], "c.id", Of.SUBJECT) for language in LANGUAGES)
    return f"{either('c.spoken = 0', es, en)} || ' ' || c.id"
