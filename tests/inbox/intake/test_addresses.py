"""Whoever wrote, and to whom, is told from headers as they are really written."""

import pytest

from cases.mail import Address
from inbox.intake.addresses import MOST, read_addresses

ANA = Address("ana@example.org", "Ana")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ana@example.org", [Address("ana@example.org")]),
        ("Ana <ana@example.org>", [ANA]),
        ("ANA@Example.ORG", [Address("ana@example.org")]),
        ('"Pérez, Ana" <ana@example.org>', [Address("ana@example.org", "Pérez, Ana")]),
        ("ana@example.org (Ana)", [ANA]),
        ("Ana <ana@example.org>, luis@example.org", [ANA, Address("luis@example.org")]),
        ("Equipo: Ana <ana@example.org>, luis@example.org;", [ANA, Address("luis@example.org")]),
        ("undisclosed-recipients:;", []),
        (
            "=?utf-8?q?Garc=C3=ADa,_Ana?= <ana@example.org>",
            [Address("ana@example.org", "García, Ana")],
        ),
        ('"=?utf-8?q?Ana?=" <ana@example.org>', [ANA]),
        (
            'Ana "la jefa" Pérez <ana@example.org>',
            [Address("ana@example.org", "Ana la jefa Pérez")],
        ),
        ('"Ana <ana@example.org>', [ANA]),
        ("Ana <ana@example.org", [ANA]),
        ("Ana <<ana@example.org>>", [ANA]),
        ("Ana ana@example.org", [ANA]),
        (
            "ana@example.org luis@example.org",
            [Address("ana@example.org"), Address("luis@example.org")],
        ),
        ("ana @ example.org", [Address("ana@example.org")]),
        ("mailto:ana@example.org", [Address("ana@example.org")]),
        ("<'ana@example.org'>", [Address("ana@example.org")]),
        ("Ana <@relay.example,@b.example:ana@example.org>", [ANA]),
        ('"ana maría"@example.org', [Address('"ana maría"@example.org')]),
        ('"ana"@example.org', [Address("ana@example.org")]),
        ("MAILER-DAEMON (Mail System)", [Address("mailer-daemon", "Mail System")]),
        ("MAILER-DAEMON", [Address("mailer-daemon")]),
        ("Ana Pérez", [Address("", "Ana Pérez")]),
        ("=?utf-8?q?Ana_=3Cana=40example=2Eorg=3E?=", [Address("ana@example.org", "Ana")]),
        ("=?utf-8?q?Ana?=", [Address("", "Ana")]),
        ("<>", [Address("")]),
        ("", []),
        (",;,", []),
        ("Ana (a (nested) note) <ana@example.org>", [ANA]),
        ("Ana (open <ana@example.org>", [Address("ana@example.org", "Ana (open")]),
    ],
)
def test_an_address_header_is_read(value: str, found: list[Address]) -> None:
    assert list(read_addresses(value.encode())) == found


def test_a_quoted_name_cannot_pose_as_the_address() -> None:
    deceiving = '"bank@example.com, Support" <evil@example.net>'
    assert [one.address for one in read_addresses(deceiving)] == ["evil@example.net"]


def test_raw_latin_letters_in_a_name_are_read() -> None:
    assert read_addresses("Íñigo <i@example.org>".encode("cp1252"))[0].name == "Íñigo"


def test_more_than_a_thousand_addresses_are_cut() -> None:
    many = ", ".join(f"a{n}@example.org" for n in range(20_000))
    assert len(read_addresses(many)) == MOST


@pytest.mark.parametrize(
    "piece", ['"\\', "(", "()", "<", "@ ", ":", "=?", "=?a?q?", " ", ";", '"\\"']
)
def test_a_hostile_header_is_read_to_its_end(piece: str) -> None:
    assert len(read_addresses(piece * 50_000)) <= MOST
