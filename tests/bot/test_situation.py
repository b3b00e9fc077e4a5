"""What the policy is told of a filed mail: limits, likeness, dead addresses."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bot import replies, situation
from bot.policy import Reply
from bot.rules import Rule
from bot.situation import Sent, shape_of
from cases import Mail, calendars
from cases.db import write_rows
from cases.filing import Filed, file
from cases.sla import book
from tests.builders import MORNING, a_mail, an_arrival

ACK = Reply("acknowledgement", "acknowledge", "a person opened a case")


def _acknowledged(session: Session, mail: Mail, *, minutes: float = 0) -> Filed:
    filed = file(session, an_arrival(mail, minutes=minutes))
    replies.queue(session, filed.message, ACK, at=MORNING + timedelta(minutes=minutes))
    write_rows(session)
    return filed


def _sent(session: Session, address: str, *, hours: float) -> Sent:
    return situation.sent_of_late(session, [address], MORNING + timedelta(hours=hours))


def test_automatic_mail_counts_a_day_by_address_and_an_hour_by_domain(session: Session) -> None:
    _acknowledged(session, a_mail("Uno", sender="ana@c.example"))
    _acknowledged(session, a_mail("Dos", sender="luis@c.example"))
    soon = _sent(session, "Ana@C.example", hours=0.5)
    assert soon.to_address["ana@c.example"] == 1
    assert soon.to_domain["c.example"] == 2
    later = _sent(session, "ana@c.example", hours=2)
    assert (later.to_address["ana@c.example"], later.to_domain["c.example"]) == (1, 0)
    assert _sent(session, "ana@c.example", hours=25).to_address["ana@c.example"] == 0


def test_what_is_queued_in_this_batch_counts_already(session: Session) -> None:
    sent = _sent(session, "ana@c.example", hours=0)
    sent.reserve("ana@c.example", "hola, no llega mi pedido 5")
    assert sent.to_address["ana@c.example"] == sent.to_domain["c.example"] == 1
    assert sent.alike["", shape_of("hola, no llega mi pedido 77")] == 1


def test_mails_that_say_nearly_the_same_are_counted(session: Session) -> None:
    for n in range(3):
        mail = a_mail(f"Your call number {n} has been logged by us", sender=f"r{n}@gmail.com")
        _acknowledged(session, mail)
    again = a_mail("Your call number 99 has been logged by us", sender="r9@gmail.com")
    arrival = an_arrival(again, minutes=2)
    sent = _sent(session, "r9@gmail.com", hours=0.1)
    about = situation.of(arrival, file(session, arrival), sent, arrival.at)
    assert (about.freemail, about.alike_from_domain, about.alike) == (True, 3, 3)
    assert about.sent_to_address == 0


def test_a_rule_looks_at_the_hours_that_the_admin_wrote_down(session: Session) -> None:
    arrival = an_arrival(a_mail("No llega", sender="ana@c.example"))
    filed = file(session, arrival)
    now = situation.of(arrival, filed, _sent(session, "ana@c.example", hours=0), MORNING)
    assert now.open_now
    calendars.publish(session, book.DEFAULT, {"opening_hours": "sat 10:00-12:00"}, at=MORNING)
    book.forget(session)
    then = situation.of(arrival, filed, _sent(session, "ana@c.example", hours=0), MORNING)
    assert not then.open_now


def test_a_rule_can_look_at_the_customers_tier(session: Session) -> None:
    arrival = an_arrival(a_mail("No llega", sender="ana@c.example"))
    filed = file(session, arrival)
    rule = Rule("gold first", when={"tier": ["gold"]}, tag=("gold",))
    sent = _sent(session, "ana@c.example", hours=0)
    assert not rule.fits(situation.of(arrival, filed, sent, arrival.at))
    filed.case.contact.tier = "gold"
    assert rule.fits(situation.of(arrival, filed, sent, arrival.at))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Pedido 12 no llega hoy", "Pedido 99 no llega hoy"),
     ("dear Xavier your request has arrived", "dear Yolanda your request has arrived")],
)  # fmt: skip
def test_numbers_and_names_do_not_make_another_shape(one: str, other: str) -> None:
    assert shape_of(one) == shape_of(other)


def test_other_words_make_another_shape() -> None:
    assert shape_of("no llega mi pedido") != shape_of("quiero una factura")
    assert shape_of("") == ""
    assert len(shape_of("x y " * 100_000)) < 400


def test_an_address_that_bounced_is_dead(session: Session) -> None:
    arrival = an_arrival("No llega")
    filed = file(session, arrival)
    sent = Sent()
    assert not situation.of(arrival, filed, sent, MORNING).dead_address
    filed.case.contact.identifiers[0].bounced_at = MORNING
    assert situation.of(arrival, filed, sent, MORNING).dead_address


def test_no_mail_goes_to_an_address_that_cannot_be(session: Session) -> None:
    arrival = an_arrival(a_mail("Hola", sender=f"{'a' * 5000}@c.example"))
    about = situation.of(arrival, file(session, arrival), Sent(), MORNING)
    assert not about.may_answer
    assert about.may_answer_reason
