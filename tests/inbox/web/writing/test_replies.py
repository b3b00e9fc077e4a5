"""Answers and notes: queued, taken back, refused when something came, and never lost."""

import re
from datetime import timedelta

from sqlalchemy import select

from bot.answers import UNDO
from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import Case, Direction, Message, Origin, Participant, State, clock
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA, BEA

SUBJECT = "Charged twice for order 88213"
TEXT = "Hi Oliver,\n\nthe second charge is refunded.\n\nAna"


def _newest(case: Case) -> Message:
    with reading() as session:
        return session.scalars(
            select(Message).where(Message.case_id == case.id).order_by(Message.id.desc())
        ).first()  # type: ignore[return-value]


def _mail_of(message: Message) -> OutgoingMail:
    with reading() as session:
        return session.scalars(
            select(OutgoingMail).where(OutgoingMail.message_id == message.id)
        ).one()


def test_an_answer_waits_for_the_undo_window_and_makes_the_case_mine(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    sent = ana.post(f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id)
    assert sent.status_code == 303
    answer = _newest(case)
    assert (answer.direction, answer.text, answer.by) == (Direction.OUT, TEXT, ANA)
    mail = _mail_of(answer)
    assert mail.state is Sent.PENDING
    assert mail.due_at - mail.queued_at == UNDO
    found = case_about(SUBJECT)
    assert found.due_at is None
    assert found.assignee_id is not None
    assert "Enviando…" in ana.get(sent.location).text


def test_with_scripts_the_answer_appears_and_the_box_is_empty(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    page = ana.post(
        f"/cases/{case.id}/replies", partial=True, text=TEXT, seen=_newest(case).id
    ).text
    assert "the second charge is refunded" in page
    assert f'action="/messages/{_newest(case).id}/withdrawal"' in page
    box = page[page.index(f"#case-composer-{case.id}") :]
    assert re.search(r"<textarea[^>]*></textarea>", box)


def test_an_answer_can_close_the_case(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(
        f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id, **{"as": "answer-and-close"}
    )
    assert case_about(SUBJECT).state is State.CLOSED


def test_an_answer_taken_back_never_leaves_and_its_text_is_in_the_box(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id)
    answer = _newest(case)
    back = ana.post(f"/messages/{answer.id}/withdrawal")
    assert _mail_of(answer).state is Sent.CANCELLED
    page = ana.get(back.location).text
    assert f"{TEXT}</textarea>" in page
    assert case_about(SUBJECT).due_at == case.due_at


def test_with_scripts_too(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id)
    page = ana.post(f"/messages/{_newest(case).id}/withdrawal", partial=True).text
    assert f"{TEXT}</textarea>" in page
    conversation = page.split("<textarea")[0]
    assert TEXT not in conversation
    assert "Respuesta retirada" in conversation


def test_an_answer_that_has_left_stays_sent(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id)
    answer = _newest(case)
    with transaction() as session:
        session.get_one(OutgoingMail, _mail_of(answer).id).state = Sent.ACCEPTED
    late = ana.post(f"/messages/{answer.id}/withdrawal", partial=True)
    assert late.status_code == 409
    assert "la respuesta ya ha salido" in late.text


def test_nobody_takes_back_what_another_wrote(enter: Enter) -> None:
    ana, bea, case = enter(ANA), enter(BEA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id)
    answer = _newest(case)
    assert bea.post(f"/messages/{answer.id}/withdrawal").status_code == 403
    ana.post(f"/messages/{answer.id}/withdrawal")
    assert TEXT not in bea.get(f"/cases/{case.id}?draft={answer.id}").text.split("<textarea")[1]


def _somebody_writes(case: Case, text: str) -> None:
    with transaction() as session:
        session.add(
            Message(
                case_id=case.id,
                direction=Direction.IN,
                origin=Origin.CUSTOMER,
                sender="oliver.whitcombe@mail.example",
                text=text,
                new_text=text,
                arrived_at=clock.now() + timedelta(seconds=1),
            )
        )


def test_an_answer_to_an_old_state_is_not_sent_and_not_lost(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    seen = _newest(case).id
    _somebody_writes(case, "Never mind, it was my bank.")
    for partial in (False, True):
        page = ana.post(f"/cases/{case.id}/replies", partial=partial, text=TEXT, seen=seen)
        assert page.status_code == 409
        assert "Never mind, it was my bank." in page.text
        assert f"{TEXT}</textarea>" in page.text
        assert f'name="seen" value="{_newest(case).id}"' in page.text
    assert _newest(case).direction is Direction.IN
    assert (
        ana.post(f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id).status_code == 303
    )


def test_an_empty_answer_is_refused_beside_the_box(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    page = ana.post(f"/cases/{case.id}/replies", partial=True, text="  \n ", seen=0)
    assert page.status_code == 422
    assert "Escribe algo primero." in page.text
    assert 'aria-invalid="true"' in page.text


def test_a_case_without_an_address_says_so_and_keeps_the_text(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    with transaction() as session:
        for one in session.scalars(select(Participant).where(Participant.case_id == case.id)):
            session.delete(one)
    page = ana.post(f"/cases/{case.id}/replies", text=TEXT, seen=_newest(case).id)
    assert page.status_code == 409
    assert "no tiene dirección" in page.text
    assert f"{TEXT}</textarea>" in page.text


def test_a_note_stays_inside(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    page = ana.post(
        f"/cases/{case.id}/replies", partial=True, text="Ask accounting first", **{"as": "note"}
    )
    assert page.status_code == 200
    note = _newest(case)
    assert (note.direction, note.by) == (Direction.NOTE, ANA)
    with reading() as session:
        assert not session.scalars(
            select(OutgoingMail).where(OutgoingMail.message_id == note.id)
        ).all()
    assert case_about(SUBJECT).due_at == case.due_at
    assert 'class="message is-note' in page.text


def test_what_may_be_a_slip_is_asked_once_and_then_sent(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    text = "See the attached invoice."
    asked = ana.post(f"/cases/{case.id}/replies", partial=True, text=text, seen=_newest(case).id)
    assert asked.status_code == 409
    assert "«attached»" in asked.text
    assert f"{text}</textarea>" in asked.text
    assert 'name="anyway" value="file"' in asked.text
    assert _newest(case).text != text
    again = ana.post(f"/cases/{case.id}/replies", text=text, anyway="file")
    assert again.status_code == 303
    assert _newest(case).text == text


def test_an_address_that_is_none_is_named_beside_its_field(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    page = ana.post(f"/cases/{case.id}/replies", text=TEXT, cc="Jefa <jefa@otra.test>, nadie")
    assert page.status_code == 422
    assert "nadie" in page.text
    assert re.search(r'name="cc"[^>]*aria-invalid="true"', page.text)
    missing = ana.post(f"/cases/{case.id}/replies", text=TEXT, mode="forward")
    assert missing.status_code == 422
    assert "Di a quién va" in missing.text


def test_a_forward_carries_the_customers_words_and_answers_nothing(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/replies", text="¿Lo veis?", mode="forward", to="banco@otra.test")
    passed_on = _newest(case)
    assert passed_on.to == ["banco@otra.test"]
    assert "Mensaje reenviado" in passed_on.text
    assert case_about(SUBJECT).due_at == case.due_at
    assert case_about(SUBJECT).assignee_id == case.assignee_id


def test_an_answer_can_lay_the_case_aside(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    way = {"as": "answer-and-snooze.reply"}
    ana.post(f"/cases/{case.id}/replies", text=TEXT, **way)
    found = case_about(SUBJECT)
    assert found.snoozed_at is not None
    assert found.snoozed_until is None
