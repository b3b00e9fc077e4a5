"""Pairs that may be one person are found, and people who only share a name are not."""

import pytest

from cases.contact import introduce
from cases.people.domains import can_exist, likely_meant
from cases.people.suggesting import Because, Known, keep_apart, pairs, suggestions
from tests.builders import MORNING

ANA = Known(1, "Ana Ruiz Gómez", ("ana.ruiz@gmail.com",), ("+34600112233",))


@pytest.mark.parametrize(
    ("other", "because"),
    [
        (Known(2, "", ("anaruiz+tienda@gmail.com",)), Because.SAME_MAILBOX),
        (Known(2, "", ("ana.ruiz@gmial.com",)), Because.SAME_MAILBOX),
        (Known(2, "RUIZ GOMEZ, Ana", (), ("+44600112233",)), Because.NAME_AND_PHONE),
        (Known(2, "Ana Ruiz Gomez", ("ana.ruiz@empresa.es",)), Because.NAME_AND_LOCAL_PART),
        (Known(2, "Ana Ruiz Gómez", ("otra@empresa.es",)), None),
        (Known(2, "Ana", ("ana.ruiz@empresa.es",)), None),
        (Known(2, "", ("ana@gmail.com",)), None),
    ],
)
def test_what_makes_a_pair(other: Known, because: Because | None) -> None:
    found = pairs([ANA, other])
    assert [(one.into_id, one.contact_id, one.because) for one in found] == (
        [(1, 2, because)] if because else []
    )


def test_role_addresses_and_names_of_everybody_make_no_pairs() -> None:
    shops = [Known(n, "Info Tienda", (f"info@tienda{n}.es",)) for n in range(5)]
    many = [Known(n, "Luis Pérez", (f"luis.perez1980@x{n}.es",)) for n in range(10, 30)]
    assert pairs([*shops, *many]) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("hotmial.es", "hotmail.es"),
        ("gmail.com", "gmail.com"),
        ("gmx.com", "gmx.com"),
        ("hotmail.fr", "hotmail.fr"),
        ("mail.com", "gmail.com"),
        ("email.com", "gmail.com"),
        ("tienda.es", "tienda.es"),
    ],
)
def test_a_slip_is_told_from_another_provider(said: str, meant: str) -> None:
    real = {"mail.com", "email.com"}
    assert likely_meant(said) == (said if said in real else meant)


@pytest.mark.parametrize(
    ("domain", "exists"),
    [
        ("gmail.com", True),
        ("empresa.co.uk", True),
        ("xn--espaa-rta.es", True),
        ("gmail.con", False),
        ("gmail", False),
        ("com", False),
        ("a..es", False),
        ("-a.es", False),
        ("x.invalid", False),
        ("a" * 64 + ".es", False),
        ("a." * 200 + "es", False),
    ],
)
def test_domains_that_cannot_exist_are_told(domain: str, exists: bool) -> None:
    assert can_exist(domain) is exists


def test_a_pair_that_was_kept_apart_is_not_suggested_again(session) -> None:
    first = introduce(session, "ana.ruiz@gmail.com", name="Ana", at=MORNING)
    second = introduce(session, "anaruiz@gmail.com", name="Ana", at=MORNING)
    session.flush()
    assert [one.contact_id for one in suggestions(session)] == [second.id]
    keep_apart(session, second.id, first.id, by="bea", at=MORNING)
    keep_apart(session, first.id, second.id, by="bea", at=MORNING)
    session.flush()
    assert suggestions(session) == []
