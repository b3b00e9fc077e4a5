"""A forward is known by its subject or its form, and so is who wrote first."""

import pytest

from inbox.intake.reading import forwarded_sender, is_forward, newly_written

GMAIL = (
    "---------- Forwarded message ---------\nFrom: Eva <eva@home.example>\n"
    "Date: Tue, Mar 4, 2025\nSubject: Lamp\nTo: <ana@work.example>\n\nIt is broken."
)
APPLE = (
    "Inicio del mensaje reenviado:\n\n> De: Eva <eva@home.example>\n> Asunto: Lámpara\n"
    "> Fecha: 4 de marzo\n> Para: ana@work.example\n>\n> Está rota."
)
OUTLOOK = (
    "________________________________\nDe: Eva <Eva@home.example>\n"
    "Enviado: martes 9:12\nPara: Ana\nAsunto: Lámpara\n\nEstá rota."
)


@pytest.mark.parametrize(
    "subject",
    ["Fwd: Lamp", "FW: Lamp", "RV: Lámpara", "Reenv: x", "WG: Lampe", "TR: Lampe", "ENC: x",
     "[Shop #12] Fwd: Lamp", "Fwd[2]: Lamp", "fw : x", "Doorst: x"],
)  # fmt: skip
def test_the_subject_says_that_it_is_a_forward(subject):
    assert is_forward(subject, "See below.")


@pytest.mark.parametrize("subject", ["Re: Fwd: Lamp", "Lamp", "", "RE: RV: x", "AW: WG: x", "I: x"])
def test_other_subjects_do_not(subject):
    assert not is_forward(subject, "See below.")


@pytest.mark.parametrize("text", [GMAIL, APPLE])
def test_the_form_says_it_too(text):
    assert is_forward("Lamp", f"For you.\n\n{text}")


def test_a_weak_prefix_needs_the_form():
    assert is_forward("I: Lampada", OUTLOOK)
    assert is_forward("VS: Lampe", OUTLOOK)
    assert not is_forward("VS: Lampe", "Hei!")


@pytest.mark.parametrize("text", [GMAIL, APPLE, OUTLOOK, f"For you.\n\n{GMAIL}"])
def test_the_first_writer_is_found(text):
    assert forwarded_sender(text) == "eva@home.example"


def test_an_address_on_the_next_line_is_found():
    text = "From: Eva\n<eva@home.example>\nSent: Tuesday 9:12\nTo: Ana\nSubject: Lamp\n\nBroken."
    assert forwarded_sender(text) == "eva@home.example"


@pytest.mark.parametrize(
    "text",
    [
        "------ Mensaje reenviado ------\nDe Eva <eva@home.example>\nPara luis@x.example\n\nRota.",
        "----- Mensaje reenviado ----- De: Eva <eva@home.example>Para: Luis <l@x.example>Enviado",
        '------ Forwarded Message ------\nFrom "Eva" <eva@home.example>\nTo l@x.example\n\nBroken.',
    ],
)
def test_a_writer_without_a_header_block_is_found(text):
    assert forwarded_sender(text) == "eva@home.example"


def test_no_writer_where_nothing_is_forwarded():
    assert forwarded_sender("Hello, eva@home.example is my address.") is None
    assert forwarded_sender("") is None


@pytest.mark.parametrize("text", [GMAIL, APPLE, OUTLOOK])
def test_a_forward_without_own_words_is_given_back_whole(text):
    assert newly_written(text, subject="Fwd: x").new_text == text


def test_a_forward_with_only_a_signature_is_given_back_whole():
    text = f"Sent from my iPhone\n\n{GMAIL}"
    assert "It is broken." in newly_written(text, subject="Fwd: Lamp").new_text


@pytest.mark.parametrize("text", [GMAIL, APPLE, OUTLOOK])
def test_what_somebody_hands_on_belongs_to_the_words_above_it(text):
    read = newly_written(f"¿Lo miras?\n\n-- \nAna\n\n{text}", subject="RV: Lámpara")
    assert read.new_text == f"¿Lo miras?\n\n{text}"
    assert read.forwards


def test_a_page_shows_what_is_handed_on():
    page = f"<p>¿Lo miras?</p><div class='gmail_quote'>{GMAIL.replace(chr(10), '<br>')}</div>"
    read = newly_written(f"¿Lo miras?\n\n{GMAIL}", html=page, subject="Fwd: Lamp")
    assert "It is broken." in read.new_text


@pytest.mark.parametrize("subject", ["Re: Lamp", "Lamp"])
def test_an_answer_hands_nothing_on(subject):
    for below in (OUTLOOK, f"-----Original Message-----\nOf mine.\n\n{GMAIL}"):
        assert newly_written(f"Fine.\n\n{below}", subject=subject).new_text == "Fine."
