"""Answering machines without a telling header are told by what they say, and people are not."""

import tomllib
from pathlib import Path

import pytest

from cases.mail import Origin
from inbox.intake.opening import open_mail
from inbox.intake.origin.formulas import acknowledges, formulas
from tests.builders import MORNING
from tests.conversations import KNOWN
from tests.raw import a_raw

ASSETS = Path(__file__).parents[2] / "assets"
MAILS = tomllib.loads((ASSETS / "answering_machines.toml").read_text(encoding="utf-8"))
ASKED = (("In-Reply-To", "<asked@tienda.example>"), ("References", "<asked@tienda.example>"))


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
