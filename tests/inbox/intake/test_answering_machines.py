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
