"""Answering machines without a telling header are told by what they say, and people are not."""

import tomllib
from pathlib import Path

import pytest

from cases.mail import Origin
from inbox.intake.opening import open_mail
from inbox.intake.origin import machines
from inbox.intake.origin.formulas import acknowledges, formulas
from tests.builders import MORNING
from tests.conversations import KNOWN
from tests.raw import a_raw

HERE = Path(machines.__file__).parent
ASSETS = Path(__file__).parents[2] / "assets"
TEXTS = tomllib.loads((HERE / "texts.toml").read_text(encoding="utf-8"))
MAILS = tomllib.loads((ASSETS / "answering_machines.toml").read_text(encoding="utf-8"))
ASKED = (("In-Reply-To", "<asked@tienda.example>"), ("References", "<asked@tienda.example>"))


ANSWER = "Re: Pedido 5518"
PERSON = Origin.CUSTOMER


def _is_automatic(text: str) -> bool:
    return _origin(ANSWER, text) is Origin.AUTO_REPLY


def _origin(subject: str, text: str) -> Origin:
    raw = a_raw(
        "Ana <ana@cliente.example>",
        subject,
        text.replace("\n", "\r\n"),
        at=MORNING,
        id="m1@cliente.example",
        headers=ASKED,
    )
    return open_mail(raw, KNOWN).origin


@pytest.mark.parametrize("said", MAILS["machines"], ids=lambda said: said[1][:60])
def test_a_machine_is_told_by_its_subject_or_its_formulas(said: tuple[str, str]) -> None:
    assert _origin(*said) is Origin.AUTO_REPLY


@pytest.mark.parametrize("said", MAILS["people"], ids=lambda said: said[1][:60])
def test_a_person_who_uses_such_words_stays_a_person(said: tuple[str, str]) -> None:
    assert _origin(*said) is Origin.CUSTOMER


def test_most_machines_without_telling_header_or_subject_are_found() -> None:
    machines = TEXTS["machines"][::3]
    assert sum(map(_is_automatic, machines)) > 0.75 * len(machines)


def test_people_who_answer_with_the_words_of_machines_are_not_taken_for_one() -> None:
    wrong = [said for said in TEXTS["people"][::3] if _origin(ANSWER, said) is not PERSON]
    assert len(wrong) <= 1


@pytest.mark.parametrize("said", ["Rain on a bank holiday.", "Thank you. No need to reply."])
def test_one_phrase_is_one_formula(said: str) -> None:
    assert _origin(ANSWER, said) is PERSON


def test_who_tells_a_story_is_a_person_though_two_formulas_stand_in_it() -> None:
    machine = "I am on annual leave until Monday. For urgent matters contact bob@firm.example."
    story = "\n".join(f"The part number {n} was wrong and the driver left again." for n in range(6))
    assert _is_automatic(machine)
    assert _origin(ANSWER, f"{story}\n{machine}") is PERSON


@pytest.mark.parametrize(
    "wish",
    [
        "Please replace the pump.",
        "Por favor, cambien la bomba.",
        "Merci de remplacer la pompe.",
        "Bitte stornieren.",
        "Any news?",
        "I accept your offer.",
    ],
)
def test_whoever_wants_something_of_us_is_a_person(wish: str) -> None:
    away = "I am on annual leave until Monday. My colleague will help you: bob@firm.example."
    assert _origin(ANSWER, f"{away} {wish}") is PERSON


def test_a_machine_may_ask_whether_it_is_urgent_and_answer_itself() -> None:
    assert _is_automatic("I am on leave and do not read my mail. Urgent? Call 020 7946 0000.")
    assert _is_automatic("I only check my mail at noon, out today. If it is urgent, call me.")


def test_a_title_of_a_receipt_with_the_words_of_one_is_a_machine() -> None:
    title = "Eingangsbestätigung: Bestellung"
    assert _origin(title, "Wir haben Ihre Nachricht erhalten.") is Origin.AUTO_REPLY
    assert _origin(title, "Ich brauche eine für meine Steuer.") is PERSON


def test_who_answers_with_a_link_that_proves_a_person_is_a_challenge() -> None:
    link = "click this link once: https://proof.example/8812"
    assert _origin(ANSWER, f"To reduce spam, please {link}") is Origin.CHALLENGE
    assert _origin(ANSWER, f"Your site says {link}. It shows an error.") is PERSON


def test_a_receipt_needs_a_promise() -> None:
    assert acknowledges("we have received your request and will reply within 24 hours.")
    assert not acknowledges("we have received your request.")
    assert "taken in" not in formulas("i opened a ticket last week, and a message was sent.")


SUBJECTS = (
    "Estoy fuera de la oficina",
    "De vacaciones",
    "Ausente hasta el 15 de marzo",
    "On holiday until 15 March",
    "OOO Re: Order",
    "Absent(e) : commande",
    "En congés",
    "Im Urlaub",
    "Assente",
    "In ferie",
    "De férias",
    "De vacances",
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_who_answers_under_a_subject_of_an_absence_is_a_machine(subject: str) -> None:
    assert _origin(subject, "") is Origin.AUTO_REPLY
    assert _origin(f"Re: {subject}", "El martes me viene bien.") is Origin.CUSTOMER
    assert _origin(subject, "¿Puede venir el paquete el martes?") is Origin.CUSTOMER


@pytest.mark.parametrize("subject", ["Leído: Pedido", "Read: Order", "Lu : commande", "Gelesen: x"])
def test_a_subject_that_says_read_and_not_a_word_more_is_a_receipt(subject: str) -> None:
    assert _origin(subject, "") is Origin.RECEIPT
    assert _origin(subject, "Sigue sin llegar.") is Origin.CUSTOMER
