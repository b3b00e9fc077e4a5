"""Whom a program asks about: an address, a phone, a customer number, or a keyed hash of one."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.contact import Kind, normalised
from cases.exclusions.feed import Head
from cases.exclusions.rows import FeedChange, FeedEntry
from inbox.api.problems import N_, Problem
from inbox.api.seeing import Form, View

LONGEST = 320
TOKENS_REMEMBERED = 4
# Most addresses are written as they are matched, and a million of them come at once.
PLAIN = r"[a-z0-9._+-]{1,64}+@[a-z0-9.-]{1,253}+"
_PLAIN = re.compile(PLAIN)
_PHONE = re.compile(r"\+?[0-9]{5,15}")
Name = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Named:
    """One identifier as it is matched; or its hash, which is found among the held ones alone."""

    kind: Kind
    value: str
    hashed: bool = False

    def found(self, session: Session, view: View, head: Head) -> Name | None:
        """The identifier it means; None for a hash of nobody that is held."""
        if not self.hashed:
            return self.kind, self.value
        return hashes.find(session, view, head, self.value)


def named(
    address: str | None, phone: str | None, customer_id: str | None, digest: str | None
) -> Named:
    """Whom the question names; raises Problem unless it is exactly one person."""
    said = [one for one in (address, phone, customer_id, digest) if one is not None]
    if len(said) != 1:
        raise Problem(
            422, "name-one", N_("Name one of address, phone, customer_id and hash, and only one.")
        )
    for kind, value in all_named(address, phone, customer_id):
        return Named(kind, value)
    return Named(Kind.ADDRESS, said[0], hashed=True)


def all_named(address: str | None, phone: str | None, customer_id: str | None) -> list[Name]:
    """By what somebody is known, as it is matched; raises Problem."""
    said = ((Kind.ADDRESS, address), (Kind.PHONE, phone), (Kind.CUSTOMER_ID, customer_id))
    return [(kind, READERS[kind](one)) for kind, one in said if one is not None]


def an_address(text: str) -> str:
    """The address as it is matched; raises Problem if it is none."""
    if _PLAIN.fullmatch(text):
        return text
    value = normalised(text)
    local, at, domain = value.rpartition("@")
    if (
        not (local and at and domain)
        or len(value) > LONGEST
        or not value.isprintable()
        or " " in value
    ):
        raise Problem(422, "invalid-address", N_("This is no e-mail address."))
    return value


def a_phone(text: str) -> str:
    """The number in E.164, without what people write between its digits."""
    value = re.sub(r"[\s().-]", "", text[:100])
    if not _PHONE.fullmatch(value):
        raise Problem(
            422, "invalid-phone", N_("Write the number with its country, as +34600111222.")
        )
    return value


def a_customer_id(text: str) -> str:
    """The customer number as the shop writes it."""
    value = text.strip()
    if not value or len(value) > LONGEST or not value.isprintable():
        raise Problem(422, "invalid-customer-id", N_("This is no customer number."))
    return value


READERS: dict[Kind, Callable[[str], str]] = {
    Kind.ADDRESS: an_address,
    Kind.PHONE: a_phone,
    Kind.CUSTOMER_ID: a_customer_id,
}


class Hashes:
    """Keyed hashes of the held identifiers, per key, kept up to the newest seq in memory.

    They cannot be stored with the identifiers: each consumer has a key of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[str, int, dict[str, Name]]] = OrderedDict()

    def find(self, session: Session, view: View, head: Head, digest: str) -> Name | None:
        """The held identifier with that hash, as of that head."""
        keyed = View(view.question, Form.HMAC, view.groups, view.reasons, view.key)
        with self._lock:
            epoch, seq, names = self._known.get(view.key, ("", 0, {}))
            if epoch != head.epoch or seq < head.pruned:
                names = {keyed.name(value): (kind, value) for kind, value in _held(session)}
            else:
                names |= {keyed.name(value): (kind, value) for kind, value in _since(session, seq)}
            self._known[view.key] = (head.epoch, head.seq, names)
            self._known.move_to_end(view.key)
            while len(self._known) > TOKENS_REMEMBERED:
                self._known.popitem(last=False)
            return names.get(digest)


def _held(session: Session) -> list[Name]:
    return list(session.execute(select(FeedEntry.kind, FeedEntry.value)))


def _since(session: Session, seq: int) -> list[Name]:
    rows = select(FeedChange.kind, FeedChange.value).where(FeedChange.seq > seq)
    return list(session.execute(rows))


hashes = Hashes()
