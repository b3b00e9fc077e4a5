"""What happened in cases is read once, whatever was written about it meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from bot import decided, noticing, policy
from bot.decided import Why
from bot.kinds import Mode
from bot.outbox import OutgoingMail
from bot.policy import Situation
from bot.replies import lifecycle
from bot.rules import Rule, rulebook
from bot.wording import templates
from bot.wording.templates import MailTemplate
from cases import Event, Message, Origin, What, clock, tags
from cases.db import reading, transaction
from cases.filing import file
from tests.bot.writing import a_case, a_shop
from tests.builders import MORNING, a_mail, an_arrival
from tests.cases.test_tags import SAID

pytestmark = pytest.mark.usefixtures("installation")
SOON = MORNING + timedelta(minutes=1)
FILED = Situation(
    Origin.CUSTOMER,
    may_answer=True,
    may_answer_reason="a person wrote",
    sender="ana@cliente.example",
)


def _rule(**does: object) -> None:
    """A rule for parcels, and the mail it may send."""
    texts = {"name": "parcel", "language": "es", "subject": "x {{number}}", "body": "Ya va"}
    with transaction() as session:
        templates.save(session, MailTemplate(**texts, at=MORNING))
        templates.save(session, MailTemplate(**texts | {"language": "en"}, at=MORNING))
        rule = Rule("parcels", Mode.SEND, {"type": ["fulfil"]}, **does)
        rulebook.save(session, rule, by="admin", at=MORNING)


def _decided(message: Message) -> None:
    decided.note(object_session(message), message, FILED, policy.decide(FILED), at=MORNING)


def _tagged(*numbers: int) -> None:
    with clock.at(SOON), transaction() as session:
        tags.write(session, dict.fromkeys(numbers, SAID), SOON)


def _noticed() -> list[str]:
    """What is queued once all that was classified was looked at."""
    with clock.at(SOON):
        noticing.notice()
    unread = select(Event.id).where(Event.what == What.TAGGED, Event.noticed_at.is_(None))
    with reading() as session:
        assert session.scalars(unread).all() == []
        return list(session.scalars(select(OutgoingMail.rule)))


def test_two_mails_of_a_case_that_are_classified_together_are_answered_once():
    _rule(reply="parcel", note="Ojo")
    with transaction() as session:
        first = a_case(session).messages[0]
        more = a_mail("¿Hola?", references=(first.rfc_id,))
        second = file(session, an_arrival(more, mailbox=a_shop(session), minutes=0.5)).message
        for one in (first, second):
            _decided(one)
        session.flush()
        both = first.id, second.id
        assert first.case is second.case
    _tagged(*both)
    assert _noticed() == ["rule:parcels@1"]
    with reading() as session:
        assert session.scalars(select(Message.text).where(Message.rule == "note")).all() == ["Ojo"]


def test_what_time_made_due_is_no_decision_about_the_mail_itself():
    _rule(reply="parcel")
    with transaction() as session:
        called = a_case(session).messages[0]
        session.flush()
        why = Why(False, "progress", "the customer has waited for a day", lifecycle.VERSION)
        seen = lifecycle.Seen(called.case.id, "shadow", MORNING, None, 0.0)
        decided.keep(session, called, why, seen, at=MORNING)
        number = called.id
    _tagged(number)
    assert _noticed() == []


def test_a_case_that_no_bot_can_look_at_silences_no_other():
    _rule(reply="progress")
    with transaction() as session:
        both = a_case(session), a_case(session, sender="eva@cliente.example")
        both[0].contact.zone = "Mars/Olympus"
        for case in both:
            _decided(case.messages[0])
        session.flush()
        numbers = [case.messages[0].id for case in both]
        other = both[1].id
    _tagged(*numbers)
    assert _noticed() == ["rule:parcels@1"]
    with reading() as session:
        assert session.scalars(select(OutgoingMail.case_id)).all() == [other]
