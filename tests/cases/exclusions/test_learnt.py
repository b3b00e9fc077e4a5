"""What senders told of an address belongs to that address alone."""

from cases.contact import Identifier, Kind, introduce
from cases.exclusions import learnt
from cases.people.belongings import take_away
from tests.builders import MORNING


def _known_as(session, contact, value):
    contact.identifiers.append(one := Identifier(kind=Kind.ADDRESS, value=value, original=value))
    session.flush()
    return one


def test_who_gets_the_number_of_an_address_that_is_gone_inherits_nothing(session):
    eva = introduce(session, "eva@cliente.example", name="Eva", at=MORNING)
    session.flush()
    old = _known_as(session, eva, "eva@old.example")
    for n in range(learnt.SOFT_MANY):
        said = {"identifier_id": old.id, "what": learnt.BOUNCE_SOFT, "at": MORNING}
        assert learnt.note(session, source="esp", event_id=f"{n}", **said)
    assert learnt.comes_back_often(session, old.id, MORNING)
    take_away(session, eva, old.id)
    new = _known_as(session, eva, "eva@new.example")
    assert not learnt.comes_back_often(session, new.id, MORNING)
    assert learnt.known(session, "esp", ["0", "9"]) == {"0"}
