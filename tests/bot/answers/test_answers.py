"""Agents' answers: queued, taken back in time, refused when somebody wrote meanwhile."""

import email
import email.policy
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers
from bot.answers import Answer, Mode, NobodyToAnswer, Stale, TooLate
from bot.composing.enclosing import Enclosure
from bot.outbox import OutgoingMail, State
from cases import Agent, Case, Mailbox, Participant, signing
from cases.filing import file
from tests.builders import MORNING, a_mail, an_arrival

LATER = MORNING + timedelta(minutes=5)


@pytest.fixture
def bea(session: Session) -> Agent:
    agent = Agent(address="bea@tienda.example", name="Bea", created_at=MORNING)
    session.add(agent)
    return agent


@pytest.fixture
def case(session: Session) -> Case:
    box = Mailbox(
        address="soporte@tienda.example", imap_host="x", imap_user="x", created_at=MORNING
    )
    session.add(box)
    return file(session, an_arrival("No llega mi pedido", mailbox=box)).case


def _outgoing(session: Session) -> OutgoingMail:
    session.flush()
    return session.scalars(select(OutgoingMail)).one()


def test_an_answer_leaves_after_the_undo_window(session: Session, case: Case, bea: Agent) -> None:
    answers.send(session, case, bea, Answer("Mañana llega."), at=LATER)
    mail = _outgoing(session)
    assert mail.due_at == LATER + answers.UNDO
    assert mail.recipient == "ana@cliente.example"
    assert not mail.automatic
    assert case.due_at is None


def test_it_answers_the_customers_mail_from_the_address_they_wrote_to(
    session: Session, case: Case, bea: Agent
) -> None:
    first = answers.newest_message(session, case)
    assert first is not None
    answers.send(session, case, bea, Answer("Mañana llega."), at=LATER)
    mail = email.message_from_bytes(_outgoing(session).content)
    assert mail["In-Reply-To"] == f"<{first.rfc_id}>"
    assert "soporte@tienda.example" in mail["From"]
    assert "Auto-Submitted" not in mail
    assert signing.case_of_message_id(mail["Message-ID"].strip("<>")) == case.id


def test_undo_gives_the_words_back_and_the_promise_stands_again(
    session: Session, case: Case, bea: Agent
) -> None:
    due = case.due_at
    message = answers.send(session, case, bea, Answer("Mañana llega."), at=LATER)
    session.flush()
    assert answers.take_back(session, message, by=bea.address, at=LATER) == "Mañana llega."
    assert _outgoing(session).state is State.CANCELLED
    assert case.due_at == due
    assert case.answered_at is None


def test_the_mailbox_signs_what_people_write_in_the_customers_language(
    session: Session, case: Case, bea: Agent
) -> None:
    assert case.mailbox is not None
    case.language = "en"
    case.mailbox.signature_es = "Un saludo,\n{{agente.nombre}}"
    case.mailbox.signature_en = "Kind regards,\n{{agent.name}}, {{mailbox.name}} #{{case.number}}"
    message = answers.send(session, case, bea, Answer("It comes tomorrow."), at=LATER)
    signed = f"It comes tomorrow.\n\n-- \nKind regards,\nBea,  #{case.id}"
    assert message.text == signed
    mail = email.message_from_bytes(_outgoing(session).content, policy=email.policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == signed
    # Who takes it back gets their own words alone: the next try is signed once.
    assert answers.take_back(session, message, by=bea.address, at=LATER) == "It comes tomorrow."


def test_a_signature_stands_above_what_is_passed_on(
    session: Session, case: Case, bea: Agent
) -> None:
    assert case.mailbox is not None
    case.mailbox.signature_es = "Bea"
    answer = Answer("Mirad.", mode=Mode.FORWARD, to=("a@otra.example",), below="> No llega")
    message = answers.send(session, case, bea, answer, at=LATER)
    assert message.text == "Mirad.\n\n-- \nBea\n\n> No llega"


def test_what_has_left_cannot_be_taken_back(session: Session, case: Case, bea: Agent) -> None:
    message = answers.send(session, case, bea, Answer("Mañana llega."), at=LATER)
    _outgoing(session).state = State.ACCEPTED
    session.flush()
    with pytest.raises(TooLate):
        answers.take_back(session, message, by=bea.address, at=LATER)


def test_an_answer_to_an_old_view_is_refused(session: Session, case: Case, bea: Agent) -> None:
    seen = answers.newest_message(session, case)
    assert seen is not None
    file(session, an_arrival(a_mail("¿Hola?", references=(seen.rfc_id,)), minutes=3))
    with pytest.raises(Stale):
        answers.send(session, case, bea, Answer("Mañana.", seen=seen.id), at=LATER)


def test_a_case_without_an_address_cannot_be_answered(session: Session, bea: Agent) -> None:
    nameless = file(session, an_arrival(a_mail("?", sender="", message_id=""))).case
    with pytest.raises(NobodyToAnswer):
        answers.send(session, nameless, bea, Answer("Hola"), at=LATER)


def test_a_newcomer_gets_nothing(session: Session, case: Case, bea: Agent) -> None:
    ours = signing.new_message_id(case.id, "tienda.example")
    file(session, an_arrival(a_mail("Yo también", sender="eve@mal.example", in_reply_to=(ours,))))
    answers.send(session, case, bea, Answer("Hola"), at=LATER)
    assert _outgoing(session).recipient == "ana@cliente.example"


def test_a_hostile_subject_adds_no_header(session: Session, bea: Agent) -> None:
    box = Mailbox(address="s@t.example", imap_host="x", imap_user="x", created_at=MORNING)
    session.add(box)
    hostile = a_mail("x", subject="Hola\nBcc: eve@mal.example\u2028X-A: b")
    case = file(session, an_arrival(hostile, mailbox=box)).case
    answers.send(session, case, bea, Answer("Hola"), at=LATER)
    mail = email.message_from_bytes(_outgoing(session).content)
    assert mail["Bcc"] is None
    assert mail["X-A"] is None


def test_an_answer_carries_files_and_reaches_everybody_in_one_envelope(
    session: Session, case: Case, bea: Agent
) -> None:
    file = Enclosure("día «1».pdf", "application/pdf", b"%PDF-1.4" * 50)
    answer = Answer(
        "Va la factura.",
        to=("ana@cliente.example", "luis@cliente.example"),
        cc=("gestor@otra.example",),
        bcc=("jefa@tienda.example",),
        files=(file,),
    )
    message = answers.send(session, case, bea, answer, at=LATER)
    sent = _outgoing(session)
    assert sent.recipient == "ana@cliente.example"
    assert sent.also == ["luis@cliente.example", "gestor@otra.example", "jefa@tienda.example"]
    mail = email.message_from_bytes(sent.content, policy=email.policy.default)
    assert mail["To"] == "ana@cliente.example, luis@cliente.example"
    assert mail["Cc"] == "gestor@otra.example"
    assert b"jefa@" not in sent.content
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (file.name, file.content)
    parts = list(mail.walk())
    assert parts[int(message.attachments[0]["part"])] is attached
    parties = set(session.scalars(select(Participant.address)))
    assert "gestor@otra.example" in parties
    assert "jefa@tienda.example" not in parties


def test_a_mail_passed_on_answers_the_customer_nothing(
    session: Session, case: Case, bea: Agent
) -> None:
    owed = case.due_at
    answer = Answer("¿Lo tenéis?", mode=Mode.FORWARD, to=("almacen@otra.example",))
    message = answers.send(session, case, bea, answer, at=LATER)
    assert _outgoing(session).recipient == "almacen@otra.example"
    assert message.subject.startswith("Fwd: ")
    assert case.due_at == owed
    answers.take_back(session, message, by=bea.address, at=LATER)
    assert case.due_at == owed


def test_everybody_chooses_how_long_their_answers_wait(
    session: Session, case: Case, bea: Agent
) -> None:
    bea.undo_seconds = 0
    answers.send(session, case, bea, Answer("Ya."), at=LATER)
    assert _outgoing(session).due_at == LATER


def test_an_address_that_no_mail_can_be_written_to_is_refused(session: Session, bea: Agent) -> None:
    case = file(session, an_arrival(a_mail("No llega", sender="josé@cliente.example"))).case
    with pytest.raises(NobodyToAnswer, match="no address that every server takes"):
        answers.send(session, case, bea, Answer("Mañana llega."), at=LATER)
