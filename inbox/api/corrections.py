"""POST /v1/corrections: what a message is about, or how it sounds, as another program knows it."""

from typing import Any, Literal

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import queues
from cases import clock, correcting
from cases.case import Case, take
from cases.correcting import PROGRAM, AlreadyUndone, PeopleSaidOtherwise, Superseded
from cases.correcting.correction import Correction
from cases.correcting.correction import Field as What
from cases.db import reading, transaction
from cases.mail import Origin
from cases.message import Direction, Message
from cases.taxonomy import following
from classifiers.taxonomy import NoSuchLeaf
from inbox.api import problems
from inbox.api.contract import LARGEST_NUMBER, asker, body, contract, needs
from inbox.api.problems import N_, Problem
from inbox.api.seeing import say
from inbox.tokens import Scope

pages: Blueprint = contract("corrections")


class Told(BaseModel):
    """A correction of one message: its type, its mood, or both."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    """The program's own name for it: the same told again changes nothing."""
    message: int = Field(gt=0, le=LARGEST_NUMBER)
    type: str = Field(default="", max_length=100)
    sentiment: Literal["", "negative", "neutral", "positive"] = ""

    @model_validator(mode="after")
    def _says_something(self) -> "Told":
        if not (self.type or self.sentiment):
            raise ValueError("say type or sentiment")
        return self

    def fields(self) -> list[tuple[What, str]]:
        both = ((What.TYPE, self.type), (What.MOOD, self.sentiment))
        return [(field, value) for field, value in both if value]


@pages.post("/corrections")
@needs(Scope.BOT_NOTE)
def write() -> ResponseReturnValue:
    """A row for each thing that was corrected; the classifiers learn from it."""
    told = Told.model_validate(body())
    following.follow()
    with transaction() as session:
        case, message = _about(session, told.message)
        marks = {field: f"{asker().prefix}.{field.value}.{told.id}" for field, _ in told.fields()}
        known = select(Correction).where(Correction.mark.in_(marks.values()))
        found = list(session.scalars(known.order_by(Correction.id)))
        if not found:
            rows = [
                _one(session, case, message, field, value, marks[field])
                for field, value in told.fields()
            ]
            queues.announce(session, "cases")
            return {"case": case.id, "corrections": list(map(_row, rows)), "new": True}, 201
        return {"case": case.id, "corrections": list(map(_row, found)), "new": False}


def _one(
    session: Session, case: Case, message: Message, field: What, value: str, mark: str
) -> Correction:
    by, at = f"{PROGRAM}{asker().name}", clock.now()
    try:
        return correcting.correct(
            session, case, field, value, by=by, at=at, message=message, mark=mark
        )
    except NoSuchLeaf as wrong:
        raise Problem(422, "unknown-type", N_("The taxonomy has no such type.")) from wrong
    except PeopleSaidOtherwise as wrong:
        raise Problem(
            409, "people-said-otherwise", N_("An agent said something else of this message.")
        ) from wrong


def _about(session: Session, message_id: int) -> tuple[Case, Message]:
    """The message of a customer, and its case, locked."""
    wanted = select(Message.case_id).where(
        Message.id == message_id,
        Message.direction == Direction.IN,
        Message.origin == Origin.CUSTOMER,
    )
    case_id = session.scalars(wanted).first()
    if case_id is None:
        raise problems.not_found()
    return take(session, case_id), session.get_one(Message, message_id)


@pages.get("/corrections/<int:correction_id>")
@needs(Scope.BOT_READ)
def show(correction_id: int) -> ResponseReturnValue:
    """One correction, whoever made it."""
    with reading() as session:
        found = session.get(Correction, correction_id)
        if found is None:
            raise problems.not_found()
        return _row(found)


@pages.delete("/corrections/<int:correction_id>")
@needs(Scope.BOT_NOTE)
def end(correction_id: int) -> ResponseReturnValue:
    """Take one back that this program made; taken back before, it stays so."""
    by = f"{PROGRAM}{asker().name}"
    with transaction() as session:
        found = session.get(Correction, correction_id)
        if found is None or found.by != by:
            raise problems.not_found()
        try:
            correcting.undo(session, take(session, found.case_id), found, by=by, at=clock.now())
        except AlreadyUndone:
            return "", 204
        except Superseded as wrong:
            raise Problem(
                409, "corrected-since", N_("It was corrected again since, so that stays.")
            ) from wrong
        queues.announce(session, "cases")
    return "", 204


def _row(one: Correction) -> dict[str, Any]:
    return {
        "id": one.id,
        "message": one.message_id,
        "field": "sentiment" if one.field is What.MOOD else one.field.value,
        "was": one.was,
        "now": one.now,
        "by": one.by,
        "model": one.model,
        "at": say(one.at),
        "undone_at": say(one.undone_at) if one.undone_at else None,
    }
