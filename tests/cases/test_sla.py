"""What we owe follows from what happened: who answers, who waits, what pauses, what returns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Case, Event, Mailbox, Origin, What, calendars, clock, sla
from cases.filing import file
from cases.hours import parse
from cases.settings import settings as cases_settings
from cases.sla import book
from cases.sla.book import BadPolicy, Scope
from cases.sla.clocks import Clocks, clocks
from cases.sla.moments import Kind, Moment, moments
from cases.sla.policy import Pause, Policy, Target
from cases.snoozing import snooze, wake
from tests.builders import MORNING, a_mail, an_arrival, spoken_by

HOUR = timedelta(hours=1)
OPEN_ALWAYS = parse("mon-sun 00:00-24:00", "UTC")
ALL = Policy(
    first_response=4 * HOUR,
    next_response=2 * HOUR,
    resolution=24 * HOUR,
    keep_informed=6 * HOUR,
    call_back=HOUR,
)
BEA = "bea@tienda.example"


def after(*told: tuple[Kind, float], policy: Policy = ALL) -> Clocks:
    """The clocks after those moments, hours after MORNING, around the clock."""
    return clocks(
        [Moment(kind, hour(at), event_id=n) for n, (kind, at) in enumerate(told)],
        policy,
        OPEN_ALWAYS,
    )


def hour(at: float) -> datetime:
    return MORNING + at * HOUR


def dues(owed: Clocks) -> dict[str, float | None]:
    return {one.target.value: one.due_at and (one.due_at - MORNING) / HOUR for one in owed.running}


def broken(owed: Clocks, now: float) -> dict[str, float]:
    found = {one.target.value: one.broken_at(hour(now)) for one in (*owed.done, *owed.running)}
    return {target: (at - MORNING) / HOUR for target, at in found.items() if at is not None}


def test_a_first_mail_is_owed_an_answer_and_an_end():
    assert dues(after((Kind.WROTE, 0))) == {"first_response": 4, "resolution": 24}


def test_chasing_does_not_set_the_clock_back():
    owed = after((Kind.WROTE, 0), (Kind.WROTE, 3), (Kind.WROTE, 3.5))
    assert dues(owed)["first_response"] == 4
    assert owed.waiting_since == MORNING


def test_mail_that_is_filed_late_counts_from_its_arrival():
    assert dues(after((Kind.WROTE, 2), (Kind.WROTE, 1)))["first_response"] == 5


def test_after_the_first_answer_the_next_is_owed_from_the_oldest_unanswered_mail():
    owed = after((Kind.WROTE, 0), (Kind.ANSWERED, 1), (Kind.WROTE, 5), (Kind.WROTE, 6))
    assert dues(owed) == {"resolution": 24, "keep_informed": 7, "next_response": 7}


def test_who_spoke_last_must_speak_again():
    assert dues(after((Kind.WROTE, 0), (Kind.ANSWERED, 1)))["keep_informed"] == 7
    again = after((Kind.WROTE, 0), (Kind.ANSWERED, 1), (Kind.INFORMED, 6))
    assert dues(again)["keep_informed"] == 12
    assert broken(after((Kind.WROTE, 0), (Kind.ANSWERED, 1)), 8) == {"keep_informed": 7}


def test_news_are_no_answer():
    assert dues(after((Kind.WROTE, 0), (Kind.INFORMED, 1)))["first_response"] == 4


def test_clocks_stand_while_we_wait_for_the_customer():
    waiting = after((Kind.WROTE, 0), (Kind.WAITED, 1))
    assert dues(waiting) == {"first_response": None, "resolution": None}
    assert waiting.due_at is None
    assert broken(waiting, 100) == {}
    back = after((Kind.WROTE, 0), (Kind.WAITED, 1), (Kind.RESUMED, 11))
    assert dues(back) == {"first_response": 14, "resolution": 34}
    wrote = after((Kind.WROTE, 0), (Kind.ANSWERED, 1), (Kind.WAITED, 1), (Kind.WROTE, 11))
    assert dues(wrote) == {"resolution": 34, "keep_informed": 17, "next_response": 13}


def test_a_policy_says_in_which_states_its_clocks_stand():
    story = ((Kind.WROTE, 0), (Kind.LAID_ASIDE, 1), (Kind.WAITED, 2), (Kind.TAKEN_UP, 3))
    told = (*story, (Kind.RESUMED, 5))
    assert dues(after(*told))["first_response"] == 4 + 3
    never = replace(ALL, pauses=frozenset())
    assert dues(after(*told, policy=never))["first_response"] == 4
    aside = replace(ALL, pauses=frozenset({Pause.SNOOZED}))
    assert dues(after(*told, policy=aside))["first_response"] == 4 + 2
    both = replace(ALL, pauses=frozenset(Pause))
    assert dues(after(*story, policy=both))["first_response"] is None
    assert dues(after(*told, policy=both))["first_response"] == 4 + 4
    wrote = after(*story[:2], (Kind.ANSWERED, 1), (Kind.WROTE, 11), policy=both)
    assert dues(wrote)["next_response"] == 13


def test_what_was_broken_before_the_pause_stays_broken():
    assert broken(after((Kind.WROTE, 0), (Kind.WAITED, 5)), 6) == {"first_response": 4}


def test_a_promised_call_is_made_though_we_wait():
    owed = after((Kind.WROTE, 0), (Kind.WAITED, 1), (Kind.CALL_PROMISED, 1))
    assert dues(owed)["call_back"] == 2
    named = Moment(Kind.CALL_PROMISED, MORNING, hour(30))
    assert clocks([named], Policy(), OPEN_ALWAYS).due_at == hour(30)
    assert broken(after((Kind.CALL_PROMISED, 0), (Kind.CALLED, 2)), 3) == {"call_back": 1}


def test_a_promise_that_too_few_hours_cannot_hold_stops_no_mail():
    an_hour_a_week = parse("sat 10:00-11:00", "Europe/Madrid")
    lasting = Policy(first_response=timedelta(hours=1), resolution=timedelta(hours=9999))
    owed = clocks([Moment(Kind.WROTE, MORNING)], lasting, an_hour_a_week)
    assert owed.due_of(Target.RESOLUTION) is None
    assert owed.due_at == owed.due_of(Target.FIRST_RESPONSE) > MORNING


def test_a_broken_promise_was_broken_at_its_instant_whenever_one_looks():
    late = after((Kind.WROTE, 0), (Kind.ANSWERED, 5))
    assert broken(late, 5) == broken(late, 10) == {"first_response": 4}
    assert broken(after((Kind.WROTE, 0), (Kind.ANSWERED, 4)), 5) == {}
    assert broken(after((Kind.WROTE, 0)), 4) == {}
    assert broken(after((Kind.WROTE, 0)), 4.01) == {"first_response": 4}


def test_an_answer_taken_back_was_none():
    rows = [
        Event(what=What.OPENED, at=hour(0), data={"owes": True}, by=""),
        Event(what=What.ANSWERED, at=hour(1), data={}, by=BEA),
        Event(what=What.UNDONE, at=hour(1), data={}, by=BEA),
    ]
    assert dues(clocks(moments(rows), ALL, OPEN_ALWAYS)) == dues(after((Kind.WROTE, 0)))


def test_closing_ends_what_was_owed_and_keeps_the_promise_of_an_end():
    owed = after((Kind.WROTE, 0), (Kind.CLOSED, 3))
    assert owed.running == ()
    assert {one.target: one.met for one in owed.done} == {
        Target.FIRST_RESPONSE: False,
        Target.RESOLUTION: True,
    }
    assert broken(owed, 100) == {}


def test_a_closing_without_an_answer_does_not_hide_that_it_was_late():
    assert broken(after((Kind.WROTE, 0), (Kind.CLOSED, 5)), 6) == {"first_response": 4}


def test_a_closing_that_was_a_mistake_only_stops_the_clocks():
    owed = after((Kind.WROTE, 0), (Kind.CLOSED, 3), (Kind.REOPENED, 50))
    assert dues(owed) == {"first_response": 51, "resolution": 71}
    assert owed.done == ()


def test_an_answer_to_a_closed_case_is_one_when_it_is_opened_again():
    story = ((Kind.WROTE, 0), (Kind.CLOSED, 1), (Kind.ANSWERED, 2), (Kind.REOPENED, 3))
    again = after(*story)
    assert dues(again) == {"resolution": 26}
    assert [(one.target.value, one.met) for one in again.done] == [("first_response", True)]


def test_a_customer_who_returns_gets_new_times_and_the_old_ones_stay_as_they_were():
    told = ((Kind.WROTE, 0), (Kind.ANSWERED, 1), (Kind.CLOSED, 3), (Kind.WROTE, 500))
    owed = after(*told)
    assert dues(owed) == {"next_response": 502, "resolution": 524}
    assert broken(owed, 501) == {}
    assert [one.met for one in owed.done if one.target is Target.RESOLUTION] == [True]


def test_messages_that_were_moved_take_their_clock_along():
    left = clocks([Moment(Kind.WROTE, hour(0)), Moment(Kind.OWED, hour(2), None)], ALL, OPEN_ALWAYS)
    assert dues(left) == {"resolution": 24}
    assert left.waiting_since is None
    got = clocks(
        [Moment(Kind.WROTE, hour(3)), Moment(Kind.OWED, hour(4), hour(1))], ALL, OPEN_ALWAYS
    )
    assert dues(got)["first_response"] == 5


def test_what_is_not_promised_has_no_clock():
    only = replace(ALL, resolution=None, keep_informed=None, first_response=None)
    assert dues(after((Kind.WROTE, 0), (Kind.ANSWERED, 1), policy=only)) == {}


KINDS = st.sampled_from(sorted(set(Kind) - {Kind.TAKEN_BACK}))
stories = st.lists(st.tuples(KINDS, st.integers(0, 400)), max_size=25)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(stories)
def test_whatever_happens_the_clocks_make_sense(story):
    owed = after(*((kind, at / 4) for kind, at in sorted(story, key=lambda one: one[1])))
    targets = [one.target for one in owed.running]
    assert len(set(targets)) == len(targets)
    assert (Target.FIRST_RESPONSE in targets) <= (owed.answered_at is None)
    for one in owed.running:
        assert one.due_at is None or one.due_at >= one.started_at
        assert (one.due_at is None) <= (one.paused_since is not None)
    for one in owed.done:
        assert one.ended_at is not None
        assert one.ended_at >= one.started_at


@settings(max_examples=200, deadline=None, derandomize=True)
@given(stories, st.integers(0, 500))
def test_what_was_broken_once_is_broken_for_good_unless_undone(story, later):
    told = [one for one in sorted(story, key=lambda one: one[1]) if one[0] is not Kind.OWED]
    told = [one for one in told if one[0] is not Kind.REOPENED]
    before = after(*((kind, at / 4) for kind, at in told))
    now = max((at for _, at in told), default=0) / 4
    grown = after(*((kind, at / 4) for kind, at in told), (Kind.WROTE, now), (Kind.ANSWERED, now))
    found = {one.broken_at(hour(now)) for one in (*before.done, *before.running)} - {None}
    assert found <= {one.broken_at(hour(now + later)) for one in (*grown.done, *grown.running)}


# With a database.


def a_case(session: Session, minutes: float = 0, **values: object) -> Case:
    return file(session, an_arrival("No llega", minutes=minutes, **values)).case


def test_a_mail_starts_the_clock_of_the_settings(session: Session):
    case = a_case(session)
    assert case.due_at == case.answer_due_at == MORNING + 8 * HOUR
    assert case.resolve_due_at is None
    assert case.waiting_since == MORNING


def test_what_a_machine_says_meets_no_promise(session: Session):
    case = a_case(session)
    speaker = spoken_by(Origin.BOT, bot="orders", customer="ana@cliente.example")
    mail = replace(a_mail("Enviado", sender="bot@tienda.example"), speaker=speaker)
    assert file(session, an_arrival(mail, minutes=5)).case is case
    case.happened(What.AUTOMATIC_REPLY, by="bot", at=MORNING)
    assert case.due_at == MORNING + 8 * HOUR


def test_waiting_and_going_on_are_verbs_of_the_case(session: Session):
    case = a_case(session)
    case.wait_for_customer(by=BEA, at=hour(1))
    assert case.due_at is None
    case.go_on(by=BEA, at=hour(2))
    assert case.due_at == MORNING + 24 * HOUR  # One hour of business time is left for tomorrow.
    case.close(by=BEA, at=hour(3))
    assert case.due_at is None


def test_laying_a_case_aside_stops_the_clock_where_the_policy_says_so(session: Session):
    publish(session, "default", at=hour(-1), first_response=4 * 3600, pauses="snoozed waiting")
    case = a_case(session)
    snooze(case, hour(3), by=BEA, at=hour(1))
    assert case.due_at is None
    wake(case, by="", at=hour(3))
    assert case.due_at == hour(6)


def test_old_imported_mail_has_no_clock_until_somebody_writes(session: Session):
    case = a_case(session, history=True)
    assert case.due_at is None
    answer = a_mail("¿Y bien?", references=(case.messages[0].rfc_id,))
    assert file(session, an_arrival(answer, minutes=60)).case is case
    assert case.due_at == hour(24)


def publish(session: Session, name: str, *, at: datetime = MORNING, **values: object) -> Policy:
    return book.publish(session, name, values, at=at)


def test_a_later_policy_does_not_rewrite_what_was_promised(session: Session):
    case = a_case(session)
    publish(session, "default", at=hour(1), first_response=3600)
    case.happened(What.REOPENED, by=BEA, at=hour(2))
    assert case.due_at == MORNING + 8 * HOUR
    with clock.at(hour(2)):
        new = file(session, an_arrival(a_mail("Otra", sender="eva@cliente.example"), minutes=90))
    assert new.case.due_at == hour(2.5)
    assert new.case.policy_id != case.policy_id


def test_a_later_holiday_does_not_move_what_was_promised(session: Session):
    case = a_case(session)
    calendars.publish(session, "default", {"days": {"2026-03-10": "closed"}}, at=hour(1))
    book.forget(session)
    case.happened(What.REOPENED, by=BEA, at=hour(2))
    assert case.due_at == MORNING + 8 * HOUR


def test_the_settings_are_written_down_once_and_again_when_they_change(
    session: Session, monkeypatch: pytest.MonkeyPatch
):
    a_case(session)
    a_case(session)
    monkeypatch.setenv("TREGUA_FIRST_RESPONSE_HOURS", "2")
    cases_settings.cache_clear()
    book.kept_up(session)
    rows = session.scalars(select(book.SlaPolicy).order_by(book.SlaPolicy.version)).all()
    assert [row.first_response for row in rows] == [8 * 3600, 2 * 3600]
    assert {row.by for row in rows} == {"settings"}


def test_the_most_specific_policy_is_promised(session: Session):
    box = Mailbox(address="s@t.example", imap_host="x", imap_user="x", created_at=MORNING)
    session.add(box)
    session.flush()
    for name, scope in {
        "default": {},
        "box": {"mailbox_id": box.id},
        "money": {"type": "money"},
        "refunds": {"type": "money.refund"},
        "gold": {"tier": "gold"},
        "gold refunds": {"tier": "gold", "type": "money.refund"},
    }.items():
        publish(session, name, first_response=3600, **scope)
    found = book.read(session)

    def chosen(**scope: object) -> str:
        return found.policy(Scope(**scope), hour(1)).name  # type: ignore[arg-type]

    assert chosen() == "default"
    assert chosen(mailbox_id=box.id) == "box"
    assert chosen(mailbox_id=box.id, type="money.billing") == "money"
    assert chosen(mailbox_id=box.id, type="money.refund") == "refunds"
    assert chosen(mailbox_id=box.id, tier="Gold") == "gold"
    assert chosen(type="money.refund", tier="gold") == "gold refunds"
    assert chosen(type="moneyed") == "default"


def test_a_retired_policy_promises_nothing_more(session: Session):
    publish(session, "gold", tier="gold", first_response=3600)
    publish(session, "gold", at=hour(5), tier="gold", retired=True)
    found = book.kept_up(session)
    assert found.policy(Scope(tier="gold"), hour(1)).name == "gold"
    assert found.policy(Scope(tier="gold"), hour(6)).name == "default"


def test_a_type_that_becomes_known_brings_its_own_times(session: Session):
    publish(session, "default", first_response=8 * 3600)
    publish(session, "faults", type="operation", first_response=2 * 3600)
    case, late = a_case(session), a_case(session, minutes=1)
    case.type = late.type = "operation.fault"
    case.happened(What.TAGGED, by="classifier", at=hour(0.1))
    assert case.due_at == hour(2)
    # Nobody breaks a promise before it is made.
    late = file(session, an_arrival(a_mail("Otra", sender="eva@cliente.example"))).case
    late.type = "operation.fault"
    late.happened(What.CORRECTED, by=BEA, at=hour(3))
    assert late.due_at == hour(8)


@pytest.mark.parametrize("values", [{"first_response": 0}, {"resolution": -1}, {"warn_at": 1.5}])
def test_a_policy_that_makes_no_sense_is_refused(session: Session, values: dict[str, float]):
    with pytest.raises(BadPolicy):
        book.publish(session, "default", values, at=MORNING)


def test_a_case_outside_a_session_carries_its_clocks_too():
    case = Case(opened_at=MORNING)
    case.happened(What.OPENED, by="", at=datetime(2026, 3, 10, 9, tzinfo=UTC), owes=True)
    assert case.due_at == MORNING + 8 * HOUR
    assert sla.scope_of(case) == Scope()
