"""Which case a mail joins, and what it does to it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Address, Case, Exclusion, Origin, Participant, State, Trust, signing
from cases.filing import Belief, file, file_all
from tests.builders import MORNING, a_mail, an_arrival, spoken_by


def test_a_first_mail_opens_a_case_that_waits_for_us(session: Session) -> None:
    filed = file(session, an_arrival("No llega mi pedido"))
    assert filed.opened
    assert filed.case.state is State.OPEN
    assert filed.case.waiting_since == MORNING
    assert filed.case.due_at == MORNING + timedelta(hours=8)


def test_an_answer_joins_the_case_it_refers_to(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    answer = a_mail("¿Hola?", references=(first.message.rfc_id,))
    assert file(session, an_arrival(answer)).case is first.case


def test_an_answer_in_the_same_batch_joins_too(session: Session) -> None:
    first = a_mail("No llega")
    answer = a_mail("¿Hola?", in_reply_to=(first.message_id,))
    filed = file_all(session, [an_arrival(first), an_arrival(answer)], Belief())
    assert filed[0].case is filed[1].case


def test_a_stranger_who_names_a_known_mail_opens_a_linked_case(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    stranger = a_mail("Hola", sender="eve@mal.example", references=(first.message.rfc_id,))
    filed = file(session, an_arrival(stranger))
    assert filed.case is not first.case
    assert filed.case.linked_to_id == first.case.id


def test_our_signed_id_brings_a_new_address_in_as_a_newcomer(session: Session) -> None:
    case = file(session, an_arrival("No llega")).case
    ours = signing.new_message_id(case.id, "tienda.example")
    filed = file(
        session, an_arrival(a_mail("Soy su hija", sender="eva@casa.example", in_reply_to=(ours,)))
    )
    assert filed.case is case
    assert case.contact.address == "ana@cliente.example"
    session.flush()
    parts = {
        p.address: p.part.value
        for p in session.scalars(select(Participant).where(Participant.case_id == case.id))
    }
    assert parts["eva@casa.example"] == "newcomer"


def test_a_guessed_id_of_ours_is_worth_nothing(session: Session) -> None:
    case = file(session, an_arrival("No llega")).case
    forged = f"tregua.c{case.id}.aaaaaaaa.{'a' * 26}@tienda.example"
    filed = file(
        session, an_arrival(a_mail("Hola", sender="eve@mal.example", in_reply_to=(forged,)))
    )
    assert filed.case is not case


def test_a_signed_plus_address_finds_the_case(session: Session) -> None:
    case = file(session, an_arrival("No llega")).case
    to = Address(signing.plus_address("soporte@tienda.example", case.id))
    assert file(session, an_arrival(a_mail("¿Y?", to=(to,)))).case is case


@pytest.mark.parametrize("sender", ["eve@mal.example", "ana@otro.example"])
def test_a_number_in_the_subject_is_nothing_to_strangers(session: Session, sender: str) -> None:
    case = file(session, an_arrival("No llega")).case
    mail = a_mail("Hola", sender=sender, subject=f"Re: [#{case.id}]")
    assert file(session, an_arrival(mail)).case is not case


def test_a_number_in_the_subject_is_believed_of_the_customer(session: Session) -> None:
    case = file(session, an_arrival("No llega")).case
    assert (
        file(session, an_arrival(a_mail("Hola", subject=f"Re: pedido [#{case.id}]"))).case is case
    )


def test_a_number_needs_the_servers_word_where_a_server_vouches(session: Session) -> None:
    case = file(session, an_arrival("No llega")).case
    mail = a_mail("Hola", subject=f"Re: pedido [#{case.id}]")
    assert file(session, an_arrival(mail), Belief(servers_vouch=True)).case is not case
    vouched = replace(a_mail("Hola", subject=f"Re: pedido [#{case.id}]"), trust=Trust.PASS)
    assert file(session, an_arrival(vouched), Belief(servers_vouch=True)).case is case


def test_a_failed_sender_is_kept_apart(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    forged = replace(a_mail("Dame los datos", references=(first.message.rfc_id,)), trust=Trust.FAIL)
    filed = file(session, an_arrival(forged))
    assert filed.case is not first.case
    assert filed.message.quarantined


def test_chasing_does_not_reset_the_clock(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    file(session, an_arrival(a_mail("¿Hola?", references=(first.message.rfc_id,)), minutes=90))
    assert first.case.waiting_since == MORNING


def test_thanks_alone_never_reopens(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    first.case.close(by="bea@tienda.example", at=MORNING)
    thanks = a_mail("¡Muchas gracias!\nAna", references=(first.message.rfc_id,))
    assert file(session, an_arrival(thanks, minutes=5)).case is first.case
    assert not first.case.is_open


def test_a_new_word_within_the_window_reopens(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    first.case.close(by="bea@tienda.example", at=MORNING)
    again = a_mail("Sigue sin llegar", references=(first.message.rfc_id,))
    assert file(session, an_arrival(again, minutes=60)).reopened
    assert first.case.is_open


def test_months_later_a_new_linked_case_is_opened(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    first.case.close(by="bea@tienda.example", at=MORNING)
    later = a_mail("Otra cosa", references=(first.message.rfc_id,))
    filed = file(session, an_arrival(later, minutes=60 * 24 * 60))
    assert filed.case is not first.case
    assert filed.case.linked_to_id == first.case.id
    assert not first.case.is_open


@pytest.mark.parametrize("origin", [Origin.AUTO_REPLY, Origin.BULK, Origin.BOT, Origin.BOUNCE])
def test_what_no_person_wrote_opens_no_work(session: Session, origin: Origin) -> None:
    filed = file(session, an_arrival(replace(a_mail("Oferta"), speaker=spoken_by(origin))))
    assert filed.case.bulk
    assert filed.case.state is State.CLOSED
    assert filed.case.due_at is None


def test_a_bots_mail_joins_its_customers_case_and_starts_no_clock(session: Session) -> None:
    case = file(session, an_arrival("No llega")).case
    case.waiting_since = case.due_at = None
    speaker = spoken_by(Origin.BOT, bot="orders", customer="ana@cliente.example")
    mail = replace(a_mail("Enviado", sender="bot@tienda.example"), speaker=speaker)
    assert file(session, an_arrival(mail)).case is case
    assert case.due_at is None


def test_the_same_mail_in_two_mailboxes_is_one_message(session: Session) -> None:
    mail = a_mail("No llega")
    first = file(session, an_arrival(mail, raw_id=1))
    second = file(session, an_arrival(mail, raw_id=2))
    assert second.again
    assert second.message is first.message
    assert len(session.scalars(select(Case)).all()) == 1


def test_an_agents_forward_becomes_the_customers_case(session: Session) -> None:
    speaker = spoken_by(Origin.AGENT, customer="ana@cliente.example")
    mail = replace(a_mail("FYI", sender="bea@tienda.example"), speaker=speaker, forwarded=True)
    filed = file(session, an_arrival(mail))
    assert filed.case.contact.address == "ana@cliente.example"
    assert filed.case.is_open


def test_a_mail_that_two_mails_answer_joins_them(session: Session) -> None:
    unseen = "lost@cliente.example"
    first = file(session, an_arrival(a_mail("Primera", references=(unseen,))))
    assert file(session, an_arrival(a_mail("Segunda", references=(unseen,)))).case is first.case


def test_old_imported_mail_promises_nothing(session: Session) -> None:
    filed = file(session, an_arrival("Hace mucho", history=True))
    assert filed.case.state is State.CLOSED
    assert filed.case.due_at is None
    assert not session.scalars(select(Exclusion)).all()
