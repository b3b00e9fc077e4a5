"""The invented shop as it is written down: its people, and the steps of its day."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from cases.mail import Address

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Step:
    """A mail that somebody sends, or what an agent does in the inbox (then `agent` is set)."""

    id: str
    sender: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    charset: str = "utf-8"
    attachments: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    trust: str = "pass"
    envelope: str | None = None
    """Envelope sender; None is the From address."""
    follows: str = ""
    answers: str = ""
    reads: str = ""
    agent: str = ""
    case: str = ""
    close: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody of the shop who may sign in."""

    key: str
    address: str
    name: str
    role: str
    language: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready answer of the shop, in both languages."""

    name: str
    es: str
    en: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who appears."""

    shop: Address
    trusted: str
    bounces: tuple[str, ...]
    staff: tuple[Staff, ...]
    customers: Mapping[str, Address]
    strangers: Mapping[str, Address]
    ready: tuple[Ready, ...]

    def address(self, key: str) -> Address:
        """The person behind a key of the script."""
        colleagues = {one.key: Address(one.address, one.name) for one in self.staff}
        return {**self.strangers, **self.customers, **colleagues}[key]


@cache
def cast() -> Cast:
    """Who is who, as people.toml says."""
    said = _read("people.toml")
    shop = said["shop"]
    return Cast(
        shop=Address(shop["address"], shop["name"]),
        trusted=shop["trusted"],
        bounces=tuple(shop["bounces"]),
        staff=tuple(Staff(key, **values) for key, values in said["agents"].items()),
        customers={key: _named(value) for key, value in said["customers"].items()},
        strangers={key: _named(value) for key, value in said["strangers"].items()},
        ready=tuple(Ready(**one) for one in said["ready"]),
    )


def _named(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(address, name)


@cache
def day() -> tuple[Step, ...]:
    """The steps of the day, in their order."""
    return tuple(_step(table) for table in _read("day.toml")["step"])


def _step(table: dict[str, Any]) -> Step:
    said = dict(table)
    sender = said.pop("from", "") or said.pop("from_agent", "")
    attachments = tuple(said.pop("attachments", ()))
    for part in ("text", "html"):
        said[part] = said.get(part, "").strip("\n")
    return Step(sender=sender, attachments=attachments, **said)


def step(key: str) -> Step:
    """The step of that name."""
    return next(one for one in day() if one.id == key)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((folder() / name).read_text("utf-8"))


def folder() -> Path:
    """Where the script lies: beside the packages, or inside the installed one."""
    beside = _HERE.parents[2] / "templates" / "demo"
    return beside if beside.exists() else _HERE.parents[1] / "templates" / "demo"
