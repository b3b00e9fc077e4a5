"""HTML becomes the text that a reader sees."""

import pytest

from inbox.intake.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hola,</p><p>no llega mi <b>pedido</b>.</p>", "Hola,\n\nno llega mi pedido."),
        ("uno<br>dos<br><br>tres", "uno\ndos\n\ntres"),
        ("<div>uno</div><div>dos</div>", "uno\ndos"),
        ("<div>uno</div><div><br></div><div>dos</div>", "uno\n\ndos"),
        ("  un \n  espacio&nbsp;solo ", "un espacio solo"),
        (
            "<ul><li>uno</li><li>dos<ul><li>tres</li></ul></li></ul>fin",
            "- uno\n- dos\n  - tres\n\nfin",
        ),
        ("<ol><li>uno</li><li>dos</li></ol>", "1. uno\n2. dos"),
        ("<h1>Título</h1>texto", "Título\n\ntexto"),
        (
            "<table><tr><td>Pedido</td><td>5</td></tr><tr><td>Total</td><td>9 €</td></tr></table>",
            "Pedido | 5\nTotal | 9 €",
        ),
        ("<table><tr><td><p>Pedido</p></td><td><p>5</p></td></tr></table>", "Pedido | 5"),
        (
            "hola<blockquote>uno<br>dos<blockquote>tres</blockquote></blockquote>fin",
            "hola\n\n> uno\n> dos\n>\n> > tres\n\nfin",
        ),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<head><title>T</title><style>p{}</style></head><body>x<script>y</script></body>", "x"),
        ("<div style='display:none'>preheader</div>visible", "visible"),
        ("<span hidden>no</span>sí", "sí"),
        ('Pulse <a href="https://example.org/f">aquí</a>.', "Pulse aquí <https://example.org/f>."),
        ('<a href="https://t.example.org/x9">Mi cuenta</a>', "Mi cuenta"),
        ('<img src="x" alt="Oferta de otoño">', "Oferta de otoño"),
        ("a<hr>b", "a\n\n--------------------\n\nb"),
        ("&lt;b&gt; &amp; &euro;", "<b> & €"),
        ("a\u200b\u00adb", "ab"),
        ("", ""),
        ("<p>&nbsp;</p>", ""),
        ("solo texto", "solo texto"),
        ("<p>sin cerrar <b>nada", "sin cerrar nada"),
    ],
)
def test_a_page_is_read(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "piece", ["<div>", "<b><p>", "<blockquote>a", "<table><tr><td>", "<ul><li>", "<"]
)
def test_a_page_nested_without_end_still_gives_its_words(piece: str) -> None:
    assert "hola" in html_to_text("<p>hola</p>" + piece * 30_000)


def test_what_stands_behind_the_deepest_nesting_is_not_lost() -> None:
    assert "adiós" in html_to_text("<div>" * 5_000 + "adi&oacute;s")
