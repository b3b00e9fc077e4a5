"""Who answers in seconds, or says the same again, is a machine where words leave a doubt."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.filing import Arrival, file
from cases.mail import Mail, Origin
from cases.message import Direction, Message
from inbox.intake.circumstances import consider
from inbox.intake.opening import open_mail
from tests.builders import MORNING
from tests.conversations import KNOWN
from tests.raw import a_raw

ASKED = "tregua.m1.k7f3q9x2b5d1@tienda.example"
SLOW = "Slow replies ahead: I am at a family funeral and will catch up next week."
TEAM = "The accounts team is at a fair and works through its letters once a week."
DOUBTFUL = (SLOW, TEAM)
PERSON = "I have passed the quote on to my manager and the lamp is still broken at home."
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _answer(text: str, *, after: timedelta, id: str = "a1") -> Arrival:
    at = MORNING + after
    raw = a_raw("Ana <ana@cliente.example>", "Re: Pedido", text, at=at,
                id=f"{id}@cliente.example", headers=(("In-Reply-To", f"<{ASKED}>"),))  # fmt: skip
    mail = open_mail(raw, KNOWN)
    # What the words weigh is learnt; here they leave just so much of a doubt.
    likeness = 0.0 if text in DOUBTFUL else mail.speaker.likeness
    speaker = replace(mail.speaker, origin=Origin.CUSTOMER, likeness=likeness)
    return Arrival(replace(mail, speaker=speaker), at)


@pytest.fixture
def ours(session):
    """A mail of ours that left in the morning."""
    asked = _answer("¿Dónde está mi pedido?", after=timedelta(days=-1), id="a0")
    case = file(session, asked).case
    session.add(Message(case=case, direction=Direction.OUT, origin=Origin.BOT, rfc_id=ASKED,
                        arrived_at=MORNING))  # fmt: skip
    session.flush()


def _judged(session, arrival: Arrival) -> Mail:
    return consider(session, [arrival])[0].mail


@pytest.mark.parametrize(
    ("text", "seconds", "origin"),
    [
        (SLOW, 4, Origin.AUTO_REPLY),
        (SLOW, 3600, Origin.CUSTOMER),
        (PERSON, 4, Origin.CUSTOMER),
        ("¿Y cuándo llega?", 4, Origin.CUSTOMER),
    ],
)
def test_nobody_answers_in_seconds(session, ours, text, seconds, origin):
    mail = _judged(session, _answer(text, after=timedelta(seconds=seconds)))
    assert mail.origin is origin
    if origin is Origin.AUTO_REPLY:
        assert mail.speaker.rule == "it sounds like a machine: 4 seconds after ours"
        assert not mail.speaker.may_answer


def test_a_machine_says_the_same_again_and_a_person_is_not_taken_for_one(session, ours):
    for text, origin in ((TEAM, Origin.AUTO_REPLY), (PERSON, Origin.CUSTOMER)):
        first = _answer(text, after=timedelta(hours=1), id=f"b{len(text)}")
        assert _judged(session, first).origin is Origin.CUSTOMER
        file(session, first)
        session.flush()
        again = _answer(text, after=timedelta(hours=9), id=f"c{len(text)}")
        assert _judged(session, again).origin is origin
