"""The complaint tree that all channels share, read once from taxonomy.toml."""

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
    exclusion_weight: float

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


def leaf(code: str) -> Leaf:
    return taxonomy().leaves[taxonomy().resolve(code)]


def leaves() -> tuple[Leaf, ...]:
    """All leaves, in the order of the file."""
    return tuple(taxonomy().leaves.values())


def codes() -> tuple[str, ...]:
    return tuple(taxonomy().leaves)


def parents() -> tuple[Parent, ...]:
    return tuple(taxonomy().parents.values())


def ancestors(code: str) -> tuple[Parent, ...]:
    """The branches above a leaf, nearest first."""
    return (taxonomy().parents[leaf(code).parent],)


def version() -> str:
    return taxonomy().version


@cache
def taxonomy() -> Taxonomy:
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
