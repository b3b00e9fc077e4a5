"""Two contacts become one and part again, and nothing of either is lost meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Case, Contact, Exclusion, Identifier, Kind, clock
from cases.contact import find, introduce
from cases.db import FILING, reading, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import FeedEntry
from cases.exclusions.verbs import Set, exclude
from cases.filing import file
from cases.people import merging
from cases.people.identifiers import SomebodyElses, give, meet_as
from cases.people.merging import AlreadyMerged, ContactMerge, NotMerged, SamePerson
from cases.people.worth import Flags, flag
from tests.builders import MORNING, a_mail, an_arrival

ANA, WORK, OTHER = "ana@cliente.example", "ana.ruiz@empresa.example", "ana@otra.example"
LATER = MORNING + timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("installation")


@contextmanager
def at_work(minutes: float = 0) -> Iterator[Session]:
    with clock.at(MORNING + timedelta(minutes=minutes)), transaction(lock=FILING) as session:
        yield session


def writes(address: str, text: str = "No llega", minutes: float = 0) -> tuple[int, int]:
    """A person writes; gives the case and the contact."""
    with at_work(minutes) as session:
        case = file(session, an_arrival(a_mail(text, sender=address), minutes=minutes)).case
        session.flush()
        return case.id, case.contact_id


def merged(one: int, into: int) -> None:
    with at_work(30) as session:
        merging.merge(session, one, into, by="bea", at=LATER)


def parted(one: int) -> None:
    with at_work(90) as session:
        merging.undo(session, one, by="bea", at=LATER)


def reasons(address: str) -> set[str]:
    with reading() as session:
        entry = session.get(FeedEntry, (Kind.ADDRESS, address))
        return {hold["reason"] for hold in entry.holds} if entry is not None else set()


def test_addresses_cases_and_exclusions_go_along() -> None:
    _case, ana = writes(ANA)
    other, work = writes(WORK, "Otro asunto")
    with at_work() as session:
        exclude(session, work, Set(Reason.UNSUBSCRIBED_ALL, evidence="form"), by="form", at=MORNING)
    merged(work, ana)
    with reading() as session:
        assert {one.value for one in session.get_one(Contact, ana).identifiers} == {ANA, WORK}
        assert session.get_one(Case, other).contact_id == ana
    for address in (ANA, WORK):
        assert reasons(address) >= {"unsubscribed_all", "open_case"}


def test_mail_from_either_address_goes_to_the_one_who_is_left() -> None:
    _case, ana = writes(ANA)
    _other, work = writes(WORK)
    merged(work, ana)
    assert writes(WORK, "Algo nuevo", 40)[1] == ana
    assert writes(ANA, "Y otra cosa", 41)[1] == ana


def test_undone_each_has_what_was_theirs_and_what_came_for_them_since() -> None:
    case, ana = writes(ANA)
    other, work = writes(WORK)
    merged(work, ana)
    since_work, since_ana = writes(WORK, "Nuevo", 40)[0], writes(ANA, "Más", 41)[0]
    parted(work)
    with reading() as session:
        owner = {one: session.get_one(Case, one).contact_id for one in (case, other)}
        owner |= {one: session.get_one(Case, one).contact_id for one in (since_work, since_ana)}
        assert owner == {case: ana, other: work, since_work: work, since_ana: ana}
        assert find(session, WORK).id == work
        assert find(session, ANA).id == ana


def test_a_refusal_while_they_were_one_holds_for_both_afterwards() -> None:
    ana, work = writes(ANA)[1], writes(WORK)[1]
    merged(work, ana)
    with at_work(40) as session:
        exclude(session, ana, Set(Reason.UNSUBSCRIBED_ALL), by="page", at=LATER)
    parted(work)
    assert "unsubscribed_all" in reasons(ANA)
    assert "unsubscribed_all" in reasons(WORK)


def test_who_was_looked_up_before_the_merge_is_followed_after_it() -> None:
    ana, work = writes(ANA)[1], writes(WORK)[1]
    merged(work, ana)
    with at_work(40) as session:
        exclude(session, work, Set(Reason.OBJECTION), by="late", at=LATER)
        give(session, session.get_one(Contact, work), Kind.ADDRESS, OTHER)
    with reading() as session:
        assert find(session, OTHER).id == ana
    assert "objection" in reasons(ANA) & reasons(WORK) & reasons(OTHER)


def test_a_chain_of_merges_leads_to_one_and_comes_apart_in_any_order() -> None:
    ana, work, other = (writes(one)[1] for one in (ANA, WORK, OTHER))
    merged(work, ana)
    merged(ana, other)
    with reading() as session:
        assert {find(session, one).id for one in (ANA, WORK, OTHER)} == {other}
    parted(work)
    with reading() as session:
        owners = [find(session, one).id for one in (ANA, WORK, OTHER)]
        assert owners == [other, work, other]
    parted(ana)
    with reading() as session:
        assert [find(session, one).id for one in (ANA, WORK, OTHER)] == [ana, work, other]


def test_what_cannot_be_merged_is_refused() -> None:
    ana, work, other = (writes(one)[1] for one in (ANA, WORK, OTHER))
    merged(work, ana)
    for wrong, (one, into) in {SamePerson: (ana, work), AlreadyMerged: (work, other)}.items():
        with at_work() as session, pytest.raises(wrong):
            merging.merge(session, one, into, by="bea", at=LATER)
    with at_work() as session, pytest.raises(NotMerged):
        merging.undo(session, other, by="bea", at=LATER)


def test_what_only_one_knew_both_know_and_it_is_forgotten_again() -> None:
    with at_work() as session:
        ana = introduce(session, ANA, name="Ana", at=MORNING)
        work = introduce(session, WORK, name="Ana Ruiz", at=MORNING)
        ana.lifetime_value, work.lifetime_value, work.tier = 100.0, 50.0, "gold"
        session.flush()
        flag(session, work, Flags(influencer=True), at=MORNING)
    merged(work.id, ana.id)
    with at_work() as session:
        left = session.get_one(Contact, ana.id)
        assert (left.name, left.tier, left.lifetime_value, left.influencer) == (
            *("Ana", "gold", 150.0),
            True,
        )
        left.name = "Ana R."
    assert "influencer" in reasons(ANA)
    parted(work.id)
    with reading() as session:
        left = session.get_one(Contact, ana.id)
        assert (left.name, left.tier, left.lifetime_value, left.influencer) == (
            *("Ana R.", "", 100.0),
            False,
        )
    assert reasons(ANA) == set()
    assert "influencer" in reasons(WORK)


def test_the_record_says_who_did_it_and_what_went_along() -> None:
    case, work = writes(WORK)
    ana = writes(ANA)[1]
    merged(work, ana)
    with reading() as session:
        record = session.scalars(select(ContactMerge)).one()
        assert (record.by, record.moved["cases"], record.undone_at) == ("bea", [case], None)


def test_a_flag_holds_marketing_back_until_it_is_taken_away() -> None:
    with at_work() as session:
        ana = introduce(session, ANA, name="Ana", at=MORNING)
        session.flush()
        flag(session, ana, Flags(vip=True, influencer=True), at=MORNING)
        flag(session, ana, Flags(vip=True, influencer=True), at=MORNING)
    assert reasons(ANA) == {"vip", "influencer"}
    with at_work() as session:
        flag(session, session.get_one(Contact, ana.id), Flags(vip=True), at=LATER)
    assert reasons(ANA) == {"vip"}


def test_an_identifier_belongs_to_one_person_alone() -> None:
    with at_work() as session:
        ana = introduce(session, ANA, name="Ana", at=MORNING)
        other = introduce(session, OTHER, name="", at=MORNING)
        ana.country = "ES"
        session.flush()
        assert give(session, ana, Kind.PHONE, "600 11 22 33").value == "+34600112233"
        assert give(session, ana, Kind.PHONE, "+34600112233").contact_id == ana.id
        with pytest.raises(SomebodyElses):
            give(session, other, Kind.PHONE, "+34600112233")
        names = [(Kind.CUSTOMER_ID, "C-9"), (Kind.PHONE, "+34600112233")]
        assert meet_as(session, names, name="", at=MORNING) is ana
        assert meet_as(session, names[:1], name="", at=MORNING) is ana
        assert session.scalars(select(Identifier).where(Identifier.value == "C-9")).one()


def test_exclusions_are_moved_and_never_doubled() -> None:
    ana, work = writes(ANA)[1], writes(WORK)[1]
    with reading() as session:
        before = len(session.scalars(select(Exclusion).where(Exclusion.lifted_at.is_(None))).all())
    merged(work, ana)
    with reading() as session:
        living = session.scalars(select(Exclusion).where(Exclusion.lifted_at.is_(None))).all()
    assert len(living) == before
    assert {one.contact_id for one in living} == {ana}
