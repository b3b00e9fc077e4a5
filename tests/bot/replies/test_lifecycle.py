"""What is said because time passes: once per occasion, and only where it is switched on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot import switches
from bot.articles import Article, fitting
from bot.articles.fitting import Asked
from bot.articles.solved import Vote, confirm, read
from bot.decided import Decided
from bot.kinds import Mode
from bot.outbox import OutgoingMail
from bot.replies import lifecycle
from bot.switches import Place, Scope, Switch, switching
from cases import Case, State, clock
from cases.case import take
from cases.db import reading, transaction
from tests.bot.writing import a_case, a_person_answers, leaving
from tests.builders import MORNING

pytestmark = pytest.mark.usefixtures("installation")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _turn(reply: str, mode: Mode = Mode.SEND) -> None:
    with transaction() as session:
        switching.turn(session, Switch(reply=reply, mode=mode, at=MORNING))


def _case() -> int:
    with transaction() as session:
        return a_case(session).id


def _swept(at: datetime) -> list[str]:
    """What was queued at that time."""
    with clock.at(at):
        lifecycle.sweep()
        lifecycle.sweep()
    with reading() as session:
        rows = select(OutgoingMail.template).where(OutgoingMail.queued_at == at)
        return list(session.scalars(rows))


def test_a_broken_promise_is_apologised_for_once():
    _turn("apology")
    with reading() as session:
        due = session.get_one(Case, _case()).due_at
    assert _swept(due - HOUR) == []
    assert _swept(due + HOUR) == ["apology"]
    assert _swept(due + 2 * HOUR) == []


def test_a_case_that_cannot_be_written_about_holds_up_no_other():
    _turn("apology")
    with transaction() as session:
        stuck, other = a_case(session), a_case(session, sender="eva@cliente.example", minutes=1)
        stuck.contact.zone = "Mars/Olympus"
        session.flush()
        due, number = other.due_at, other.id
    assert _swept(due + HOUR) == ["apology"]
    with reading() as session:
        assert session.scalars(select(OutgoingMail.case_id)).all() == [number]


def test_replies_that_nobody_switched_on_are_only_tried():
    with reading() as session:
        due = session.get_one(Case, _case()).due_at
    assert _swept(due + HOUR) == []
    with reading() as session:
        kept = session.scalars(select(Decided)).one()
    assert kept.reason == "only tried, not sent: a promised time passed"


def test_who_waits_long_is_kept_informed_while_the_promise_still_stands():
    _turn("progress")
    case_id = _case()
    with transaction() as session:
        take(session, case_id).due_at = MORNING + 5 * DAY
    assert _swept(MORNING + 20 * HOUR) == []
    assert _swept(MORNING + 25 * HOUR) == ["progress"]
    assert _swept(MORNING + 30 * HOUR) == []
    assert _swept(MORNING + 50 * HOUR) == ["progress"]


def test_a_case_that_waits_for_the_customer_is_reminded_and_then_closed():
    for reply in ("reminder", "closing"):
        _turn(reply)
    case_id = _case()
    with transaction() as session:
        case = take(session, case_id)
        a_person_answers(session, case, MORNING)
        case.state = State.WAITING
    assert _swept(MORNING + 2 * DAY) == []
    assert _swept(MORNING + 4 * DAY) == ["reminder"]
    assert _swept(MORNING + 5 * DAY) == []
    assert _swept(MORNING + 8 * DAY) == ["closing"]
    with reading() as session:
        assert not session.get_one(Case, case_id).is_open
    with clock.at(MORNING + 8 * DAY + HOUR):
        assert [mail.template for mail in leaving() if mail.automatic] == ["closing"]


@pytest.mark.parametrize("anger", [0.1, 0.9])
def test_the_question_after_closing_is_put_once_and_never_to_the_angry(anger: float):
    _turn("satisfaction")
    case_id = _case()
    with transaction() as session:
        case = take(session, case_id)
        a_person_answers(session, case, MORNING)
        case.close(by="bea", at=MORNING + HOUR)
        case.anger = anger
    assert _swept(MORNING + 2 * HOUR) == []
    assert _swept(MORNING + 5 * HOUR) == (["satisfaction"] if anger < 0.5 else [])
    assert _swept(MORNING + DAY) == []


def test_the_narrower_switch_wins_and_the_kill_switch_over_all():
    _turn("progress", Mode.OFF)
    with transaction() as session:
        for scope, value in ((Scope.TYPE, "money"), (Scope.TYPE, "money.refund")):
            mode = Mode.SEND if value == "money" else Mode.DRAFT
            row = Switch(reply="progress", scope=scope, value=value, mode=mode, at=MORNING)
            switching.turn(session, row)
        known = switches.load(session)
        assert known.mode("progress") is Mode.OFF
        assert known.mode("progress", Place(type="money.billing")) is Mode.SEND
        assert known.mode("progress", Place(type="money.refund")) is Mode.DRAFT
        assert known.mode("acknowledgement") is Mode.SEND
        switching.turn(session, Switch(reply="*", mode=Mode.OFF, at=MORNING))
        assert switches.load(session).mode("acknowledgement") is Mode.OFF


def test_an_article_fits_by_type_and_words():
    tracking = Article(
        id=1, title_es="Seguir un pedido", text_es="Con el número de pedido.", types=["fulfil"]
    )
    bills = Article(id=2, title_es="Facturas", text_es="En su cuenta.", types=["money.billing"])
    asked = Asked("fulfil.delivery", "¿Cómo puedo seguir mis pedidos?", "es")
    assert fitting.fitting([bills, tracking], asked) == [tracking]
    assert fitting.fitting([bills], asked) == []


def test_a_link_that_says_solved_closes_the_case_only_when_confirmed():
    case_id = _case()
    vote = Vote(case_id, 7, solved=True)
    assert read(vote.token()) == vote
    assert read(vote.token()[:-1] + "a") is None or vote.token().endswith("a")
    assert read("7.7.yes." + "a" * 26) is None
    with reading() as session:
        assert session.get_one(Case, case_id).is_open
    with transaction() as session:
        assert not confirm(session, vote, MORNING).is_open
        assert not confirm(session, vote, MORNING).is_open
