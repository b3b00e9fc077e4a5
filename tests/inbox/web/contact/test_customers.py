"""Customers are found by what people know of them, and only those whose cases one may see."""

import re

import pytest
from sqlalchemy import select

from cases import Case, Contact, Message
from cases.contact import Identifier, Kind
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA, LUIS

SUBJECT = "Charged twice for order 88213"


def _found(visitor: Visitor, asked: str) -> list[int]:
    page = visitor.get(f"/contacts?q={asked}").text
    return list(map(int, re.findall(r'class="row-link" href="/contacts/(\d+)"', page)))


ASKED = ("whitcombe", "oliver%20whit", "612%20345%20678", "%2B34612345678", "0034612345678", "K-77")


@pytest.mark.parametrize("asked", ASKED)
def test_a_customer_is_found_by_name_address_phone_or_number(enter: Enter, asked: str) -> None:
    contact_id = case_about(SUBJECT).contact_id
    with transaction() as session:
        for kind, value in ((Kind.PHONE, "+34612345678"), (Kind.CUSTOMER_ID, "K-77")):
            named = Identifier(contact_id=contact_id, kind=kind, value=value, original=value)
            session.add(named)
    assert _found(enter(ANA), asked) == [contact_id]


def test_an_address_is_found_however_it_is_written(enter: Enter) -> None:
    case = case_about(SUBJECT)
    with reading() as session:
        address = session.get_one(Contact, case.contact_id).address
    assert address
    assert _found(enter(ANA), address.upper()) == [case.contact_id]
    page = enter(ANA).get(f"/contacts?q={address}").text
    assert "1 caso abierto" in page
    assert "Nadie" not in page


def test_while_nothing_is_asked_those_who_wrote_of_late_are_shown(
    enter: Enter, statements: list[str]
) -> None:
    admin = enter(ADMIN)
    with reading() as session:
        wanted = select(Case.contact_id).where(Case.bulk.is_(False))
        ordered = session.scalars(wanted.order_by(Case.last_at.desc(), Case.id.desc()))
        latest = list(dict.fromkeys(ordered))
    admin.get("/contacts")
    statements.clear()
    assert _found(admin, "") == latest
    assert len([one for one in statements if one.startswith(("SELECT", "WITH"))]) <= 9
    assert "No coincide nadie" in admin.get("/contacts?q=zzzz").text


def test_customers_of_another_team_are_not_told_of(enter: Enter) -> None:
    everybody, theirs = set(_found(enter(ADMIN), "")), set(_found(enter(LUIS), ""))
    assert theirs < everybody
    hidden = min(everybody - theirs)
    with reading() as session:
        address = session.get_one(Contact, hidden).address
    assert _found(enter(LUIS), address or "") == []


def test_the_header_of_a_mail_is_shown_as_text(enter: Enter) -> None:
    with reading() as session:
        mail = select(Message).where(Message.raw_id.is_not(None), Message.case_id == 1)
        message = session.scalars(mail).first()
    assert message is not None
    page = enter(ADMIN).get(f"/messages/{message.id}/headers").text
    assert '<th scope="row" class="mono">From</th>' in page
    assert enter(LUIS).get(f"/messages/{message.id}/headers").status_code == 404
