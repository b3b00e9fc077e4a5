"""Mails that are due are looked at once more, and some of them stay."""

import email
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import coordination, outbox, voice
from bot.decided import Decided
from bot.outbox import OutgoingMail, Purpose, State
from bot.voice import presence
from bot.wording import templates
from bot.wording.templates import MailTemplate
from cases import Case, Mailbox, Mode, clock
from cases.case import take
from cases.db import reading, transaction
from cases.exclusions import touches
from cases.filing import file
from tests.bot.writing import (
    a_case,
    a_person_answers,
    a_saying,
    an_agent,
    leaving,
)
from tests.builders import MORNING, a_mail, an_arrival

pytestmark = pytest.mark.usefixtures("installation")
TROUBLES = ("No llega mi pedido", "La factura está mal", "La cafetera gotea")
SOON = MORNING + timedelta(minutes=2)


def _speaks(*facts: str, **more: object) -> int:
    """Bots want to say those things in one case; its number."""
    with transaction() as session:
        case = a_case(session)
        for n, one in enumerate(facts):
            a_saying(session, case, one, bot=f"bot{n}", at=MORNING, **more)
        return case.id


def _mails() -> list[OutgoingMail]:
    with reading() as session:
        return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def _reason() -> str:
    (mail,) = _mails()
    return mail.reason


def _text(mail: OutgoingMail) -> str:
    content = email.message_from_bytes(mail.content).get_payload(decode=True)
    return content.decode().replace("\r\n", "\n")


def test_three_bots_within_a_minute_are_one_mail_with_all_they_had_to_say():
    _speaks("Su paquete salió.", "Le hemos abonado 5 €.", "El técnico va el lunes.")
    with clock.at(SOON):
        (mail,) = leaving()
        assert leaving() == []
    text = _text(mail)
    for said in ("Su paquete salió.", "Le hemos abonado 5 €.", "El técnico va el lunes."):
        assert text.count(said) == 1
    assert text.count("Hola:") == 1
    first, *others = sorted(_mails(), key=lambda one: one.id != mail.id)
    assert first.state is State.ACCEPTED
    assert {one.merged_into_id for one in others} == {mail.id}
    assert {one.state for one in others} == {State.CANCELLED}


def test_news_of_two_cases_of_one_customer_are_one_mail_that_tells_them_apart():
    with transaction() as session:
        first, second = a_case(session), a_case(session, "La factura está mal", minutes=1)
        a_saying(session, first, "Uno.", at=MORNING)
        a_saying(session, second, "Dos.", at=MORNING)
        older = first.id
    with clock.at(SOON):
        (mail,) = leaving()
    assert f"Sobre su caso número {older}:\nUno." in _text(mail)


def test_mails_that_no_letter_can_join_leave_one_by_one_and_stop_nobody():
    _speaks("Su paquete salió.", "Le hemos abonado 5 €.")
    asks_too_much = {"name": "letter", "language": "es", "subject": "Hola", "body": "{{articles}}"}
    with transaction() as session:
        templates.save(session, MailTemplate(**asks_too_much, at=MORNING))
    with clock.at(SOON):
        both = leaving()
    assert ["5 €" in _text(one) for one in both] == [False, True]


def test_a_mail_that_can_wait_waits_for_others():
    _speaks("Su paquete salió.")
    with clock.at(MORNING + timedelta(seconds=30)):
        assert leaving() == []
    with clock.at(SOON):
        assert len(leaving()) == 1


def test_after_a_persons_answer_bots_are_silent_until_the_case_is_given_back():
    case_id = _speaks("Su paquete salió.")
    with clock.at(SOON):
        with transaction() as session:
            a_person_answers(session, take(session, case_id), SOON)
        assert [mail.automatic for mail in leaving()] == []
        with transaction() as session:
            a_saying(session, take(session, case_id), "Otra cosa.", at=SOON)
    later = SOON + timedelta(minutes=5)
    with clock.at(later):
        assert [mail.rule for mail in leaving()] == ["answer"]
        with transaction() as session:
            voice.hand_back(session, take(session, case_id), at=later)
            a_saying(session, take(session, case_id), "Y otra.", at=later)
    with clock.at(later + timedelta(minutes=2)):
        (mail,) = leaving()
    assert "Y otra." in _text(mail)
    reasons = [mail.reason for mail in _mails() if mail.state is State.CANCELLED]
    assert reasons == ["a person answered", "a person has taken the case"]


def test_bots_wait_while_a_person_writes():
    case_id = _speaks("Su paquete salió.")
    with clock.at(SOON):
        with transaction() as session:
            presence.writing(session, take(session, case_id), an_agent(session), SOON)
            presence.writing(session, take(session, case_id), an_agent(session), SOON)
        assert leaving() == []
    assert _reason() == "Bea is writing an answer"
    with clock.at(SOON + timedelta(minutes=3)):
        assert len(leaving()) == 1


def test_a_customer_who_writes_again_gets_no_stale_news():
    case_id = _speaks("Su paquete salió.")
    with transaction() as session:
        first = session.get_one(Case, case_id).messages[0]
        file(session, an_arrival(a_mail("¿Hola?", references=(first.rfc_id,)), minutes=1))
    with clock.at(SOON):
        assert leaving() == []
    assert _reason() == "the customer wrote again meanwhile"


def test_a_closed_case_is_left_in_peace():
    case_id = _speaks("Su paquete salió.")
    with transaction() as session:
        take(session, case_id).close(by="bea", at=MORNING)
    with clock.at(SOON):
        assert leaving() == []
    assert _reason() == "the case was closed meanwhile"


def test_the_same_is_said_once():
    case_id = _speaks("Su paquete salió.")
    with clock.at(SOON):
        assert len(leaving()) == 1
        with transaction() as session:
            mail = a_saying(session, take(session, case_id), "Su paquete salió. ", at=SOON)
            mail.bot = "bot0"
    with clock.at(SOON + timedelta(hours=1)):
        assert leaving() == []
    assert _mails()[-1].reason == "the same was said in this case before"


def test_one_bot_at_a_time():
    case_id = _speaks("Su paquete salió.")
    with clock.at(SOON):
        assert len(leaving()) == 1
        with transaction() as session:
            a_saying(session, take(session, case_id), "Otra cosa.", bot="otro", at=SOON)
    with clock.at(SOON + timedelta(minutes=2)):
        assert leaving() == []
    with clock.at(SOON + timedelta(minutes=13)):
        assert len(leaving()) == 1


def test_at_night_it_waits_for_the_morning():
    evening = MORNING + timedelta(hours=12)
    with transaction() as session:
        a_saying(session, a_case(session), "Su paquete salió.", at=evening)
    with clock.at(evening + timedelta(minutes=2)):
        assert leaving() == []
    assert _reason() == "it is night where the customer is"
    with clock.at(MORNING + timedelta(hours=22)):
        assert len(leaving()) == 1


def test_send_now_wakes_the_customer():
    evening = MORNING + timedelta(hours=12)
    with transaction() as session:
        mail = a_saying(session, a_case(session), "Su paquete salió.", at=evening)
        assert outbox.send_now(mail, at=evening)
    with clock.at(evening + timedelta(seconds=1)):
        assert len(leaving()) == 1


def test_who_got_much_of_others_is_spared():
    _speaks("Su paquete salió.")
    with transaction() as session:
        touches.record(
            session,
            [
                {
                    "kind": "address",
                    "value": "ana@cliente.example",
                    "source": "x",
                    "event_id": str(n),
                    "campaign_class": "promotional",
                    "weight": 1.0,
                    "sent_at": MORNING,
                }
                for n in range(3)
            ],
        )
    with clock.at(SOON):
        assert leaving() == []
    assert _reason() == "the customer had enough mail of late"


def test_a_commercial_mail_to_somebody_with_a_complaint_is_not_sent():
    _speaks("Compre dos.", purpose=Purpose.COMMERCIAL)
    with clock.at(SOON):
        assert leaving() == []
    (mail,) = _mails()
    assert mail.state is State.CANCELLED or mail.due_at > SOON
    assert mail.reason == "this customer is not written to for commercial ends now"


def test_a_mailbox_in_shadow_mode_sends_nothing_that_was_queued_before():
    _speaks("Su paquete salió.")
    with transaction() as session:
        session.scalars(select(Mailbox)).one().mode = Mode.SHADOW
    with clock.at(SOON):
        assert leaving() == []
    assert "shadow" in _reason()


def test_two_answers_a_day_and_no_more():
    for n in range(3):
        at = MORNING + timedelta(minutes=30 * n)
        with transaction() as session:
            a_saying(
                session, a_case(session, TROUBLES[n], minutes=30 * n), f"Cosa {'abc'[n]}.", at=at
            )
        with clock.at(at + timedelta(minutes=2)):
            assert len(leaving()) == (n < 2)
    assert _mails()[-1].reason == "this address had enough automatic answers today"


def test_every_decision_is_kept_with_reason_inputs_and_version():
    _speaks("Su paquete salió.", "Otra cosa.")
    with clock.at(SOON):
        leaving()
    with reading() as session:
        kept = session.scalars(select(Decided).order_by(Decided.id)).all()
        assert {one.rule for one in kept} == {"go", "merge"}
        assert all(one.reason and one.version == coordination.VERSION for one in kept)
        assert all(one.inputs["case_open"] is True for one in kept)
