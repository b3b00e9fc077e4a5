"""Who takes part in a case, and what they may do there."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Address, Identifier, Kind, Mail, Origin, Part, Participant, Trust, signing
from cases.filing import Belief, Filed, file, file_all
from cases.merging import undo_merge
from tests.builders import MORNING, a_mail, an_arrival, spoken_by

LUIS, EVE, OURS = "luis@casa.example", "eve@mal.example", "soporte@tienda.example"
OWN = Belief(own=frozenset([OURS]))


def _filed(session: Session, mail: Mail, belief: Belief = OWN) -> Filed:
    return file(session, an_arrival(mail), belief)


def _parts(session: Session, filed: Filed) -> dict[str, Part]:
    session.flush()
    rows = select(Participant).where(Participant.case_id == filed.case.id)
    return {one.address: one.part for one in session.scalars(rows)}


def test_two_new_people_of_one_batch_are_two_people(session: Session) -> None:
    first = a_mail("No llega")
    answer = a_mail("Yo tampoco", sender=EVE, in_reply_to=(first.message_id,))
    filed = file_all(session, [an_arrival(first), an_arrival(answer)], OWN)
    assert filed[1].case is not filed[0].case
    assert filed[1].case.linked_to is filed[0].case


def test_all_addresses_of_the_contact_are_the_customer(session: Session) -> None:
    first = _filed(session, a_mail("No llega"))
    work = Identifier(kind=Kind.ADDRESS, value="ana@work.example", original="ana@work.example")
    first.case.contact.identifiers.append(work)
    session.flush()
    answer = a_mail("¿Y?", sender="ana@work.example", in_reply_to=(first.message.rfc_id,))
    filed = _filed(session, answer)
    assert filed.case is first.case
    assert _parts(session, first)["ana@work.example"] is Part.CUSTOMER


@pytest.mark.parametrize(
    ("first", "second"),
    [("ana@c.example", "ana+shop@c.example"), ("ana+shop@c.example", "ana@c.example"),
     ("ana+a@c.example", "ana+b@c.example")],
)  # fmt: skip
def test_a_tag_makes_no_other_person(session: Session, first: str, second: str) -> None:
    opened = _filed(session, a_mail("No llega", sender=first))
    answer = a_mail("¿Y?", sender=second, in_reply_to=(opened.message.rfc_id,))
    assert _filed(session, answer).case is opened.case
    again = a_mail("¿Y bien?", sender=second, subject=f"[#{opened.case.id}]")
    assert _filed(session, again).case is opened.case


def test_who_was_in_copy_may_answer_and_is_shown_as_that(session: Session) -> None:
    first = _filed(session, a_mail("No llega", cc=(Address(LUIS),)))
    answer = a_mail("Yo lo vi", sender=LUIS, in_reply_to=(first.message.rfc_id,))
    assert _filed(session, answer).case is first.case
    assert _parts(session, first) == {"ana@cliente.example": Part.CUSTOMER, LUIS: Part.COPIED}
    more = a_mail("Y otra cosa", sender=LUIS, in_reply_to=(answer.message_id,))
    assert _filed(session, more).case is first.case


def test_who_was_in_copy_of_one_mail_may_not_answer_another(session: Session) -> None:
    first = _filed(session, a_mail("No llega", cc=(Address(LUIS),)))
    private = a_mail("Entre nosotros", references=(first.message.rfc_id,))
    _filed(session, private)
    answer = a_mail("¿Qué?", sender=LUIS, in_reply_to=(private.message_id,))
    assert _filed(session, answer).case is not first.case


def test_a_newcomer_brings_nobody_in(session: Session) -> None:
    first = _filed(session, a_mail("No llega"))
    ours = signing.new_message_id(first.case.id, "tienda.example")
    _filed(session, a_mail("Yo", sender=EVE, in_reply_to=(ours,), cc=(Address("x@mal.example"),)))
    assert _parts(session, first) == {"ana@cliente.example": Part.CUSTOMER, EVE: Part.NEWCOMER}


def test_a_newcomers_own_mail_can_be_continued(session: Session) -> None:
    first = _filed(session, a_mail("No llega"))
    ours = signing.new_message_id(first.case.id, "tienda.example")
    came = _filed(session, a_mail("Soy su hija", sender=EVE, in_reply_to=(ours,)))
    more = a_mail("Además …", sender=EVE, in_reply_to=(came.message.rfc_id,))
    assert _filed(session, more).case is first.case


def test_an_original_that_comes_late_joins_the_answer_to_it(session: Session) -> None:
    letter = a_mail("No llega", to=(Address(OURS), Address(LUIS)))
    answer = a_mail("Yo también espero", sender=LUIS, in_reply_to=(letter.message_id,),
                    to=(Address(OURS), Address("ana@cliente.example")))  # fmt: skip
    first = _filed(session, answer)
    late = _filed(session, letter)
    assert (late.case, late.rule) == (first.case, "shared ancestor")


def test_the_customers_own_original_that_comes_late_joins_too(session: Session) -> None:
    letter = a_mail("No llega")
    more = a_mail("Perdón, añado esto", references=(letter.message_id,))
    first = _filed(session, more)
    assert _filed(session, letter).case is first.case


def test_where_servers_vouch_their_silence_counts_as_no(session: Session) -> None:
    strict = Belief(servers_vouch=True, own=OWN.own)
    first = _filed(session, replace(a_mail("No llega"), trust=Trust.PASS), strict)
    silent = a_mail("¿Y?", in_reply_to=(first.message.rfc_id,))
    assert _filed(session, silent, strict).case is not first.case
    ours = signing.new_message_id(first.case.id, "tienda.example")
    assert _filed(session, a_mail("¿Y bien?", in_reply_to=(ours,)), strict).case is first.case


def test_a_case_of_an_unknown_sender_is_provisional_until_somebody_vouches(
    session: Session,
) -> None:
    strict = Belief(servers_vouch=True, own=OWN.own)
    case = _filed(session, a_mail("No llega"), strict).case
    assert case.provisional
    ours = signing.new_message_id(case.id, "tienda.example")
    _filed(session, replace(a_mail("¿Y?", in_reply_to=(ours,)), trust=Trust.PASS), strict)
    assert not case.provisional
    assert not _filed(session, a_mail("Sin servidor que lo diga")).case.provisional
    failed = replace(a_mail("Falso"), trust=Trust.FAIL)
    assert _filed(session, failed).case.provisional


def test_an_agent_in_another_program_joins_the_customers_case(session: Session) -> None:
    first = _filed(session, a_mail("No llega"))
    speaks = {"sender": "bea@tienda.example", "speaker": spoken_by(Origin.AGENT)}
    answer = a_mail("En ello", to=(Address("ana@cliente.example"),),
                    in_reply_to=(first.message.rfc_id,), **speaks)  # fmt: skip
    assert _filed(session, answer).case is first.case
    assert first.case.answered_at == MORNING
    back = a_mail("Gracias, espero", in_reply_to=(answer.message_id,))
    assert _filed(session, back).case is first.case


def test_somebody_with_an_agents_address_who_writes_past_the_customer_does_not(
    session: Session,
) -> None:
    first = _filed(session, a_mail("No llega"))
    speaks = {"sender": "bea@tienda.example", "speaker": spoken_by(Origin.AGENT)}
    aside = a_mail("Pásame los datos", in_reply_to=(first.message.rfc_id,), **speaks)
    assert _filed(session, aside).case is not first.case


def test_what_we_write_first_is_the_recipients_case_when_they_answer(session: Session) -> None:
    speaks = {"sender": OURS, "speaker": spoken_by(Origin.OWN)}
    ours = a_mail("Su pedido se retrasa", to=(Address("ana@cliente.example"),), **speaks)
    told = _filed(session, ours)
    assert told.case.bulk
    assert told.case.contact.address == "ana@cliente.example"
    answer = _filed(session, a_mail("¿Cuánto?", in_reply_to=(ours.message_id,)))
    assert answer.case is told.case
    assert answer.opened
    assert told.case.is_open


def test_an_address_in_in_reply_to_is_no_id(session: Session) -> None:
    """Old programs: In-Reply-To: Message from Ana <ana@…> of Monday <id>."""
    first = _filed(session, a_mail("Hola", in_reply_to=(EVE, "m1@x.example"), to=(Address(EVE),)))
    other = a_mail("Otra cosa", in_reply_to=(EVE, "m2@x.example"), to=(Address(EVE),))
    assert _filed(session, other).case is not first.case


def test_a_late_mail_that_joins_two_cases_of_one_person_makes_them_one(session: Session) -> None:
    first = a_mail("No llega")
    second = a_mail("Perdón, falta el número", in_reply_to=(first.message_id,))
    third = a_mail("Es el 4711", in_reply_to=(second.message_id,))
    opened, early = _filed(session, first), _filed(session, third)
    assert early.case is not opened.case
    late = _filed(session, second)
    assert late.case is opened.case
    assert early.message.case is opened.case
    assert early.case.merged_into_id == opened.case.id
    more = a_mail("¿Y?", in_reply_to=(third.message_id,))
    assert _filed(session, more).case is opened.case
    undo_merge(session, early.case, by="bea@tienda.example", at=MORNING)
    assert early.message.case is early.case


def test_cases_of_two_people_stay_two(session: Session) -> None:
    first = _filed(session, a_mail("No llega", cc=(Address(LUIS),)))
    coming = a_mail("Luis, mira esto", to=(Address(OURS), Address(LUIS)),
                    in_reply_to=(first.message.rfc_id,))  # fmt: skip
    early = _filed(session, a_mail("Visto", sender=LUIS, in_reply_to=(coming.message_id,)))
    assert early.case is not first.case
    assert _filed(session, coming).case is first.case
    assert early.case.merged_into_id is None
