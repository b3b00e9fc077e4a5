"""What users of other tools complain about: what they send, to whom, and what becomes of it."""

import email
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import answers, composing, replies
from bot.answers import Answer, Stale, TooLate
from bot.outbox import OutgoingMail, State
from bot.policy import Reply
from cases import Address, Agent, Bounce, Case, Direction, Mailbox, Message, Origin, What, signing
from cases.db import transaction, write_rows
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.filing import Filed, file
from inbox.intake.opening import open_mail
from tests.builders import MORNING, a_mail, an_arrival, spoken_by
from tests.conversations import AGENT, KNOWN
from tests.raw import OURS, a_raw

LATER = MORNING + timedelta(minutes=5)
ACK = Reply("acknowledgement", "acknowledge", "a person opened a case")


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """What is complained of is the same on every database; the pieces are tested on both."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def bea(session: Session) -> Agent:
    agent = Agent(address=AGENT, name="Bea", created_at=MORNING)
    session.add(agent)
    return agent


@pytest.fixture
def first(session: Session) -> Filed:
    box = Mailbox(address=OURS, imap_host="x", imap_user="x", created_at=MORNING)
    session.add(box)
    mail = a_mail("No llega", cc=(Address("luis@casa.example"),))
    return file(session, an_arrival(mail, mailbox=box))


def _sent(session: Session) -> OutgoingMail:
    write_rows(session)
    return session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()  # type: ignore[return-value]


def _bounced(session: Session, recipient: str, rfc_id: str) -> Filed:
    bounce = Bounce((recipient,), "5.1.1", True, True, rfc_id)
    mail = a_mail("Undelivered", sender="mailer-daemon@mx.example", bounce=bounce,
                  speaker=spoken_by(Origin.BOUNCE))  # fmt: skip
    return file(session, an_arrival(mail, minutes=9))


def test_13_an_answer_that_failed_comes_back_to_the_agent(
    session: Session, first: Filed, bea: Agent
) -> None:
    answer = answers.send(session, first.case, bea, Answer("Mañana"), at=LATER)
    assert not first.case.unread
    filed = _bounced(session, "ana@cliente.example", answer.rfc_id)
    assert filed.case is first.case
    assert first.case.unread
    session.flush()
    assert What.BOUNCED in {event.what for event in first.case.events}
    assert first.case.contact.identifiers[0].bounced_at is not None


def _full(session: Session, rfc_id: str, told: int = 1) -> None:
    for n in range(told):
        bounce = Bounce(("ana@cliente.example",), "4.2.2", False, False, rfc_id)
        mail = a_mail("Delayed", sender="mailer-daemon@mx.example", bounce=bounce,
                      message_id=f"d{n}.{rfc_id}", speaker=spoken_by(Origin.BOUNCE))  # fmt: skip
        file(session, an_arrival(mail, minutes=9))


def _resting(session: Session) -> list[Exclusion]:
    session.flush()
    wanted = select(Exclusion).where(Exclusion.reason == Reason.BOUNCE_SOFT)
    return list(session.scalars(wanted))


def test_13_an_address_rests_after_three_mails_that_came_back_for_now(
    session: Session, first: Filed, bea: Agent
) -> None:
    texts = ("Mañana", "Hoy no", "Pasado")
    sent = [answers.send(session, first.case, bea, Answer(one), at=LATER) for one in texts]
    for answer in sent[:2]:
        _full(session, answer.rfc_id, told=4)
    assert not _resting(session)
    _full(session, sent[2].rfc_id)
    (rests,) = _resting(session)
    assert rests.identifier_id == first.case.contact.identifiers[0].id
    assert rests.until == MORNING + timedelta(days=7, minutes=9)
    assert first.case.contact.identifiers[0].bounced_at is None


def test_13_made_up_delays_rest_no_address(session: Session, first: Filed) -> None:
    for n in range(4):
        _full(session, f"made-up-{n}@tienda.example")
    assert not _resting(session)


@pytest.mark.parametrize("reported", ["", "made-up@tienda.example", "tregua.c1.x.y@tienda.example"])
def test_13_a_made_up_bounce_kills_no_address(
    session: Session, first: Filed, reported: str
) -> None:
    bounce = Bounce(("ana@cliente.example",), "5.1.1", True, True, reported or None)
    mail = a_mail("Undelivered", sender="ana@cliente.example", bounce=bounce,
                  references=(first.message.rfc_id,), speaker=spoken_by(Origin.BOUNCE))  # fmt: skip
    file(session, an_arrival(mail, minutes=9))
    assert first.case.contact.identifiers[0].bounced_at is None


def test_15_a_reply_to_that_deceives_is_shown_and_not_obeyed(session: Session, bea: Agent) -> None:
    raw = a_raw("ana@cliente.example", "Hola", "No llega", at=MORNING, id="r@cliente.example",
                headers=(("Reply-To", "eve@evil.example"),))  # fmt: skip
    filed = file(session, an_arrival(open_mail(raw, KNOWN)))
    assert filed.message.reply_to == "eve@evil.example"
    assert answers.send(session, filed.case, bea, Answer("Hola"), at=LATER).to == [
        "ana@cliente.example"
    ]


def test_19_an_answer_is_found_without_plus_addresses_too(
    session: Session, first: Filed, bea: Agent
) -> None:
    answers.send(session, first.case, bea, Answer("Mañana"), at=LATER)
    written = email.message_from_bytes(_sent(session).content)
    assert "+" not in str(written["From"])
    back = a_mail("Gracias, ¿y la hora?", in_reply_to=(written["Message-ID"].strip("<>"),))
    assert file(session, an_arrival(back, minutes=30)).case is first.case


def test_21_automatic_mail_goes_to_the_sender_alone(session: Session, first: Filed) -> None:
    replies.queue(session, first.message, ACK, at=LATER)
    mail = _sent(session)
    assert mail.recipient == "ana@cliente.example"
    written = email.message_from_bytes(mail.content)
    assert written["Cc"] is None
    assert "luis@casa.example" not in mail.content.decode()


def test_22_an_answer_written_in_another_program_is_seen(session: Session, first: Filed) -> None:
    raw = a_raw(AGENT, "Re: No llega", "Llega hoy.", at=LATER, id="b@laptop.example",
                to=("ana@cliente.example", OURS),
                headers=(("In-Reply-To", f"<{first.message.rfc_id}>"),))  # fmt: skip
    filed = file(session, an_arrival(open_mail(raw, KNOWN), minutes=5))
    assert filed.case is first.case
    assert filed.message.direction is Direction.OUT
    assert first.case.due_at is None


def test_23_an_answer_can_be_taken_back_until_it_leaves(
    session: Session, first: Filed, bea: Agent
) -> None:
    answer = answers.send(session, first.case, bea, Answer("Mañana"), at=LATER)
    session.flush()
    assert answers.take_back(session, answer, by=AGENT, at=LATER) == "Mañana"
    assert _sent(session).state is State.CANCELLED
    second = answers.send(session, first.case, bea, Answer("Hoy"), at=LATER)
    _sent(session).state = State.ACCEPTED
    session.flush()
    with pytest.raises(TooLate):
        answers.take_back(session, second, by=AGENT, at=LATER)


def test_23_and_is_refused_if_the_customer_wrote_first(
    session: Session, first: Filed, bea: Agent
) -> None:
    seen = first.message.id
    file(session, an_arrival(a_mail("Ya llegó", references=(first.message.rfc_id,)), minutes=2))
    with pytest.raises(Stale):
        answers.send(session, first.case, bea, Answer("Mañana", seen=seen), at=LATER)


def test_24_two_agents_do_not_answer_the_same_mail_unaware(
    session: Session, first: Filed, bea: Agent
) -> None:
    seen = first.message.id
    answers.send(session, first.case, bea, Answer("Mañana", seen=seen), at=LATER)
    session.flush()
    with pytest.raises(Stale):
        answers.send(session, first.case, bea, Answer("Pasado mañana", seen=seen), at=LATER)


@pytest.mark.usefixtures("installation")
def test_24_a_case_is_acknowledged_once_whoever_tries() -> None:
    with transaction() as session:
        message = file(session, an_arrival("No llega")).message
        replies.queue(session, message, ACK, at=LATER)
    with pytest.raises(IntegrityError), transaction() as session:
        replies.queue(session, session.get_one(Message, message.id), ACK, at=LATER)


def test_26_our_ids_have_no_form_that_filters_punish(session: Session) -> None:
    ids = [signing.new_message_id(n, "tienda.example") for n in (1, 8123, 10**9)]
    punished = re.compile(r"<?[a-z]+\d+-[0-9a-f]{6,}@|.*\$.*\$|[A-Z]{10,}@")
    assert not any(punished.match(one) for one in ids)
    assert all(re.fullmatch(r"[a-z0-9.]+@tienda\.example", one) for one in ids)


def test_27_references_stay_short_and_keep_first_and_newest(session: Session) -> None:
    older = tuple(f"{n:04}.{'x' * 60}@mail.example" for n in range(200))
    header = composing.references(older, "parent@mail.example")
    assert len(header) <= 1500
    assert header.startswith(f"<{older[0]}>")
    assert header.endswith("<parent@mail.example>")


def test_cases_name_no_stranger_as_their_customer(session: Session, first: Filed) -> None:
    ours = signing.new_message_id(first.case.id, "tienda.example")
    file(session, an_arrival(a_mail("Yo", sender="eve@evil.example", in_reply_to=(ours,))))
    assert session.scalars(select(Case)).one().contact.address == "ana@cliente.example"
