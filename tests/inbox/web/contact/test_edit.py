"""A customer's data is changed by hand, and nothing that was refused is lost by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Case, Contact, Kind, State, clock
from cases.contact import Identifier, find
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import Set, exclude
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

AGENT = "john@tienda.test"


def somebody() -> Contact:
    with reading() as session:
        found = session.scalars(select(Contact).join(Case).order_by(Contact.id).limit(1)).one()
        assert found.identifiers
        return found


def names(contact_id: int) -> list[Identifier]:
    with reading() as session:
        wanted = select(Identifier).where(Identifier.contact_id == contact_id)
        return list(session.scalars(wanted.order_by(Identifier.id)))


def test_all_of_it_is_kept(enter: Enter) -> None:
    ana = somebody()
    typed = {
        "name": "Ana Gil",
        "tier": "gold",
        "value": "1250,50",
        "nps": "3",
        "language": "en",
        "country": "MX",
        "influencer": "yes",
    }
    assert enter(ADMIN).post(f"/contacts/{ana.id}/edit", **typed).status_code == 303
    with reading() as session:
        kept = session.get_one(Contact, ana.id)
        flagged = select(Exclusion).where(Exclusion.reason == Reason.INFLUENCER)
        assert session.scalars(flagged).one().contact_id == ana.id
    assert (kept.name, kept.tier, kept.lifetime_value, kept.nps) == ("Ana Gil", "gold", 1250.5, 3)
    assert (kept.zone, kept.language) == ("America/Mexico_City", "en")


@pytest.mark.parametrize(
    "wrong",
    [{"nps": "11"}, {"value": "nan"}, {"value": "-1"}, {"zone": "Madrid"}, {"country": "Spain"}],
)
def test_what_cannot_be_is_refused_and_nothing_changes(enter: Enter, wrong: dict[str, str]) -> None:
    ana = somebody()
    shown = enter(ADMIN).post(f"/contacts/{ana.id}/edit", **{"name": "New", **wrong})
    assert shown.status_code == 422
    assert somebody().name == ana.name


def test_addresses_are_added_put_first_and_taken_away(enter: Enter) -> None:
    admin, ana = enter(ADMIN), somebody()
    path = f"/contacts/{ana.id}/names"
    assert admin.post(path, kind="address", text="Ana@Other.Example").status_code == 303
    new = names(ana.id)[-1]
    assert admin.post(f"{path}/{new.id}", do="first").status_code == 303
    with reading() as session:
        assert session.get_one(Contact, ana.id).address == "Ana@Other.Example"
    assert admin.post(f"{path}/{new.id}", do="away").status_code == 303
    with reading() as session:
        assert find(session, "ana@other.example") is None
        first = session.get_one(Contact, ana.id).address
    assert first != "Ana@Other.Example"
    (left,) = [one for one in names(ana.id) if one.kind is Kind.ADDRESS][:1]
    if len(names(ana.id)) == 1:
        assert admin.post(f"{path}/{left.id}", do="away").status_code == 409


def test_an_address_of_somebody_else_stays_theirs(enter: Enter) -> None:
    admin, ana = enter(ADMIN), somebody()
    with reading() as session:
        other = session.scalars(
            select(Identifier).where(
                Identifier.contact_id != ana.id, Identifier.kind == Kind.ADDRESS
            )
        ).first()
    assert other is not None
    answer = admin.post(f"/contacts/{ana.id}/names", kind="address", text=other.original)
    assert answer.status_code == 409


def test_no_address_is_let_go_while_a_refusal_stands(enter: Enter) -> None:
    admin, ana = enter(ADMIN), somebody()
    path = f"/contacts/{ana.id}/names"
    admin.post(path, kind="address", text="ana@second.example")
    with transaction() as session:
        exclude(
            session,
            ana.id,
            Set(Reason.MANUAL, note="asked us to", until=clock.now() + timedelta(days=9)),
            by="bea",
            at=clock.now(),
        )
    assert admin.post(f"{path}/{names(ana.id)[-1].id}", do="away").status_code == 409
    with reading() as session:
        assert find(session, "ana@second.example") is not None


def test_a_call_with_somebody_new_opens_a_case_whose_call_back_has_a_clock(enter: Enter) -> None:
    agent = enter(AGENT)
    assert agent.post("/calls", text="Nobody", phone="").status_code == 422
    typed = {"text": "Asks for a new date", "name": "Eva", "phone": "600 11 22 33"}
    went = agent.post("/calls", call_back="2", **typed)
    assert went.status_code == 303
    number = int(went.location.rsplit("/", 1)[1])
    with reading() as session:
        case = session.get_one(Case, number)
        assert case.call_due_at is not None
        assert (case.state, case.contact.name) == (State.OPEN, "Eva")
        assert case.contact.identifiers[0].value == "+34600112233"
    again = agent.post("/calls", settled="yes", **typed)
    assert again.location == went.location
    with reading() as session:
        assert session.get_one(Case, number).call_due_at is None
        assert session.get_one(Case, number).state is State.CLOSED
