"""What an admin may do to the tree: add a branch; add, edit, merge, retire and restore a leaf."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cases import audit
from cases.db import afterwards
from cases.taxonomy import following
from cases.taxonomy.growing import LANGUAGES, Kind, content_of
from cases.taxonomy.rows import TaxonomyChange, tree
from classifiers.taxonomy import Leaf, NoSuchLeaf, Taxonomy

TAXONOMY = "taxonomy"
"""The lock under which the tree is changed: two admins never make the same code."""
# The classifiers and the exclusions speak of these by name.
INDISPENSABLE = frozenset({"other.other", "feedback.praise", "info.question", "info.document"})
LONGEST = 300
MOST_EXAMPLES = 20
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


class Indispensable(Exception):
    """The program itself speaks of this leaf, so it can be renamed, and no more than that."""


class NotInUse(Exception):
    """The leaf is retired or merged, so nothing can be merged into it."""


class BadLeaf(ValueError):
    """A leaf or a branch lacks its name in one of the languages."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A leaf as an admin wants it."""

    labels: Mapping[str, str]
    definition: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complaint: bool = True
    sla_hours: int = 24
    soft: bool = False


def add(session: Session, branch: str, draft: Draft, *, by: str, at: datetime) -> str:
    """A new leaf below a branch; its code, which nothing ever had. Raises BadLeaf, NoSuchLeaf."""
    now = tree(session)
    if branch not in now.parents:
        raise NoSuchLeaf(branch)
    code = _new_code(now, branch, draft)
    _write(session, Kind.ADDED, code, by, at, {"now": content_of(_leaf(code, draft))})
    return code


def add_branch(session: Session, labels: Mapping[str, str], *, by: str, at: datetime) -> str:
    """A new branch, empty so far; its code, which none ever had. Raises BadLeaf."""
    named = _named(labels)
    stem, taken = _plain(named["en"]) or "branch", tree(session).parents
    code = next(one for one in _numbered(stem, len(taken)) if one not in taken)
    _write(session, Kind.BRANCHED, code, by, at, {"now": {"labels": named}})
    return code


def edit(session: Session, code: str, draft: Draft, *, by: str, at: datetime) -> None:
    """Other names, definition or examples; the code stays. Raises BadLeaf, NoSuchLeaf."""
    was = _found(tree(session), code)
    # Languages that the form does not show are kept.
    now = _leaf(code, replace(draft, labels={**was.labels, **draft.labels}))
    if content_of(now) != content_of(was):
        said = {"now": content_of(now), "was": content_of(was)}
        _write(session, Kind.EDITED, code, by, at, said)


def merge(session: Session, code: str, into: str, *, by: str, at: datetime) -> None:
    """The leaf goes into another: its code stands for that one from now on."""
    now = tree(session)
    _dispensable(_found(now, code))
    if code == into or _found(now, into).retired:
        raise NotInUse(into)
    _write(session, Kind.MERGED, code, by, at, {"into": into})


def retire(session: Session, code: str, *, by: str, at: datetime) -> None:
    """Nobody chooses it any more; what has it keeps it."""
    if not _dispensable(_found(tree(session), code)).retired:
        _write(session, Kind.RETIRED, code, by, at, {})


def restore(session: Session, code: str, *, by: str, at: datetime) -> None:
    """It may be chosen again."""
    if _found(tree(session), code).retired:
        _write(session, Kind.RESTORED, code, by, at, {})


def _found(tree: Taxonomy, code: str) -> Leaf:
    if code not in tree.leaves:
        raise NoSuchLeaf(code)
    return tree.leaves[code]


def _dispensable(leaf: Leaf) -> Leaf:
    if leaf.code in INDISPENSABLE:
        raise Indispensable(leaf.code)
    return leaf


def _leaf(code: str, draft: Draft) -> Leaf:
    """The draft with all its texts cut to what a page can show."""
    return Leaf(
        code,
        labels=_named(draft.labels),
        definition={one: _short(draft.definition.get(one, "")) for one in LANGUAGES},
        examples={one: _several(draft.examples.get(one, ())) for one in LANGUAGES},
        complaint=draft.complaint,
        sla_hours=max(1, min(draft.sla_hours, 24 * 365)),
        soft=draft.soft,
    )


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    named = {language: _short(text) for language, text in labels.items()}
    if not all(named.get(language) for language in LANGUAGES):
        raise BadLeaf("a leaf and a branch need a name in each language")
    return named


def _short(text: str) -> str:
    return " ".join(text[: LONGEST * 2].split())[:LONGEST]


def _several(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(short for text in texts[:MOST_EXAMPLES] if (short := _short(text)))


def _new_code(tree: Taxonomy, branch: str, draft: Draft) -> str:
    """A code that no leaf has, had or was merged from."""
    stem = f"{branch}.{_plain(draft.labels.get('en', '')) or 'leaf'}"
    taken = {*tree.leaves, *tree.aliases}
    return next(code for code in _numbered(stem, len(taken)) if code not in taken)


def _plain(name: str) -> str:
    """A name as it stands in a code."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_A_LETTER.sub("_", letters).strip("_")[:40]


def _numbered(stem: str, taken: int) -> Iterator[str]:
    """The stem, and then with a number: one of them is free."""
    return (f"{stem}_{n}" if n > 1 else stem for n in range(1, taken + 2))


def _write(
    session: Session, what: Kind, code: str, by: str, at: datetime, said: dict[str, Any]
) -> None:
    session.add(TaxonomyChange(at=at, by=by, what=what, code=code, said=said))
    audit.note(session, by=by, what=f"type.{what.value}", about=code)
    session.flush()
    afterwards(session, following.follow_now)
