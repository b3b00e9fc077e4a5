"""From the shipped tree and the changes made since to the tree of today. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Any, Protocol

from classifiers.taxonomy import Leaf, Parent, Taxonomy

LANGUAGES = ("es", "en")


class Kind(StrEnum):
    """What an admin did to a leaf, or to a branch."""

    ADDED = "added"
    EDITED = "edited"
    MERGED = "merged"
    RETIRED = "retired"
    RESTORED = "restored"
    BRANCHED = "branched"
    """A branch was added, or got other names."""


class Change(Protocol):
    """One thing an admin did, in the order of its number."""

    id: Any
    what: Any
    code: Any
    said: Any


def grown(seed: Taxonomy, changes: Iterable[Change]) -> Taxonomy:
    """The tree after all those changes; its version names the last of them."""
    parents, leaves, aliases = dict(seed.parents), dict(seed.leaves), dict(seed.aliases)
    last = 0
    for change in changes:
        last = change.id
        match change.what:
            case Kind.ADDED | Kind.EDITED:
                old = leaves.get(change.code)
                retired = old is not None and old.retired
                leaves[change.code] = replace(
                    leaf_of(change.code, change.said["now"]), retired=retired
                )
            case Kind.BRANCHED:
                parents[change.code] = Parent(change.code, change.said["now"]["labels"])
            case Kind.MERGED:
                leaves.pop(change.code, None)
                aliases[change.code] = change.said["into"]
            case Kind.RETIRED | Kind.RESTORED if change.code in leaves:
                retired = change.what is Kind.RETIRED
                leaves[change.code] = replace(leaves[change.code], retired=retired)
    version = f"{seed.version}.{last}" if last else seed.version
    return Taxonomy(version, parents, leaves, aliases)


def leaf_of(code: str, content: Mapping[str, Any]) -> Leaf:
    """A leaf from what a row keeps of it."""
    examples = {language: tuple(texts) for language, texts in content["examples"].items()}
    kept = {name: value for name, value in content.items() if name != "exclusion_weight"}
    # Rows of the first versions said in a weight what is said in one word now.
    kept.setdefault("soft", content.get("exclusion_weight") == 0.0)
    return Leaf(code, **{**kept, "examples": examples})


def content_of(leaf: Leaf) -> dict[str, Any]:
    """What a row keeps of a leaf."""
    kept = asdict(leaf)
    examples = {language: list(texts) for language, texts in leaf.examples.items()}
    del kept["code"], kept["retired"]
    return {**kept, "examples": examples}
