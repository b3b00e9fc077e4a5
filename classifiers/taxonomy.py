"""The complaint tree that all channels share: the shipped one, or as an installation grew it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("taxonomy.toml")


class NoSuchLeaf(LookupError):
    """The taxonomy has no leaf of that code, and never had one."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A branch: the part of a code before the dot."""

    code: str
    labels: Mapping[str, str]

    def label(self, language: str) -> str:
        return self.labels.get(language, self.labels["en"])


@dataclass(frozen=True, slots=True)
class Leaf:
    """A complaint type, with what it brings along by default."""

    code: str
    labels: Mapping[str, str]
    definition: Mapping[str, str]
    examples: Mapping[str, tuple[str, ...]]
    complaint: bool
    sla_hours: int
    """Business hours that a promise for this type starts from, where an admin makes one."""
    soft: bool = False
    """An open case of this type that is no complaint may be passed over by a campaign class."""
    retired: bool = False
    """Nobody chooses it any more; what had it keeps it."""

    @property
    def parent(self) -> str:
        return self.code.partition(".")[0]

    def label(self, language: str) -> str:
        return self.labels.get(language, self.labels["en"])


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The whole tree at one version."""

    version: str
    parents: Mapping[str, Parent]
    leaves: Mapping[str, Leaf]
    aliases: Mapping[str, str]

    def resolve(self, code: str) -> str:
        """The code in use today: a merged leaf stands for the one it went into."""
        seen = set()
        while code in self.aliases and code not in seen:
            seen.add(code)
            code = self.aliases[code]
        if code not in self.leaves:
            raise NoSuchLeaf(code)
        return code

    def today(self, code: str) -> str:
        """The code in use today, or the same where the tree does not know it."""
        try:
            return self.resolve(code)
        except NoSuchLeaf:
            return code

    def standing_for(self, code: str) -> tuple[str, ...]:
        """The code and all that were merged into it."""
        return (code, *(old for old in self.aliases if self.resolve(old) == code))


def leaf(code: str) -> Leaf:
    return taxonomy().leaves[taxonomy().resolve(code)]


def leaves() -> tuple[Leaf, ...]:
    """All leaves in use, in the order of the file; then those that were added."""
    return tuple(leaf for leaf in taxonomy().leaves.values() if not leaf.retired)


def codes() -> tuple[str, ...]:
    return tuple(leaf.code for leaf in leaves())


def covers(named: str, code: str) -> bool:
    """Whether the leaf or branch that a rule names means that code today."""
    today = taxonomy().today
    wanted, found = today(named), today(code)
    return found == wanted or found.startswith(f"{wanted}.")


def holds_softly(code: str) -> bool:
    """Whether an open case of that type holds marketing back softly, where it is no complaint."""
    found = taxonomy().leaves.get(taxonomy().today(code))
    return found is not None and found.soft


def in_use(code: str) -> str | None:
    """The leaf that stands for the code today; None if it is retired. Raises NoSuchLeaf."""
    found = leaf(code)
    return None if found.retired else found.code


def folded(chances: Mapping[str, float]) -> dict[str, float]:
    """What a model said of the leaves it learned, told of the leaves that are in use today."""
    if tuple(chances) == codes():
        return dict(chances)
    told = dict.fromkeys(codes(), 0.0)
    for code, chance in chances.items():
        today = taxonomy().today(code)
        # What is said of a leaf that is retired, or of another installation's, says nothing.
        if today in told:
            told[today] += chance
    total = sum(told.values())
    return {code: chance / total for code, chance in told.items()} if total else told


def parents() -> tuple[Parent, ...]:
    return tuple(taxonomy().parents.values())


def ancestors(code: str) -> tuple[Parent, ...]:
    """The branches above a leaf, nearest first."""
    return (taxonomy().parents[leaf(code).parent],)


def version() -> str:
    return taxonomy().version


_grown: Taxonomy | None = None


def taxonomy() -> Taxonomy:
    """The tree that this process speaks of."""
    return _grown or shipped()


def use(tree: Taxonomy | None) -> None:
    """Speak of that tree from here on; of the shipped one where None is given."""
    global _grown
    _grown = tree


@cache
def shipped() -> Taxonomy:
    return parsed(tomllib.loads(SOURCE.read_text(encoding="utf-8")))


def parsed(content: Mapping[str, Any]) -> Taxonomy:
    """A taxonomy from the tables of its file."""
    return Taxonomy(
        version=content["version"],
        parents={code: Parent(code, labels) for code, labels in content["parents"].items()},
        leaves={code: _leaf(code, fields) for code, fields in content["leaves"].items()},
        aliases=dict(content["aliases"]),
    )


def _leaf(code: str, fields: Mapping[str, Any]) -> Leaf:
    examples = {language: tuple(texts) for language, texts in fields["examples"].items()}
    return Leaf(code, **{**fields, "examples": examples})
