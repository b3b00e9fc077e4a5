"""What counts when a mail is about to leave: the whole person, their hours, and the rule's own."""

from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from sqlalchemy.orm import Session

from bot import registry
from bot.coordination import Facts
from bot.delivery import joining
from bot.kinds import Mode
from bot.outbox import OutgoingMail, Purpose, State
from bot.registry import OutsideBot
from bot.rules import Rule, rulebook
from bot.settings import settings
from bot.voice import circumstances
from cases.contact import Identifier, Kind
from cases.exclusions import touches
from tests.bot.writing import a_case, a_saying
from tests.builders import MORNING

HOUR = timedelta(hours=1)
NIGHT = MORNING.replace(hour=20, minute=30)


def _facts(session: Session, mail: OutgoingMail, at: datetime = MORNING) -> Facts:
    session.flush()
    return circumstances.gather(session, [mail], at)[mail.id]


def test_what_somebody_got_at_another_address_presses_on_them_too(session: Session) -> None:
    case = a_case(session)
    mail = a_saying(session, case, "Su paquete salió.", at=MORNING)
    other = Identifier(kind=Kind.ADDRESS, value="ana@work.example", original="ana@work.example")
    case.contact.identifiers.append(other)
    assert _facts(session, mail).pressed_until is None
    heavy = {
        "kind": Kind.ADDRESS,
        "value": "ana@work.example",
        "source": "t",
        "campaign_class": "promotional",
        "weight": 50.0,
        "sent_at": MORNING - HOUR,
    }
    touches.record(session, [{**heavy, "event_id": "e1"}])
    pressed = _facts(session, mail).pressed_until
    assert pressed is not None
    assert pressed > MORNING


@pytest.mark.parametrize(
    ("values", "asleep"),
    [
        ({}, False),
        # It is half past nine in the evening in Madrid, and in France nobody is written to then.
        ({"country": "FR"}, True),
        ({"country": "FR", "quiet_hours": "23:00-07:00"}, False),
        ({"zone": "Europe/Athens", "quiet_hours": "22:00-08:00"}, True),
        ({"country": "MX"}, False),
    ],
)
def test_customers_sleep_by_their_own_hours_or_their_countrys(
    session: Session, values: dict[str, str], asleep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREGUA_QUIET_HOURS", "23:30-06:00")
    settings.cache_clear()
    case = a_case(session)
    for name, value in values.items():
        setattr(case.contact, name, value)
    mail = a_saying(session, case, "Su paquete salió.", at=NIGHT)
    wakes = _facts(session, mail, NIGHT).wakes_at
    assert (wakes is not None) is asleep


def _of_a_rule(session: Session, rule: Rule) -> OutgoingMail:
    row = rulebook.save(session, rule, by="admin", at=MORNING)
    mail = a_saying(session, a_case(session), "Su paquete salió.", bot="", at=MORNING)
    mail.rule = row.as_rule().label
    return mail


def test_a_rule_that_was_stopped_says_nothing_of_what_still_waits(session: Session) -> None:
    rule = Rule("avisos", Mode.SEND, {"first": True}, reply="progress")
    mail = _of_a_rule(session, rule)
    assert _facts(session, mail).off == ""
    rulebook.save(session, Rule("avisos", Mode.OFF, {"first": True}), by="admin", at=MORNING)
    assert _facts(session, mail).off == "this rule is switched off"


def test_a_rule_has_its_own_quiet_hours_and_limit_a_day(session: Session) -> None:
    rule = Rule("avisos", Mode.SEND, reply="progress", quiet_hours="09:00-12:00", most_a_day=1)
    mail = _of_a_rule(session, rule)
    facts = _facts(session, mail)
    assert facts.wakes_at is not None
    assert facts.over_limit == ""
    mail.state, mail.settled_at = State.ACCEPTED, MORNING
    again = a_saying(session, mail.case, "Su paquete llegó.", bot="", at=MORNING + HOUR)
    again.rule = mail.rule
    assert _facts(session, again, MORNING + HOUR).over_limit == "this rule wrote often enough today"


def test_an_outside_bot_that_was_switched_off_says_nothing_more(session: Session) -> None:
    mail = a_saying(session, a_case(session), "Su paquete salió.", bot="mensajero", at=MORNING)
    session.add(OutsideBot(name="mensajero", mode=Mode.OFF, created_at=MORNING))
    session.flush()
    assert registry.everybody(session)[0].mode is Mode.OFF
    assert _facts(session, mail).off == "this bot is switched off"


def test_what_sells_names_the_way_out_in_header_and_text(session: Session) -> None:
    case = a_case(session)
    mail = a_saying(session, case, "Rebajas.", at=MORNING, purpose=Purpose.COMMERCIAL)
    sent = message_from_bytes(mail.content)
    link = sent["List-Unsubscribe"].strip("<>")
    assert "/mail/" in link
    assert link.endswith("/stop")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in (mail.message.text if mail.message else "")
    service = a_saying(session, case, "Su paquete salió.", at=MORNING)
    assert message_from_bytes(service.content)["List-Unsubscribe"] is None


def test_several_offers_in_one_mail_keep_the_way_out(session: Session) -> None:
    case = a_case(session)
    offers = [
        a_saying(session, case, facts, bot=facts, at=MORNING, purpose=Purpose.COMMERCIAL)
        for facts in ("Rebajas.", "Novedades.")
    ]
    sent = message_from_bytes(joining.join(session, offers, at=MORNING).content)
    assert sent["List-Unsubscribe"].endswith("/stop>")
    text = sent.get_payload(decode=True).decode()
    assert "Rebajas." in text
    assert "Novedades." in text
    assert sent["List-Unsubscribe"].strip("<>") in text.replace("=\r\n", "")
