"""Whom a trusted server verified: nobody can add a verdict of his own."""

import pytest

from cases.mail import Address, Mail, Trust
from inbox.intake.results import read_results
from inbox.intake.trust import has_one_author, verdict

OURS = frozenset({"mx.shop.example"})
HOP = ("received", "from out.home.example by mx.shop.example")
PASS = "mx.shop.example; dmarc=pass header.from=home.example"
FAIL = "mx.shop.example; dmarc=fail header.from=home.example"


def judged(*headers: tuple[str, str], sender: str = "ana@home.example", from_: str = "") -> Trust:
    author = ("from", from_ or f"Ana <{sender}>")
    return verdict(Mail(sender=Address(sender), headers=(*headers, author)), OURS)


def results(value: str) -> tuple[str, str]:
    return ("authentication-results", value)


@pytest.mark.parametrize(
    ("said", "trust"),
    [
        (PASS, Trust.PASS),
        (FAIL, Trust.FAIL),
        ("MX.Shop.Example 1; DMARC=Pass header.from=HOME.example", Trust.PASS),
        (
            "mx.shop.example (our server); dmarc = pass (p=none; ok) header.from = home.example",
            Trust.PASS,
        ),
        ("mx.shop.example; dmarc=pass header.from=evil.example", Trust.NONE),
        ("mx.shop.example; dmarc=fail; dmarc=pass header.from=home.example", Trust.FAIL),
        ("mx.shop.example; dmarc=pass; dmarc=fail", Trust.FAIL),
        ("mx.shop.example; dmarc=none; dkim=pass header.d=home.example", Trust.PASS),
        ("mx.shop.example; dkim=pass header.d=mail.home.example", Trust.PASS),
        ("mx.shop.example; dkim=pass header.i=@home.example", Trust.PASS),
        ("mx.shop.example; dkim=pass header.d=evil.example", Trust.NONE),
        ("mx.shop.example; dkim=pass header.d=example", Trust.NONE),
        ("mx.shop.example; dkim=fail header.d=home.example", Trust.NONE),
        ("mx.shop.example; spf=pass smtp.mailfrom=ana@home.example", Trust.PASS),
        ("mx.shop.example; spf=pass smtp.mailfrom=x@evil.example", Trust.NONE),
        ("mx.shop.example; spf=fail smtp.mailfrom=ana@home.example", Trust.FAIL),
        ("mx.shop.example; spf=softfail smtp.mailfrom=ana@home.example", Trust.NONE),
        ("mx.shop.example; none", Trust.NONE),
        ("mx.shop.example", Trust.NONE),
        ("", Trust.NONE),
    ],
)
def test_dmarc_decides_and_without_it_an_aligned_domain(said: str, trust: Trust):
    assert judged(results(said), HOP) is trust


@pytest.mark.parametrize(
    "said",
    [
        "mx.evil.example; dmarc=pass header.from=home.example",
        "mx.shop.example.evil.example; dmarc=pass header.from=home.example",
        "mx.shop.example dmarc=pass header.from=home.example",
        "mx.shop.example x y; dmarc=pass header.from=home.example",
        '"; mx.shop.example; dmarc=pass',
        "mx.shop.example; (dmarc=pass header.from=home.example)",
        'mx.shop.example; spf=none reason="; dmarc=pass header.from=home.example"',
        "mx.shop.example; spf=none (; dmarc=pass header.from=home.example)",
        "mx.shop.example; x-dmarc=pass header.from=home.example",
        "mx.shop.example; dmarc=passed header.from=home.example",
    ],
)
def test_what_only_looks_like_a_verdict_is_none(said: str):
    assert judged(results(said), HOP) is Trust.NONE


@pytest.mark.parametrize(
    "headers",
    [
        (results(FAIL), HOP, results(PASS)),
        (results(FAIL), results(PASS), HOP),
        (HOP, results(FAIL), results(PASS)),
        (results("mx.shop.example; none"), HOP, results(PASS)),
        (HOP, results("mx.shop.example; none"), results(PASS)),
        (results("mx.other.example; none"), results(PASS), HOP),
        (HOP, HOP, HOP, HOP, results(PASS)),
        (HOP, ("arc-authentication-results", f"i=1; {PASS}")),
        (HOP, ("x-authentication-results", PASS)),
    ],
)
def test_a_forged_verdict_counts_for_nothing(headers: tuple[tuple[str, str], ...]):
    assert judged(*headers) is not Trust.PASS


def test_the_topmost_verdict_is_read_above_and_below_our_own_hop():
    assert judged(results(PASS), HOP, results(FAIL)) is Trust.PASS
    assert judged(HOP, results(PASS), HOP) is Trust.PASS


def test_the_fields_of_one_server_above_its_hop_belong_together():
    signed = results("mx.shop.example; dkim=pass header.d=home.example")
    assert judged(results("mx.shop.example; spf=none"), signed, HOP) is Trust.PASS


def test_without_a_configured_server_nobody_is_verified():
    mail = Mail(sender=Address("ana@home.example"), headers=(results(PASS), HOP))
    assert verdict(mail, frozenset()) is Trust.NONE


@pytest.mark.parametrize(
    "from_",
    [
        "ana@home.example, eve@evil.example",
        "eve@evil.example, Ana <ana@home.example>",
        "Team: ana@home.example, eve@evil.example;",
        "ana@home.example <eve@evil.example>",
        "<@evil.example:ana@home.example>",
        "boss@bank.example <ana@home.example>",
    ],
)
def test_more_than_one_author_is_never_verified(from_: str):
    assert judged(results(PASS), HOP, from_=from_) is not Trust.PASS


def test_two_from_fields_or_none_are_never_verified():
    twice = (results(PASS), HOP, ("from", "eve@evil.example"))
    assert judged(*twice) is Trust.NONE
    assert not has_one_author(Mail(sender=Address("ana@home.example")))
    assert judged(results(PASS), HOP, sender="", from_="Ana") is Trust.NONE


@pytest.mark.parametrize(
    "from_",
    [
        "ana@home.example",
        "Ana <ana@home.example>",
        "ana@home.example <Ana@Home.example>",
        '"Pérez, Ana (a@b)" <ana@home.example>',
        "Pérez, Ana <ana@home.example>",
        "Ana (ana@work.example) <ana@home.example>",
    ],
)
def test_one_author_in_many_spellings_is_verified(from_: str):
    assert judged(results(PASS), HOP, from_=from_) is Trust.PASS


def test_a_field_is_read_into_methods_and_properties():
    server, (first, second) = read_results(
        'a.example 1; spf/1=PASS reason="all; fine" smtp.mailfrom=x@y.example; dkim=neutral'
    )
    assert server == "a.example"
    assert (first.method, first.result) == ("spf", "pass")
    assert first.properties["smtp.mailfrom"] == "x@y.example"
    assert (second.method, second.result, second.properties) == ("dkim", "neutral", {})


@pytest.mark.parametrize("filler", ["(", '"\\', "a=b;", ";", "=", ")(", "a.b=c "])
def test_a_hostile_field_verifies_nobody(filler: str):
    said = f"mx.shop.example; {filler * 50_000}; dmarc=pass"
    assert judged(results(said), HOP) is Trust.NONE
