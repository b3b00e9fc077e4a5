"""Whatever bots said or left unsaid in a week can be read: why, by what, and knowing what."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from bot import answers
from bot.answers import Answer
from bot.outbox import TAKEN_BACK, OutgoingMail, State
from cases import Agent, Case, Direction, Message, clock
from cases.case import take
from cases.db import reading, transaction
from inbox.tokens import Scope, issue
from tests.apis import Program
from tests.inbox.web.actions.test_outlook import waits_in
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, LUIS


def _bot(app: Flask) -> Program:
    with transaction() as session:
        return Program(app.test_client(), issue(session, "reader", frozenset({Scope.BOT_READ})))


def _told(program: Program) -> Iterator[dict[str, Any]]:
    since = 0
    while items := (answer := program.get(f"/v1/bots/decisions?since={since}").json)["items"]:
        yield from items
        since = answer["next"]


def test_every_mail_that_came_in_has_its_decision_with_reason_version_and_inputs(
    app: Flask, enter: Enter
) -> None:
    told = list(_told(_bot(app)))
    with reading() as session:
        coming = Message.direction == Direction.IN
        came = set(session.scalars(select(Message.id).where(coming, Message.raw_id.is_not(None))))
    assert came
    assert came <= {one["message"] for one in told}
    assert {one["decision"] for one in told} == {"reply", "silence"}
    for one in told:
        assert one["rule"]
        assert one["reason"]
        assert one["version"]
        assert one["inputs"]
    by_case: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in told:
        by_case[one["case"]].append(one)
    admin = enter(ADMIN)
    for number in list(by_case)[::6]:
        page = admin.get(f"/cases/{number}/decisions").text
        assert page.count("<summary>Qué se sabía") == len(by_case[number])
        for one in by_case[number]:
            assert page.count(f">{one['version']}<") >= 1
            assert f">{next(iter(one['inputs']))}</dt>" in page


def test_what_a_person_silences_by_answering_is_a_decision_too(app: Flask, enter: Enter) -> None:
    number, waiting = waits_in(case_about("Llamadas a deshora"))
    with transaction() as session:
        ana = session.scalars(select(Agent).where(Agent.address == ANA)).one()
        answers.send(session, take(session, number), ana, Answer("Ya va."), at=clock.now())
    with reading() as session:
        assert session.get_one(OutgoingMail, waiting).state is State.CANCELLED
    (silence,) = (one for one in _told(_bot(app)) if one["rule"] == TAKEN_BACK)
    assert (silence["case"], silence["decision"]) == (number, "silence")
    assert silence["inputs"] | {"mail": waiting, "by": ANA, "bot": "mensajero"} == silence["inputs"]
    page = enter(ADMIN).get(f"/cases/{number}/decisions").text
    assert "Contestó una persona" in page
    assert f'href="/cases/{number}/decisions"' in enter(ADMIN).get(f"/cases/{number}").text


def test_decisions_of_a_case_are_seen_by_those_who_see_the_case(enter: Enter) -> None:
    with reading() as session:
        mine = {case.id: case.mailbox.team for case in session.scalars(select(Case))}
    theirs = next(number for number, team in mine.items() if team != "mayoristas")
    assert enter(LUIS).get(f"/cases/{theirs}/decisions").status_code == 404
