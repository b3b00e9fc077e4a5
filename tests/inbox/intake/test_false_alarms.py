"""Nobody who writes about machines, absences or failed deliveries is taken for one of them."""

import tomllib
from collections.abc import Iterable, Iterator
from itertools import islice, product
from pathlib import Path

import pytest

from cases.mail import Origin
from inbox.intake.opening import open_mail
from tests.builders import MORNING
from tests.conversations import KNOWN
from tests.raw import a_raw

ASSETS = Path(__file__).parents[2] / "assets"
PEOPLE = tomllib.loads((ASSETS / "personal_mails.toml").read_text(encoding="utf-8"))
QUOTED = (
    "\r\n\r\nEl lun, 2 mar 2026 a las 10:15, Tienda (<soporte@tienda.example>) escribió:\r\n\r\n"
)
AUTOMATIC = "> Respuesta automática: hemos recibido tu mensaje. No respondas a este correo.\r\n"
ASKED = "tregua.c1.x.y@tienda.example"
# As programs send them: a first mail, an answer to a machine's mail, and with a wish for silence.
FORMS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", ()),
    (QUOTED + AUTOMATIC, (("In-Reply-To", f"<{ASKED}>"), ("Auto-Submitted", "no"))),
    (
        "\r\n\r\nUn saludo,\r\nAna",
        (("Return-Path", "<ana@cliente.example>"), ("Importance", "high")),
    ),
)


def _mails() -> Iterator[tuple[str, str, bytes]]:
    for said in PEOPLE.values():
        for subject, body in product(said["subjects"], said["bodies"]):
            yield from _in_all_forms(subject, body)


def _in_all_forms(subject: str, body: str) -> Iterator[tuple[str, str, bytes]]:
    for n, (below, headers) in enumerate(FORMS):
        name = f"p{n}@cliente.example"
        raw = a_raw("Ana <ana@cliente.example>", subject, body + below, at=MORNING, id=name,
                    headers=headers)  # fmt: skip
        yield subject, body, raw


def _taken_for_machines(mails: Iterable[tuple[str, str, bytes]]) -> list[tuple[str, str, str]]:
    wrong = []
    for subject, body, raw in mails:
        mail = open_mail(raw, KNOWN)
        if mail.speaker.origin is not Origin.CUSTOMER or mail.bounce:
            wrong.append((subject, body, str(mail.speaker)))
    return wrong


def test_some_personal_mails_are_taken_for_nothing_else() -> None:
    assert not _taken_for_machines(islice(_mails(), 0, None, 41))


@pytest.mark.nightly
def test_no_personal_mail_is_taken_for_an_automatic_answer_or_a_bounce() -> None:
    mails = list(_mails())
    assert len(mails) > 2_500
    assert not _taken_for_machines(mails)


@pytest.mark.parametrize("subject", ["RV: Respuesta automática: Pedido", "Re: Pedido"])
@pytest.mark.parametrize("above", ["Solo me llega esto.\r\n\r\n", ""])
def test_who_hands_a_machines_mail_on_is_a_person(subject: str, above: str) -> None:
    body = (
        f"{above}---------- Forwarded message ---------\r\nDe: Luz <noreply@luz.example>\r\n"
        "Date: lun, 2 mar 2026 a las 9:00\r\nSubject: Respuesta automática: Pedido\r\n"
        "To: <ana@cliente.example>\r\n\r\nEste es un mensaje automático, no responda a este"
        " correo. Estoy de vacaciones."
    )
    assert not _taken_for_machines(_in_all_forms(subject, body))
