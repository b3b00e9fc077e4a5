"""What outside bots may read: cases that changed, and decisions with their reasons."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot import voice
from bot.decided import Decided
from bot.registry import news
from bot.registry.proposals import Proposal
from cases.case import Case, State
from cases.contact import Kind
from cases.db import reading
from cases.message import Direction, Message
from inbox.api import bots, problems
from inbox.api.contract import contract, needs, number
from inbox.api.seeing import say
from inbox.tokens import Scope

pages: Blueprint = contract("following")
MOST = 200
LONGEST = 20_000


@pages.get("/bots/cases")
@needs(Scope.BOT_READ)
def cases() -> ResponseReturnValue:
    """Cases that changed since a cursor; without one all that are open, and where to go on."""
    limit = max(1, min(number("limit", 100), MOST))
    with reading() as session:
        if "since" not in request.args:
            cursor = news.newest(session)
            ids = session.scalars(
                select(Case.id)
                .where(Case.state != State.CLOSED)
                .order_by(Case.id.desc())
                .limit(MOST)
            ).all()
            return {"items": _cases(session, ids, {}), "next": cursor}
        rows = news.since(session, number("since", 0), limit)
        happened: dict[int, list[dict[str, Any]]] = {}
        for row in rows:
            told = {"event": row.kind.value, "at": say(row.at), **row.data}
            happened.setdefault(row.case_id, []).append(told)
        cursor = rows[-1].id if rows else number("since", 0)
        return {"items": _cases(session, list(happened), happened), "next": cursor}


def _cases(
    session: Session, ids: Sequence[int], happened: dict[int, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    rows = session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id))
    words = voice.of(session, ids)
    return [_case(one, words.get(one.id), happened.get(one.id, [])) for one in rows]


def _case(case: Case, word: voice.Voice | None, happened: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "case": case.id,
        "state": case.state.value,
        "subject": case.subject,
        "type": case.type,
        "sentiment": case.sentiment,
        "language": case.language,
        "opened_at": say(case.opened_at),
        "due_at": say(case.due_at),
        "with": "people" if word is not None and word.is_with_people(case.answered_at) else "bots",
        "events": happened,
    }


@pages.get("/bots/cases/<int:case_id>")
@needs(Scope.BOT_READ)
def case(case_id: int) -> ResponseReturnValue:
    """One case with what was said in it; internal notes are not told."""
    with reading() as session:
        found = session.get(Case, case_id)
        if found is None:
            raise problems.not_found()
        wanted = select(Message).where(
            Message.case_id == case_id,
            Message.direction != Direction.NOTE,
            Message.withdrawn_at.is_(None),
        )
        messages = session.scalars(wanted.order_by(Message.id.desc()).limit(MOST)).all()
        word = voice.of(session, [case_id]).get(case_id)
        known = [one.value for one in found.contact.identifiers if one.kind is Kind.ADDRESS]
        said = [_message(one) for one in reversed(messages)]
        return {**_case(found, word, []), "addresses": known, "messages": said}


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "direction": message.direction.value,
        "origin": message.origin.value,
        "at": say(message.arrived_at),
        "subject": message.subject,
        "text": (message.new_text or message.text)[:LONGEST],
    }


@pages.get("/bots/decisions")
@needs(Scope.BOT_READ)
def decisions() -> ResponseReturnValue:
    """Every decision to speak or to stay silent, with reason, inputs and version."""
    limit = max(1, min(number("limit", 100), MOST))
    case_id, since = number("case", 0), number("since", 0)
    with reading() as session:
        rows = select(Decided).where(Decided.id > since).order_by(Decided.id).limit(limit)
        if case_id:
            rows = rows.where(Decided.case_id == case_id)
        found = session.scalars(rows).all()
        return {
            "items": [_decision(one) for one in found],
            "next": found[-1].id if found else since,
            "proposals": _proposals(session, case_id, limit),
        }


def _decision(decided: Decided) -> dict[str, Any]:
    return {
        "id": decided.id,
        "case": decided.case_id,
        "message": decided.message_id,
        "at": say(decided.at),
        "decision": "reply" if decided.reply else "silence",
        "rule": decided.rule,
        "reason": decided.reason,
        "version": decided.version,
        "inputs": decided.inputs,
    }


def _proposals(session: Session, case_id: int, limit: int) -> list[dict[str, Any]]:
    """The newest proposals of all bots; whose address they were for is not told here."""
    rows = select(Proposal).options(selectinload(Proposal.case)).order_by(Proposal.id.desc())
    if case_id:
        rows = rows.where(Proposal.case_id == case_id)
    found = session.scalars(rows.limit(limit))
    return [
        {**bots.told(one), "bot": one.bot, "at": say(one.at), "inputs": one.inputs} for one in found
    ]
