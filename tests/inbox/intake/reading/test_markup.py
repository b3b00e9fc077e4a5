"""In HTML the marks of the mail programs tell what is quoted."""

import pytest

from inbox.intake.html_text import html_to_text
from inbox.intake.reading import newly_written

QUOTED = "<p>We are looking into it.</p>"

QUOTATIONS = (
    '<div class="gmail_quote"><div class="gmail_attr">On Tue, Mar 4, 2025 at 9:12 AM Shop '
    "&lt;<a>help@shop.example</a>&gt; wrote:<br></div>"
    f'<blockquote class="gmail_quote">{QUOTED}</blockquote></div>',
    f'<div class="x_gmail_quote">El mar, 4 mar 2025, Tienda escribió:<br>{QUOTED}</div>',
    '<div class="moz-cite-prefix">El 4/3/25 a las 9:12, Tienda escribió:<br></div>'
    f'<blockquote type="cite">{QUOTED}</blockquote>',
    f'<div><br><blockquote type="cite"><div>On 4 Mar 2025, Shop wrote:</div>{QUOTED}</blockquote>'
    "</div>",
    f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Shop</div>{QUOTED}',
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>De:</b> Tienda<br>'
    f"<b>Enviado:</b> martes<br><b>Para:</b> Ana<br><b>Asunto:</b> x</p></div></div>{QUOTED}",
    '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>'
    f"From: Shop</div>{QUOTED}<blockquote>Older</blockquote>{QUOTED}</div>",
    f'<p id="reply-intro">El 4/3/25 9:12, Tienda escribió:</p><blockquote>{QUOTED}</blockquote>',
    '<hr style="width:98%"><div id="divRplyFwdMsg"><b>De:</b> Tienda</div>' + QUOTED,
    '<div style="border-style:solid none none"><p>From: Shop<br>Sent: today</p></div>' + QUOTED,
    f'<div class="yahoo_quoted"><div>On Tuesday, Shop wrote:</div>{QUOTED}</div>',
    f'<div class="protonmail_quote">On Tuesday, Shop wrote:<br>{QUOTED}</div>',
    f'<div class="zmail_extra">---- On Tue, Shop wrote ----<br>{QUOTED}</div>',
    f'<span id="OLK_SRC_BODY_SECTION"><b>From: </b>Shop{QUOTED}</span>',
    f'<hr id="stopSpelling">From: help@shop.example<br>To: ana@home.example<br>{QUOTED}',
    f"<hr>Date: Tue, 4 Mar 2025<br>From: help@shop.example<br>Subject: x<br>{QUOTED}",
    f"<blockquote>{QUOTED}</blockquote>",
)


def read(html: str):
    return newly_written(html_to_text(html), html=html)


@pytest.mark.parametrize("quotation", QUOTATIONS)
def test_what_programs_mark_as_quoted_is_cut(quotation):
    words = "<div>No ha llegado nada.</div><div><br></div><div>Call me.</div>"
    answer = read(f"<html><body>{words}{quotation}</body></html>")
    assert answer.new_text == "No ha llegado nada.\n\nCall me."
    assert answer.folded


@pytest.mark.parametrize("quotation", QUOTATIONS[:4])
def test_an_answer_below_the_quotation_is_kept(quotation):
    assert read(f"{quotation}<div>No ha llegado.</div>").new_text == "No ha llegado."


def test_answers_between_gmails_quotations_are_kept():
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, Shop wrote:</div>'
        '<blockquote class="gmail_quote">Which order?</blockquote><div>The 4711.</div>'
        '<blockquote class="gmail_quote">Which size?</blockquote><div>Size M.</div></div>'
    )
    assert read(html).new_text.split() == ["The", "4711.", "Size", "M."]


def test_what_a_person_only_indented_is_kept():
    html = '<p>The label says</p><blockquote class="gmail_quote">Do not bend</blockquote>'
    assert "Do not bend" in read(html).new_text


def test_an_indented_passage_inside_the_words_is_kept():
    html = "<p>The label says</p><blockquote>Do not bend</blockquote><p>and it was bent.</p>"
    assert read(html).new_text.split() == [
        "The",
        "label",
        "says",
        "Do",
        "not",
        "bend",
        "and",
        "it",
        "was",
        "bent.",
    ]


def test_a_marked_signature_is_no_part_of_the_words():
    html = '<div>Call me.</div><div class="gmail_signature">Ana García<br>Acme</div>'
    answer = read(html)
    assert answer.new_text == "Call me."
    assert "Acme" in answer.with_signature


def test_the_lines_to_fold_are_those_of_the_text_that_is_shown():
    html = (
        "<p>Call me.</p><p>Un saludo,<br>Ana</p>"
        f'<blockquote type="cite">{QUOTED}<p>Soon.</p></blockquote>'
    )
    text = html_to_text(html)
    lines = text.split("\n")
    folded = {
        fold.kind: " ".join(lines[fold.start_line : fold.end_line]) for fold in read(html).folded
    }
    assert "Un saludo, Ana" in folded["signature"]
    assert "Soon." in folded["quote"]
    assert "Call me." not in " ".join(folded.values())


def test_a_mail_of_nothing_but_quotation_is_given_back():
    html = f'<blockquote type="cite">{QUOTED}</blockquote>'
    assert "We are looking into it." in read(html).new_text


def test_a_form_on_paper_keeps_its_frames():
    html = '<div style="border-top:solid 1pt"><p>Pedido: 4711</p></div><p>No llega.</p>'
    assert "Pedido: 4711" in read(html).new_text
    assert "No llega." in read(html).new_text
