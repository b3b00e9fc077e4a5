"""What users of other tools complain about: mails in the wrong case. The numbers are mail.md's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Address, Case, Mailbox, Message, Origin, Part, Participant, Trust, signing
from cases.filing import Belief, Filed, file
from cases.merging import merge, undo_merge
from inbox.intake.opening import open_mail
from tests.builders import MORNING, a_mail, an_arrival
from tests.conversations import AGENT, KNOWN
from tests.raw import OURS, a_raw

BEA = "bea@tienda.example"
FORWARDED = (
    "Para vosotros.\n\n---------- Forwarded message ---------\nDe: Ana <ana@cliente.example>\n"
    "Fecha: lun, 9 mar 2026\nAsunto: Pedido\nPara: <bea@tienda.example>\n\nNo llega mi pedido."
)


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """What is complained of is the same on every database; the pieces are tested on both."""
    return f"sqlite:///{tmp_path}/tregua.db"


def _filed(session: Session, text: str, *, days: float = 0, **values: object) -> Filed:
    arrival = an_arrival(a_mail(text, **values), minutes=days * 24 * 60)
    return file(session, arrival, Belief(own=KNOWN.own))


def test_01_a_number_in_the_subject_brings_nobody_into_another_customers_case(
    session: Session,
) -> None:
    case = _filed(session, "No llega").case
    for subject in (f"Re: [#{case.id}] No llega", f"[Ticket#{case.id}]", f"[#{case.id}]"):
        other = _filed(session, "Hola", sender="luis@otra.example", subject=subject)
        assert other.case is not case


def test_02_references_count_and_nothing_is_doubled(session: Session) -> None:
    first = _filed(session, "No llega")
    changed = a_mail("¿Y bien?", subject="Otro asunto", references=(first.message.rfc_id,))
    assert file(session, an_arrival(changed)).case is first.case
    assert file(session, an_arrival(changed, raw_id=7)).again
    again = replace(changed, message_id="new-id@cliente.example")
    assert file(session, an_arrival(again, minutes=3)).case is first.case
    assert len(session.scalars(select(Case)).all()) == 1


def test_03_a_strangers_forward_is_no_follow_up(session: Session) -> None:
    case = _filed(session, "No llega").case
    ours = signing.new_message_id(case.id, "tienda.example")
    forward = a_mail("Mirad", sender="colega@otra.example", references=(ours,), forwarded=True)
    filed = file(session, an_arrival(forward))
    assert filed.case is not case
    assert filed.case.linked_to is case


@pytest.mark.parametrize("subject", ["Fwd: Pedido", "RV: Pedido", "Pedido"])
def test_04_an_agents_forward_becomes_the_customers_case(session: Session, subject: str) -> None:
    raw = a_raw(AGENT, subject, FORWARDED, at=MORNING, id="f@tienda.example")
    filed = file(session, an_arrival(open_mail(raw, KNOWN)))
    assert filed.case.contact.address == "ana@cliente.example"
    assert filed.case.is_open
    assert not filed.case.bulk
    forged = a_raw(AGENT, subject, FORWARDED, at=MORNING, id="g@evil.example", trust="none")
    assert open_mail(forged, KNOWN).speaker.customer is None


def test_04_also_if_the_mail_is_enclosed_whole(session: Session) -> None:
    inside = a_raw("ana@cliente.example", "Pedido", "No llega", at=MORNING, id="m@cliente.example")
    raw = a_raw(AGENT, "Fwd: Pedido", "", at=MORNING, id="f@tienda.example").replace(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" + inside,
    )
    filed = file(session, an_arrival(open_mail(raw, KNOWN)))
    assert filed.case.contact.address == "ana@cliente.example"


@pytest.mark.parametrize(
    "words",
    ["¡Muchas gracias!", "Thanks a lot, Bea", "Muito obrigada pela ajuda!", "Merci beaucoup !",
     "Vielen Dank für die schnelle Hilfe"],
)  # fmt: skip
def test_10_thanks_alone_reopen_nothing(session: Session, words: str) -> None:
    first = _filed(session, "No llega")
    first.case.close(by=BEA, at=MORNING)
    filed = _filed(session, words, references=(first.message.rfc_id,))
    assert filed.case is first.case
    assert not first.case.is_open


@pytest.mark.parametrize("words", ["Gracias, pero sigue sin llegar", "Thanks. Cancel the order"])
def test_10_but_what_follows_thanks_does(session: Session, words: str) -> None:
    first = _filed(session, "No llega")
    first.case.close(by=BEA, at=MORNING)
    _filed(session, words, references=(first.message.rfc_id,))
    assert first.case.is_open


def test_11_a_new_matter_months_later_gets_a_case_of_its_own(session: Session) -> None:
    first = _filed(session, "No llega")
    first.case.close(by=BEA, at=MORNING)
    ids = (first.message.rfc_id,)
    later = _filed(session, "Otra cosa", days=90, references=ids)
    assert later.case is not first.case
    assert later.case.linked_to is first.case
    assert not first.case.is_open
    more = _filed(session, "Y además …", days=91, references=ids)
    assert more.case is later.case


def test_11_each_mailbox_has_its_own_window(session: Session) -> None:
    box = Mailbox(address=OURS, imap_host="x", imap_user="x", reopen_days=60, created_at=MORNING)
    session.add(box)
    first = file(session, an_arrival("No llega", mailbox=box))
    first.case.close(by=BEA, at=MORNING)
    answer = a_mail("Sigue sin llegar", references=(first.message.rfc_id,))
    assert file(session, an_arrival(answer, minutes=50 * 24 * 60, mailbox=box)).reopened


def test_12_merging_can_be_done_and_undone(session: Session) -> None:
    first, second = _filed(session, "No llega"), _filed(session, "Tampoco hoy")
    merge(session, second.case, first.case, by=BEA, at=MORNING)
    assert second.message.case is first.case
    undo_merge(session, second.case, by=BEA, at=MORNING)
    assert second.message.case is second.case
    assert second.case.is_open


def test_16_the_answer_of_somebody_in_copy_does_not_replace_the_customer(
    session: Session,
) -> None:
    luis = Address("luis@casa.example")
    first = _filed(session, "No llega", cc=(luis,))
    answer = _filed(session, "Yo tampoco sé nada", sender=luis, in_reply_to=(first.message.rfc_id,))
    assert answer.case is first.case
    assert first.case.contact.address == "ana@cliente.example"
    session.flush()
    parts = session.scalars(select(Participant).where(Participant.case_id == first.case.id))
    assert {one.address: one.part for one in parts} == {
        "ana@cliente.example": Part.CUSTOMER,
        "luis@casa.example": Part.COPIED,
    }


def test_18_a_client_that_overwrites_references_still_answers(session: Session) -> None:
    case = _filed(session, "No llega").case
    ours = signing.new_message_id(case.id, "tienda.example")
    mail = a_mail("¿Y?", in_reply_to=(ours,), references=("app.123@phone.example",))
    assert file(session, an_arrival(mail)).case is case
    without = a_mail("¿Y ahora?", to=(Address(signing.plus_address(OURS, case.id)),))
    assert file(session, an_arrival(without)).case is case
    bare = a_mail("¿Hola?", subject=f"RE: Pedido [#{case.id}]")
    assert file(session, an_arrival(bare)).case is case


def test_20_our_own_address_is_nobodys_customer(session: Session) -> None:
    known = replace(KNOWN, authserv_ids=frozenset())
    belief = Belief(own=KNOWN.own)
    cases = set()
    for n in range(3):
        raw = a_raw(OURS, "Formulario", f"Consulta {n}", at=MORNING, id=f"w{n}@web.example",
                    headers=(("Reply-To", f"c{n}@cliente.example"),))  # fmt: skip
        filed = file(session, an_arrival(open_mail(raw, known)), belief)
        assert filed.message.origin is Origin.CUSTOMER
        assert filed.case.contact.address == f"c{n}@cliente.example"
        cases.add(filed.case)
    assert len(cases) == 3
    session.flush()
    assert OURS not in set(session.scalars(select(Participant.address)))


def test_25_another_helpdesks_number_in_the_subject_stays_and_brings_us_nowhere(
    session: Session,
) -> None:
    first = _filed(session, "No llega", subject="[HELP-77] [#4711] Pedido")
    assert first.opened
    assert first.case.subject == "[HELP-77] [#4711] Pedido"
    second = _filed(
        session,
        "¿Y?",
        subject=f"[HELP-77] Re: [#4711] Pedido [#{first.case.id}]",
        trust=Trust.PASS,
    )
    assert second.case is first.case


def test_why_here_is_told_with_each_message(session: Session) -> None:
    first = _filed(session, "No llega")
    answer = _filed(session, "¿Y?", in_reply_to=(first.message.rfc_id,))
    told = session.scalars(select(Message).where(Message.id == answer.message.id)).one()
    assert (told.rule, told.matched) == ("known message-id", first.message.rfc_id)
    assert told.trust is Trust.NONE
    assert first.message.rule == "new case"


def test_windows_end_at_the_day(session: Session) -> None:
    first = _filed(session, "No llega")
    first.case.close(by=BEA, at=MORNING)
    assert first.case.may_reopen(MORNING + timedelta(days=14), 14)
    assert not first.case.may_reopen(MORNING + timedelta(days=14, seconds=1), 14)
