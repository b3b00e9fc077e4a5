"""One person, whatever way an address is written."""

import pytest
from sqlalchemy.orm import Session

from cases.contact import find, meet, normalised
from tests.builders import MORNING


@pytest.mark.parametrize(
    ("written", "matched"),
    [
        ("Ana@Example.COM", "ana@example.com"),
        (" ana@example.com ", "ana@example.com"),
        ("José@MÜNCHEN.de", "josé@xn--mnchen-3ya.de"),
        ("jose\u0301@example.com", "josé@example.com"),
        ("a.b+tag@example.com", "a.b+tag@example.com"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_an_address_is_matched_in_one_form(written: str, matched: str) -> None:
    assert normalised(written) == matched


def test_nobody_is_met_twice(session: Session) -> None:
    first = meet(session, "Ana@Example.com", name="Ana", at=MORNING)
    session.flush()
    assert meet(session, "ana@EXAMPLE.com", name="", at=MORNING) is first


def test_a_mail_without_sender_makes_a_contact_that_nobody_finds(session: Session) -> None:
    nameless = meet(session, "", name="", at=MORNING)
    session.flush()
    assert nameless.identifiers == []
    assert nameless.address == ""
    assert find(session, "") is None
