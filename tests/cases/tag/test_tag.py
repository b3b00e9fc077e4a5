"""What a tag may be, and when two of them are the same."""

import pytest

from cases.tag import LONGEST, joined, key, tidy, without


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Black   Friday ", "black friday"),
        ("#VIP", "vip"),
        ('a "b", c', "a b c"),
        ("Envío", "envío"),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), ""),
        ("a\u202eb", ""),
        ("a\x00b", ""),
        ("#!?", ""),
        ("", ""),
        ("x " * 100_000, ""),
    ],
)
def test_a_tag_is_short_lower_case_and_of_letters(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


def test_accents_and_capitals_make_no_other_tag() -> None:
    assert key("ENVÍO") == key("envio") == "envio"
    assert joined(("envío", "vip"), ("Envio", "urgente", "#")) == ("envío", "vip", "urgente")
    assert without(("envío", "vip"), ("ENVIO",)) == ("vip",)
