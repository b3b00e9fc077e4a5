"""What will be sent next stands in the case: agents cancel it, send it now, or edit it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import replies, voice
from bot.outbox import OutgoingMail, State
from bot.registry.proposals import Fate, Proposal
from bot.replies import Saying
from cases import Case, Message, clock
from cases.case import take
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, LUIS

CASE = "Llamadas a deshora"


def _waits(facts: str = "Su paquete sale mañana.", *, hours: float = 3) -> tuple[int, int]:
    return waits_in(case_about(CASE), facts, hours=hours)


def waits_in(
    about: Case, facts: str = "Su paquete sale mañana.", *, hours: float = 3
) -> tuple[int, int]:
    """A bot's mail that waits in the case; numbers of case and mail."""
    with transaction() as session:
        case = take(session, about.id)
        saying = Saying(
            f"k:{facts}", "nora@correo.example", "bot", "bot", "Novedades", facts, bot="mensajero"
        )
        mail = replies.say(session, case, saying, at=clock.now())
        mail.due_at = clock.now() + timedelta(hours=hours)
        mail.reason = "it is night where the customer is"
        session.flush()
        return case.id, mail.id


def _proposed(text: str = "¿Le llegó bien?") -> tuple[int, int]:
    with transaction() as session:
        case = take(session, case_about(CASE).id)
        draft = Proposal(
            bot="rule:ayuda@2",
            key="k",
            case_id=case.id,
            template="suggestion",
            text=text,
            fate=Fate.DRAFT,
            rule="rule:ayuda@2",
            reason="proposed to the agents: the rule 'ayuda' fits",
            at=clock.now(),
        )
        session.add(draft)
        session.flush()
        return case.id, draft.id


def _mail(number: int) -> OutgoingMail:
    with reading() as session:
        return session.get_one(OutgoingMail, number)


def _block(page: str) -> str:
    found = re.search(r'<section class="card" aria-labelledby="h-next-.*?</section>', page, re.S)
    assert found is not None
    return found[0]


def test_a_case_shows_what_leaves_next_and_why_it_waits(enter: Enter) -> None:
    case_id, _mail_id = _waits()
    _proposed()
    block = _block(enter(ADMIN).get(f"/cases/{case_id}").text)
    assert "mensajero" in block
    assert "es de noche donde vive el cliente" in block
    assert "la regla «ayuda» lo propone" in block
    assert "¿Le llegó bien?" in block


def test_it_costs_one_statement(enter: Enter, statements: list[str]) -> None:
    case_id, _mail_id = _waits()
    admin = enter(ADMIN)
    admin.get(f"/cases/{case_id}")
    statements.clear()
    admin.get(f"/cases/{case_id}")
    ours = [one for one in statements if "voice" in one or "FROM proposal" in one]
    assert len(ours) == 1


@pytest.mark.parametrize("partial", [True, False])
def test_what_was_cancelled_is_not_sent_and_the_case_says_by_whom(
    enter: Enter, partial: bool
) -> None:
    case_id, mail_id = _waits()
    admin = enter(ADMIN)
    answer = admin.post(f"/cases/{case_id}/coming/{mail_id}/cancellation", partial=partial)
    assert answer.status_code == (200 if partial else 303)
    mail = _mail(mail_id)
    assert mail.state is State.CANCELLED
    assert mail.reason == f"cancelled by {ADMIN}"
    again = admin.post(f"/cases/{case_id}/coming/{mail_id}/cancellation")
    assert again.status_code == 409


def test_what_is_sent_now_does_not_wait_for_the_morning(enter: Enter) -> None:
    case_id, mail_id = _waits()
    enter(ADMIN).post(f"/cases/{case_id}/coming/{mail_id}/departure")
    mail = _mail(mail_id)
    assert mail.urgent
    assert mail.due_at <= clock.now()


def test_a_draft_in_other_words_is_the_agents_answer_and_its_bot_learns_it(enter: Enter) -> None:
    case_id, draft_id = _proposed()
    _other, waiting = _waits()
    enter(ADMIN).post(f"/cases/{case_id}/drafts/{draft_id}", text="¿Llegó entero?")
    with reading() as session:
        draft = session.get_one(Proposal, draft_id)
        assert draft.fate is Fate.EDITED
        assert session.get_one(Message, draft.message_id or 0).text == "¿Llegó entero?"
    # A person spoke, so the bots do not.
    assert _mail(waiting).state is State.CANCELLED


def test_a_draft_can_be_discarded_once(enter: Enter) -> None:
    case_id, draft_id = _proposed()
    admin = enter(ADMIN)
    assert admin.post(f"/cases/{case_id}/drafts/{draft_id}/refusal").status_code == 303
    assert admin.post(f"/cases/{case_id}/drafts/{draft_id}/refusal").status_code == 409


def test_who_takes_over_silences_the_bots_until_giving_the_case_back(enter: Enter) -> None:
    case_id, mail_id = _waits()
    admin = enter(ADMIN)
    page = admin.post(f"/cases/{case_id}/word", partial=True, to="people").text
    assert "los bots callan" in _block(page)
    assert _mail(mail_id).state is State.CANCELLED
    page = admin.post(f"/cases/{case_id}/word", partial=True, to="bots").text
    assert "Los bots pueden hablar" in _block(page)
    with reading() as session:
        assert not voice.of(session, [case_id])[case_id].is_with_people(None)


@pytest.mark.parametrize("what", ["coming/{0}/cancellation", "coming/{0}/departure", "word"])
def test_nobody_changes_what_waits_in_a_case_they_may_not_see(enter: Enter, what: str) -> None:
    case_id, mail_id = _waits()
    answer = enter(LUIS).post(f"/cases/{case_id}/{what.format(mail_id)}", to="people")
    assert answer.status_code == 404
    assert _mail(mail_id).state is State.PENDING


def test_a_mail_of_another_case_is_not_touched(enter: Enter) -> None:
    _case_id, mail_id = _waits()
    other = case_about("Factura").id
    assert enter(ADMIN).post(f"/cases/{other}/coming/{mail_id}/cancellation").status_code == 409
    with reading() as session:
        states = session.scalars(select(OutgoingMail.state).where(OutgoingMail.id == mail_id)).all()
    assert states == [State.PENDING]
