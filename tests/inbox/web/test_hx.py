"""What htmx says, of the second version and of the fourth."""

import pytest
from werkzeug.datastructures import Headers

from inbox.web import hx


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "partial"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_part_is_given_only_where_a_part_is_wanted(
    headers: dict[str, str], partial: bool
) -> None:
    assert hx.Asked(Headers(headers)).is_partial is partial


def test_who_asked_and_for_where_is_understood_in_both_forms() -> None:
    second = hx.Asked(Headers({"HX-Trigger": "close-case", "HX-Target": "reader"}))
    fourth = hx.Asked(Headers({"HX-Source": "button#close-case", "HX-Target": "div#reader"}))
    assert second.source == fourth.source == "close-case"
    assert second.target_id == fourth.target_id == "reader"


def test_a_title_cannot_break_out_of_its_element() -> None:
    assert hx.title("</title><script>") == ("<title>&lt;/title&gt;&lt;script&gt; · Tregua</title>")


def test_a_piece_names_its_place() -> None:
    said = hx.partial("#row-7", "<li>x</li>", swap="outerMorph")
    assert said == '<hx-partial hx-target="#row-7" hx-swap="outerMorph"><li>x</li></hx-partial>'
