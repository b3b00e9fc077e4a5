"""Many values in one parameter find what a list of them finds."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.contact import Contact, Identifier, Kind
from cases.rows.among import among
from tests.builders import MORNING

HOSTILE = "a\"b'{c},\\d%(e)s@x.example"


@pytest.fixture
def known(session: Session) -> Session:
    for value in (HOSTILE, "", "ñandú@x.example"):
        contact = Contact(name=value, created_at=MORNING)
        contact.identifiers.append(Identifier(kind=Kind.ADDRESS, value=value, original=value))
        session.add(contact)
    session.flush()
    return session


def test_values_are_found_whatever_stands_in_them(known: Session) -> None:
    for wanted in ([HOSTILE], ["", "ñandú@x.example"], ["nobody"], []):
        found = known.scalars(select(Identifier.value).where(among(Identifier.value, wanted)))
        assert set(found) == {*wanted} - {"nobody"}


def test_numbers_and_choices_are_found_as_well(known: Session) -> None:
    ids = known.scalars(select(Contact.id)).all()
    kinds = among(Identifier.kind, [Kind.ADDRESS])
    found = select(Identifier.contact_id).where(among(Identifier.contact_id, ids[:2]), kinds)
    assert sorted(known.scalars(found)) == sorted(ids[:2])
    none = select(Identifier.id).where(among(Identifier.kind, [Kind.PHONE]))
    assert known.scalars(none).all() == []


def test_the_statement_is_the_same_for_one_value_and_for_a_hundred() -> None:
    one, hundred = (select(Contact.id).where(among(Contact.id, range(n))) for n in (1, 100))
    assert str(one) == str(hundred)
    assert one._generate_cache_key() == hundred._generate_cache_key()
