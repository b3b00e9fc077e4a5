"""However a number is written, it is one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.people.phones import NotAPhone, e164


@pytest.mark.parametrize(
    ("text", "country", "whole"),
    [
        ("600 11 22 33", "ES", "+34600112233"),
        ("+34 600-112-233", "", "+34600112233"),
        ("0034 600.11.22.33", "MX", "+34600112233"),
        ("tel:+34600112233", "", "+34600112233"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("02 1234567", "IT", "+39021234567"),
        ("55 1234 5678", "mx", "+525512345678"),
        ("(305) 555-0100", "US", "+13055550100"),
        ("1 305 555 0100", "US", "+13055550100"),
        ("٦٠٠", "ES", None),
        ("600112233", "", None),
        ("60011", "ES", None),
        ("call me", "ES", None),
        ("+0123456789", "", None),
        ("6" * 500, "ES", None),
    ],
)
def test_a_number_has_one_form(text: str, country: str, whole: str | None) -> None:
    if whole is None:
        with pytest.raises(NotAPhone):
            e164(text, country)
    else:
        assert e164(text, country) == whole


@given(st.text(max_size=80), st.sampled_from(["", "ES", "GB", "ZZ"]))
def test_whatever_is_typed_becomes_a_number_or_a_refusal(text: str, country: str) -> None:
    try:
        whole = e164(text, country)
    except NotAPhone:
        return
    assert whole.startswith("+")
    assert e164(whole) == whole
