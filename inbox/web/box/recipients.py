"""Addresses as agents type them, and whom an answer customarily goes to. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.contact import normalised
from cases.mail import Origin
from cases.message import Direction, Message

MOST, LONGEST = 50, 5_000
_BETWEEN = re.compile(r"[,;\n]+")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[^\s@<>()\",;:\\]{1,190}")


@dataclass(frozen=True, slots=True)
class Read:
    """The addresses in a field, and what is none."""

    addresses: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customary:
    """Who gets an answer when nobody says otherwise: the customer, and all whom they wrote to."""

    to: str = ""
    cc: tuple[str, ...] = ()


def read(typed: str) -> Read:
    """The addresses between commas, with or without names; each once."""
    found: list[str] = []
    wrong: list[str] = []
    for piece in filter(None, map(str.strip, _BETWEEN.split(typed[:LONGEST]))):
        address = piece.rpartition("<")[2].rstrip("> ") if piece.endswith(">") else piece
        (found if is_address(address) else wrong).append(address)
    kept = tuple(dict.fromkeys(found))
    return Read(kept[:MOST], (*wrong, *kept[MOST:]))


def is_address(text: str) -> bool:
    """Whether mail can be sent there, as far as the form tells."""
    name, dot, end = text.rpartition(".")
    return bool(_ADDRESS.fullmatch(text) and dot and len(end) > 1 and "@" in name)


def customary(address: str, messages: Iterable[Message], ours: Sequence[str]) -> Customary:
    """The customer, and besides whom their newest mail was sent to, without ourselves."""
    newest = None
    for message in messages:
        if message.direction is Direction.IN and message.origin is Origin.CUSTOMER:
            newest = message
    if newest is None:
        return Customary(address)
    known = {normalised(one) for one in (*ours, address, newest.sender)}
    others = [one for one in (*newest.to, *newest.cc) if is_address(one)]
    cc = tuple(dict.fromkeys(one for one in others if normalised(one) not in known))
    return Customary(address or newest.sender, cc[:MOST])
