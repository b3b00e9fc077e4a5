"""The complaint tree: what cases may be about, in both languages, and who changed it when."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.db import reading, transaction
from cases.taxonomy import changes, effect
from cases.taxonomy.changes import INDISPENSABLE, TAXONOMY, BadLeaf, Draft
from cases.taxonomy.growing import LANGUAGES
from cases.taxonomy.rows import TaxonomyChange, history, tree
from classifiers.taxonomy import Leaf, Taxonomy
from inbox.web import conflicts, notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.paging import Shown
from inbox.web.who import agent
from inbox.web.words import taxonomy_words

pages = Pages("taxonomy", __name__, url_prefix="/admin/taxonomy")
NEWEST = 30
LONGEST = 8_000
"""Characters of one field of a form."""


@pages.get("")
@allow(Policy.OPERATIONS)
def overview() -> Response:
    """The whole tree."""
    # A branch that was added just now is the one that its first type is for.
    new = {"branch": request.args.get("branch", "")[:LONGEST]}
    with reading() as session:
        return _overview(session, new if new["branch"] else {})


def _overview(session: Session, typed: dict[str, str], status: int = 200) -> Response:
    found = tree(session)
    by_branch = [
        (branch, [leaf for leaf in found.leaves.values() if leaf.parent == code])
        for code, branch in found.parents.items()
    ]
    return show(
        session,
        "admin/taxonomy.html",
        title=taxonomy_words.title(),
        tree=found,
        by_branch=by_branch,
        counts=effect.counts(session, found),
        changes=_changes(session),
        said=taxonomy_words.said,
        typed=typed,
        notice=notices.from_address(),
        status=status,
    )


def _changes(session: Session) -> Shown[TaxonomyChange]:
    order, at = (TaxonomyChange.id.desc(),), url_for("taxonomy.overview")
    query = select(TaxonomyChange)
    return paging.page(session, query, order, lambda row: row[0], at=at, shown=NEWEST)


@pages.post("")
@allow(Policy.ADMIN)
def add() -> AnyResponse:
    """A new leaf below a branch."""
    branch, draft = request.form.get("branch", ""), _draft(None)
    with transaction(lock=TAXONOMY) as session:
        if branch not in tree(session).parents:
            abort(422)
        try:
            code = changes.add(session, branch, draft, by=agent().address, at=clock.now())
        except BadLeaf:
            return _overview(session, _typed(), 422)
    return redirect(url_for("taxonomy.page", leaf_code=code, done="saved.0"), 303)


@pages.post("/branches")
@allow(Policy.ADMIN)
def branch() -> AnyResponse:
    """A new branch, for types of its own."""
    labels = {one: request.form.get(f"branch_{one}", "")[:LONGEST] for one in LANGUAGES}
    with transaction(lock=TAXONOMY) as session:
        try:
            code = changes.add_branch(session, labels, by=agent().address, at=clock.now())
        except BadLeaf:
            return _overview(session, {**_typed(), "wrong": "branch"}, 422)
    return redirect(url_for("taxonomy.overview", branch=code, done="saved.0"), 303)


@pages.get("/<leaf_code>")
@allow(Policy.OPERATIONS)
def page(leaf_code: str) -> AnyResponse:
    """One leaf: its words, and what hangs on it."""
    with reading() as session:
        found = tree(session)
        if leaf_code in found.aliases:
            return redirect(url_for("taxonomy.page", leaf_code=found.today(leaf_code)))
        return _page(session, found, _leaf(found, leaf_code))


def _leaf(found: Taxonomy, code: str) -> Leaf:
    return found.leaves[code] if code in found.leaves else abort(404)


def _page(
    session: Session, found: Taxonomy, leaf: Leaf, status: int = 200, **more: Any
) -> Response:
    late = more.pop("late", None)
    values: dict[str, Any] = {"typed": {}, "ahead": None, "wrong": False, **more}
    told = [change for change in history(session) if change.code == leaf.code]
    return show(
        session,
        "admin/taxonomy_leaf.html",
        title=f"{leaf.label(agent().language)} · {taxonomy_words.title()}",
        leaf=leaf,
        tree=found,
        effect=effect.of_leaf(session, found, leaf.code),
        stays=leaf.code in INDISPENSABLE,
        merged=[old for old in found.standing_for(leaf.code) if old != leaf.code],
        changes=told[::-1],
        said=taxonomy_words.said,
        notice=notices.from_address(),
        status=status,
        **conflicts.shown(_kept(leaf), late),
        **values,
    )


def _kept(leaf: Leaf) -> dict[str, Any]:
    """The leaf as its form shows it."""
    texts = {f"label_{one}": leaf.label(one) for one in LANGUAGES}
    texts |= {f"definition_{one}": leaf.definition.get(one, "") for one in LANGUAGES}
    texts |= {f"examples_{one}": "\n".join(leaf.examples.get(one, ())) for one in LANGUAGES}
    ticks = {"complaint": leaf.complaint, "soft": leaf.soft}
    return {**texts, **ticks, "sla_hours": leaf.sla_hours}


def _late(session: Session, leaf: Leaf, typed: dict[str, str]) -> Late | None:
    told = (change for change in reversed(history(session)) if change.code == leaf.code)
    # What is not ticked is not sent.
    said = {"complaint": "", "soft": "", **typed}
    return conflicts.late(_kept(leaf), said, conflicts.by_row(next(told, None)))


@pages.post("/<leaf_code>")
@allow(Policy.ADMIN)
def edit(leaf_code: str) -> AnyResponse:
    """Other names, definition or examples; or first only see what that would change."""
    with transaction(lock=TAXONOMY) as session:
        found = tree(session)
        leaf, typed = _leaf(found, leaf_code), _typed()
        draft = _draft(leaf)
        if request.form.get("step") == "look":
            ahead = taxonomy_words.renamed(leaf, draft.labels)
            return _page(session, found, leaf, typed=typed, ahead=ahead)
        if late := _late(session, leaf, typed):
            return _page(session, found, leaf, 409, typed=typed, late=late)
        try:
            changes.edit(session, leaf_code, draft, by=agent().address, at=clock.now())
        except BadLeaf:
            return _page(session, found, leaf, 422, typed=typed, wrong=True)
    return redirect(url_for("taxonomy.page", leaf_code=leaf_code, done="saved.0"), 303)


@pages.post("/<leaf_code>/merger")
@allow(Policy.ADMIN)
def merge(leaf_code: str) -> AnyResponse:
    """The leaf goes into another; or first only see what that would change."""
    into = request.form.get("into", "")
    with transaction(lock=TAXONOMY) as session:
        found = tree(session)
        leaf, other = _leaf(found, leaf_code), found.leaves.get(into)
        if other is None:
            abort(422)
        if request.form.get("step") == "look":
            ahead = taxonomy_words.renamed(leaf, other.labels)
            return _page(session, found, leaf, typed=_typed(), ahead=ahead)
        changes.merge(session, leaf_code, into, by=agent().address, at=clock.now())
    return redirect(url_for("taxonomy.page", leaf_code=into, done="saved.0"), 303)


@pages.post("/<leaf_code>/retirement")
@allow(Policy.ADMIN)
def retire(leaf_code: str) -> AnyResponse:
    """Nobody chooses it any more."""
    return _verb(leaf_code, changes.retire)


@pages.post("/<leaf_code>/return")
@allow(Policy.ADMIN)
def restore(leaf_code: str) -> AnyResponse:
    """It may be chosen again."""
    return _verb(leaf_code, changes.restore)


def _verb(code: str, verb: Callable[..., None]) -> AnyResponse:
    with transaction(lock=TAXONOMY) as session:
        _leaf(tree(session), code)
        verb(session, code, by=agent().address, at=clock.now())
    return redirect(url_for("taxonomy.page", leaf_code=code, done="saved.0"), 303)


def _typed() -> dict[str, str]:
    return {name: text.strip()[:LONGEST] for name, text in request.form.items()}


def _draft(leaf: Leaf | None) -> Draft:
    """What the form says; what it does not show stays as it is."""
    texts = {
        name: {one: request.form.get(f"{name}_{one}", "")[:LONGEST] for one in LANGUAGES}
        for name in ("label", "definition", "examples")
    }
    draft = Draft(
        labels=texts["label"],
        definition=texts["definition"],
        examples={one: tuple(text.splitlines()) for one, text in texts["examples"].items()},
        complaint=request.form.get("complaint") == "yes",
    )
    if leaf is None:
        return draft
    hours = request.form.get("sla_hours", "")[:8]
    soft = request.form.get("soft") == "yes"
    return replace(draft, sla_hours=int(hours) if hours.isdecimal() else leaf.sla_hours, soft=soft)
