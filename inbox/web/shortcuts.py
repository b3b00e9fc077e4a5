"""The keys of the pages: what each does, which may be changed, and which somebody chose instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.agent import Agent
from cases.language import gettext as _

AFTER_CLOSE = ("next", "list", "stay")
LEADS = {
    "/inbox/unassigned": "g i",
    "/inbox/mine": "g m",
    "/inbox/mentioned": "g n",
    "/inbox/snoozed": "g z",
    "/inbox/risk": "g s",
    "/inbox/all": "g a",
    "/inbox/closed": "g c",
    "/inbox/bulk": "g b",
    "/contacts": "g p",
    "/exclusions": "g x",
    "/console": "g k",
    "/failures": "g f",
    "/reports": "g r",
    "/admin": "g u",
}
"""Pages that two keys lead to from everywhere."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One key, or several in a row, and what they do; `key` is how it is shipped."""

    key: str
    says: str
    fixed: bool = False
    """Cannot be changed: it is two keys, or not a letter."""


def all_of_them() -> tuple[tuple[str, tuple[Shortcut, ...]], ...]:
    """Every shortcut, in groups with a title."""
    return (
        (_("In a list"), _of_lists()),
        (_("In a case"), _of_cases()),
        (_("While writing"), _of_writing()),
        (_("Everywhere"), _everywhere()),
    )


def _of_lists() -> tuple[Shortcut, ...]:
    return (
        Shortcut("j", _("next case")),
        Shortcut("k", _("previous case")),
        Shortcut("o", _("open the case and go to it")),
        Shortcut("x", _("select the case")),
        Shortcut("J", _("select and go down")),
        Shortcut("K", _("select and go up")),
        Shortcut("* a", _("select all that are shown"), fixed=True),
        Shortcut("* n", _("select none"), fixed=True),
    )


def _of_cases() -> tuple[Shortcut, ...]:
    return (
        Shortcut("u", _("back to the list")),
        Shortcut("[", _("next case of the list, while reading")),
        Shortcut("]", _("previous case of the list, while reading")),
        Shortcut("n", _("next message")),
        Shortcut("p", _("previous message")),
        Shortcut("r", _("write an answer")),
        Shortcut("a", _("answer everybody")),
        Shortcut("f", _("pass it on")),
        Shortcut("i", _("write a note")),
        Shortcut("m", _("ready answers")),
        Shortcut("e", _("close the case")),
        Shortcut("E", _("open the case again")),
        Shortcut("U", _("mark it as unread")),
        Shortcut("w", _("assign it to me")),
        Shortcut("W", _("assign it to somebody")),
        Shortcut("s", _("lay the case aside")),
        Shortcut("t", _("change what it is about")),
        Shortcut("y", _("change how the customer sounds")),
        Shortcut("l", _("put tags on it or take them off")),
        Shortcut("v", _("merge with another case")),
        Shortcut("b", _("see or end the truce")),
        Shortcut("!", _("this is spam")),
        Shortcut(".", _("copy the number of the case")),
        Shortcut("P", _("print")),
    )


def _of_writing() -> tuple[Shortcut, ...]:
    return (
        Shortcut("Ctrl Enter", _("send"), fixed=True),
        Shortcut("Ctrl Shift Enter", _("send and close"), fixed=True),
        Shortcut("Esc", _("leave the box; your text is kept"), fixed=True),
    )


def _everywhere() -> tuple[Shortcut, ...]:
    return (
        Shortcut("Ctrl K", _("all commands"), fixed=True),
        Shortcut("/", _("search")),
        Shortcut("c", _("write to somebody")),
        Shortcut("z", _("undo what was just done")),
        Shortcut("?", _("this help")),
        Shortcut("g i", _("unassigned"), fixed=True),
        Shortcut("g m", _("my cases"), fixed=True),
        Shortcut("g n", _("cases that mention me"), fixed=True),
        Shortcut("g z", _("what is laid aside"), fixed=True),
        Shortcut("g s", _("deadlines at risk"), fixed=True),
        Shortcut("g a", _("all open cases"), fixed=True),
        Shortcut("g c", _("closed cases"), fixed=True),
        Shortcut("g p", _("customers"), fixed=True),
        Shortcut("g x", _("people on truce"), fixed=True),
        Shortcut("g f", _("mails that could not be read or sent"), fixed=True),
        Shortcut("g r", _("reports"), fixed=True),
        Shortcut("g u", _("settings"), fixed=True),
    )


def changeable() -> tuple[Shortcut, ...]:
    """Those for which somebody may choose another key."""
    return tuple(one for _title, group in all_of_them() for one in group if not one.fixed)


class Clash(Exception):
    """Two shortcuts would have the same key, or one has none that can be pressed."""


def chosen(wanted: Mapping[str, str]) -> dict[str, str]:
    """What differs from the keys as shipped. Raises Clash with the key that is to blame."""
    keys = {one.key: wanted.get(one.key, one.key).strip() or one.key for one in changeable()}
    for key in keys.values():
        if len(key) != 1 or not key.isprintable() or key in ("g", "*"):
            raise Clash(key)
        if list(keys.values()).count(key) > 1:
            raise Clash(key)
    return {shipped: key for shipped, key in keys.items() if key != shipped}


def key_of(agent: Agent | None, shipped: str) -> str:
    """The key as that person has it."""
    return str(agent.keys.get(shipped, shipped)) if agent is not None else shipped
