"""Exclusions follow the state of cases, whoever changes it, and nobody who follows misses one."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from cases import Case, Contact, Exclusion, FeedChange, FeedEntry, Identifier, Kind, Origin, clock
from cases.contact import introduce
from cases.db import engine, reading, transaction
from cases.exclusions import changes, feed
from cases.exclusions.reasons import Reason
from cases.exclusions.verbs import Set, exclude
from cases.filing import file, file_all
from cases.filing.arrival import Belief
from tests.builders import MORNING, a_mail, an_arrival, spoken_by

pytestmark = pytest.mark.usefixtures("installation")
ANA = "ana@cliente.example"


def a_case(address: str = ANA, **values: object) -> int:
    with transaction() as session:
        case = file(session, an_arrival(a_mail("No llega", sender=address))).case
        for name, value in values.items():
            setattr(case, name, value)
        session.flush()
        return case.id


def living(address: str = ANA) -> dict[str, Exclusion]:
    with reading() as session:
        rows = session.scalars(
            select(Exclusion)
            .join(Identifier, Identifier.contact_id == Exclusion.contact_id)
            .where(Identifier.value == address, Exclusion.lifted_at.is_(None))
        )
        return {row.reason.value: row for row in rows}


def entries() -> dict[str, list[str]]:
    with reading() as session:
        rows = session.execute(select(FeedEntry.value, FeedEntry.holds))
        return {value: sorted(hold["reason"] for hold in holds) for value, holds in rows}


def seq() -> int:
    with reading() as session:
        head = feed.head(session)
        return head.seq if head is not None else 0


@pytest.fixture(autouse=True)
def _morning():
    with clock.at(MORNING):
        yield


def test_an_open_case_excludes_from_the_transaction_that_opens_it():
    a_case()
    rows = living()
    assert rows["open_case"].starts_at == MORNING
    assert rows["open_case"].until is None


def test_the_broken_promise_is_written_with_the_promise():
    a_case()
    row = living()["sla_breach"]
    assert row.starts_at == MORNING + timedelta(hours=8)
    assert not row.holds_at(MORNING)
    assert row.holds_at(MORNING + timedelta(hours=9))


def test_a_promise_that_is_kept_leaves_no_breach():
    case_id = a_case()
    with transaction() as session:
        session.get_one(Case, case_id).answered(by="bea@tienda.example", at=MORNING)
    assert "sla_breach" not in living()
    assert "open_case" in living()


def test_a_promise_that_was_broken_in_silence_is_remembered_when_the_case_closes():
    case_id = a_case()
    closing = MORNING + timedelta(days=1)
    with clock.at(closing), transaction() as session:
        session.get_one(Case, case_id).close(by="bea@tienda.example", at=closing)
    row = living()["sla_breach"]
    assert row.starts_at == MORNING + timedelta(hours=8)
    assert row.until == closing + timedelta(days=7)


def test_a_closed_case_keeps_a_short_truce():
    case_id = a_case()
    closing = MORNING + timedelta(hours=1)
    with clock.at(closing), transaction() as session:
        session.get_one(Case, case_id).close(by="bea@tienda.example", at=closing)
    assert set(living()) == {"after_closing"}
    assert living()["after_closing"].until == closing + timedelta(hours=72)


def test_a_case_that_is_opened_again_excludes_from_then_on():
    case_id = a_case()
    for hours, verb in ((1, "close"), (30, "reopen")):
        at = MORNING + timedelta(hours=hours)
        with clock.at(at), transaction() as session:
            getattr(session.get_one(Case, case_id), verb)(by="bea@tienda.example", at=at)
    row = living()["open_case"]
    assert row.starts_at == MORNING + timedelta(hours=1)
    assert "after_closing" not in living()


def test_a_machines_mail_excludes_nobody():
    with transaction() as session:
        mail = a_mail("Oferta", speaker=spoken_by(Origin.BULK))
        file(session, an_arrival(mail))
    assert entries() == {}
    assert seq() == 0


def test_a_change_that_no_verb_spoke_of_is_noticed():
    case_id = a_case()
    with transaction() as session:
        case = session.get_one(Case, case_id)
        case.complaint, case.type = False, "info.question"
    row = living()["open_case"]
    assert row.severity.value == "soft"
    assert row.until == MORNING + timedelta(days=30)


def test_all_identifiers_of_a_person_are_held_also_one_that_is_added_later():
    case_id = a_case()
    with transaction() as session:
        contact = session.get_one(Case, case_id).contact
        contact.identifiers.append(
            Identifier(kind=Kind.PHONE, value="+34600111222", original="600 111 222")
        )
    assert set(entries()) == {ANA, "+34600111222"}


def test_an_identifier_that_is_taken_away_is_released():
    case_id = a_case()
    with transaction() as session:
        contact = session.get_one(Case, case_id).contact
        session.delete(contact.identifiers[0])
    assert entries() == {}
    with reading() as session:
        last = session.scalars(select(FeedChange).order_by(FeedChange.seq.desc()).limit(1)).one()
        assert (last.value, last.holds) == (ANA, [])


def test_an_identifier_that_moves_takes_the_exclusions_of_its_new_owner():
    a_case()
    with transaction() as session:
        eva = introduce(session, "eva@cliente.example", name="Eva", at=MORNING)
        session.flush()
        moved = session.scalars(select(Identifier).where(Identifier.value == ANA)).one()
        moved.contact = eva
    assert entries() == {}


def test_an_identifier_moved_behind_our_back_is_never_released_by_mistake():
    a_case()
    b = a_case("eva@cliente.example")
    with transaction() as session:
        eva = session.get_one(Case, b).contact_id
        ana = session.scalars(select(Identifier).where(Identifier.value == ANA)).one()
        before = ana.contact_id
        session.execute(update(Identifier).where(Identifier.value == ANA).values(contact_id=eva))
        changes.note_contact(session, before)
    assert set(entries()) == {ANA, "eva@cliente.example"}


def test_a_case_given_to_another_contact_holds_the_other():
    case_id = a_case()
    with transaction() as session:
        case = session.get_one(Case, case_id)
        case.contact = introduce(session, "eva@cliente.example", name="", at=MORNING)
    assert set(entries()) == {"eva@cliente.example"}


def test_a_case_merged_into_another_leaves_its_exclusions():
    a, b = a_case(), a_case("eva@cliente.example")
    with transaction() as session:
        session.get_one(Case, a).merged_into_id = b
    assert set(entries()) == {"eva@cliente.example"}


def test_a_contact_without_identifiers_does_no_harm():
    with transaction() as session:
        contact = Contact(name="?", created_at=MORNING)
        session.add(contact)
        session.flush()
        session.add(Case(subject="?", contact=contact, opened_at=MORNING, last_at=MORNING))
    with reading() as session:
        assert session.scalars(select(Exclusion.reason)).all() == [Reason.OPEN_CASE]
    assert entries() == {}


def test_nothing_is_written_where_nothing_changed():
    case_id = a_case()
    before = seq()
    with transaction() as session:
        session.get_one(Case, case_id).assign(None, by="bea@tienda.example", at=MORNING)
    assert seq() == before


def test_a_hard_bounce_holds_that_address_alone():
    case_id = a_case()
    with transaction() as session:
        case = session.get_one(Case, case_id)
        case.contact.identifiers[0].bounced_at = MORNING
        case.contact.identifiers.append(
            Identifier(kind=Kind.ADDRESS, value="ana@otro.example", original="ana@otro.example")
        )
    assert "bounce_hard" in entries()[ANA]
    assert "bounce_hard" not in entries()["ana@otro.example"]


def test_time_alone_releases_at_the_next_sweep():
    case_id = a_case()
    with transaction() as session:
        session.get_one(Case, case_id).close(by="bea@tienda.example", at=MORNING + timedelta(1))
    later = MORNING + timedelta(days=9)
    with clock.at(later), transaction() as session:
        assert changes.lapse(session, later) == 1
    assert entries() == {}


def test_a_second_case_of_a_person_adds_to_the_first():
    a = a_case()
    with transaction() as session:
        filed = file_all(session, [an_arrival(a_mail("Otra cosa"))], Belief())
        filed[0].case.contact_id = session.get_one(Case, a).contact_id
    assert entries()[ANA].count("open_case") == 2


def test_two_writers_about_one_person_at_once_leave_what_both_wrote():
    a_case()
    with reading() as session:
        contact_id = session.scalars(select(Identifier.contact_id)).one()
    first_wrote, second_waits = threading.Event(), threading.Event()

    def hold(_session: Session) -> None:
        """The first has written all and not committed while the second comes to the feed."""
        first_wrote.set()
        second_waits.wait(5)
        time.sleep(0.2)

    def write_first() -> None:
        with clock.at(MORNING), transaction() as session:
            event.listen(session, "before_commit", hold, once=True)
            exclude(session, contact_id, Set(Reason.SPAM_COMPLAINT), by="one", at=MORNING)

    first = threading.Thread(target=write_first)
    first.start()
    first_wrote.wait(5)
    # SQLite lets nobody begin to write meanwhile, so there the second only ever comes after.
    second_waits.set()
    with transaction() as session:
        wish = Set(Reason.UNSUBSCRIBED_ALL)
        exclude(session, contact_id, wish, by="two", at=MORNING)
    first.join()
    found = {"spam_complaint", "unsubscribed_all", "open_case", "sla_breach"}
    assert set(entries()[ANA]) == found
    with reading() as session:
        numbers = session.scalars(select(FeedChange.seq).order_by(FeedChange.seq)).all()
    assert list(numbers) == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_a_follower_among_eight_writers_ends_with_the_snapshot():
    engine()  # made once, before the threads would each make their own
    mirror: dict[str, object] = {}
    done = threading.Event()
    follower = threading.Thread(target=_follow, args=(mirror, done))
    follower.start()
    writers = [threading.Thread(target=_write, args=(n,)) for n in range(8)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    done.set()
    follower.join()
    with reading() as session:
        rows = session.execute(select(FeedEntry.value, FeedEntry.holds)).all()
        numbers = session.scalars(select(FeedChange.seq).order_by(FeedChange.seq)).all()
    assert mirror == dict(map(tuple, rows))
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) > 80


def _write(n: int) -> None:
    for round_ in range(6):
        address = f"c{(n + round_) % 5}@cliente.example"
        with transaction(lock="filing") as session:
            case = file(session, an_arrival(a_mail(f"Hola {n} {round_}", sender=address))).case
            session.flush()
            case_id = case.id
        at = MORNING + timedelta(minutes=round_ + 1)
        with transaction() as session:
            session.get_one(Case, case_id).close(by="bea@tienda.example", at=at)


def _follow(mirror: dict[str, object], done: threading.Event) -> None:
    seen = 0
    while True:
        last = done.is_set()
        with reading() as session:
            rows = session.execute(
                select(FeedChange.seq, FeedChange.value, FeedChange.holds)
                .where(FeedChange.seq > seen)
                .order_by(FeedChange.seq)
                .limit(7)
            ).all()
        for number, value, holds in rows:
            seen = number
            mirror.pop(value, None)
            if holds:
                mirror[value] = holds
        if last and not rows:
            return
