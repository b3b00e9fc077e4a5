"""What a change of the tree would do to the cases there are: counted, nothing changed."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.case import Case, State
from cases.correcting.correction import Correction, Field
from classifiers.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Effect:
    """How many cases show the name of a leaf, and how many texts were taught for it."""

    cases: int
    open: int
    taught: int


def of_leaf(session: Session, tree: Taxonomy, code: str) -> Effect:
    """What hangs on a leaf, and on all that were merged into it."""
    codes = tree.standing_for(code)
    number = func.count().label("number")
    by_state = select(Case.state, number).where(Case.type.in_(codes)).group_by(Case.state)
    states = {row.state: row.number for row in session.execute(by_state)}
    taught = session.scalar(
        select(func.count())
        .select_from(Correction)
        .where(
            Correction.field == Field.TYPE,
            Correction.now.in_(codes),
            Correction.undone_at.is_(None),
        )
    )
    whole = sum(states.values())
    return Effect(whole, whole - states.get(State.CLOSED, 0), taught or 0)


def counts(session: Session, tree: Taxonomy) -> dict[str, int]:
    """How many cases show the name of each leaf."""
    found: dict[str, int] = {}
    rows = select(Case.type, func.count()).where(Case.type != "").group_by(Case.type)
    for code, number in session.execute(rows):
        today = tree.today(code)
        found[today] = found.get(today, 0) + number
    return found
