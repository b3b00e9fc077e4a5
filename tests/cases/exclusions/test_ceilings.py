"""Limits for topics and seasons: what they mean, which of them counts, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from cases import clock
from cases.contact import Kind
from cases.db import reading, transaction
from cases.exclusions import policies, pressing, touches
from cases.exclusions.asking import Question
from cases.exclusions.ceilings import (
    MOST,
    BadCeiling,
    Ceiling,
    Overlaps,
    Period,
    read,
    with_ceiling,
    without,
)
from cases.exclusions.deciding import decide
from cases.exclusions.matrix import CampaignClass, policy
from cases.exclusions.pressing import limits_of_all, limits_of_topic
from tests.builders import MORNING

DAY = timedelta(days=1)
BLACK_FRIDAY = Period(date(2026, 11, 20), date(2026, 12, 1), yearly=True)
CHRISTMAS = Period(date(2026, 12, 20), date(2027, 1, 6), yearly=True)


def a_ceiling(number="a", cap=2.0, **values):
    return Ceiling(number, cap, **values)


def content(*some):
    said = {"terms": {"pressure_enforced": True, "pressure_cap": 3}}
    for one in some:
        said = with_ceiling(said, one)
    return said


def days_of(period, since, until):
    found = set()
    for first, last in period.runs(since, until):
        found |= {first + n * DAY for n in range((last - first).days + 1)}
    return {day for day in found if since <= day <= until}


def test_a_season_over_new_year_comes_again_each_year():
    assert date(2027, 1, 6) in days_of(CHRISTMAS, date(2027, 1, 1), date(2027, 1, 31))
    assert list(CHRISTMAS.runs(date(2030, 1, 6), date(2030, 1, 6))) == [
        (date(2029, 12, 20), date(2030, 1, 6))
    ]
    assert not list(CHRISTMAS.runs(date(2030, 1, 7), date(2030, 12, 19)))
    leap = Period(date(2028, 2, 29), date(2028, 3, 2), yearly=True)
    assert list(leap.runs(date(2027, 3, 1), date(2027, 3, 1))) == [
        (date(2027, 2, 28), date(2027, 3, 2))
    ]


day = st.dates(date(2024, 1, 1), date(2029, 12, 31))
periods = st.builds(
    lambda first, length, yearly: Period(first, first + length * DAY, yearly),
    day, st.integers(0, 200), st.booleans(),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(periods, periods)
def test_two_seasons_meet_if_there_is_a_day_that_is_of_both(one, other):
    since, until = date(2023, 1, 1), date(2031, 12, 31)
    together = days_of(one, since, until) & days_of(other, since, until)
    assert one.meets(other) is bool(together)
    assert other.meets(one) is bool(together)


def test_two_limits_for_the_same_mail_at_the_same_time_are_refused():
    said = content(a_ceiling("a", period=BLACK_FRIDAY), a_ceiling("b", topic="ofertas"))
    week = Period(date(2026, 12, 1), date(2026, 12, 7))
    with pytest.raises(Overlaps) as refused:
        with_ceiling(said, a_ceiling("c", period=week))
    assert refused.value.other.id == "a"
    with pytest.raises(Overlaps):
        with_ceiling(said, a_ceiling("c", topic="ofertas"))
    later = with_ceiling(said, a_ceiling("c", period=Period(date(2026, 12, 2), date(2026, 12, 7))))
    again = with_ceiling(later, a_ceiling("b", 5.0, topic="ofertas"))
    assert [(one.id, one.cap) for one in read(again)] == [("a", 2.0), ("c", 2.0), ("b", 5.0)]
    assert [one.id for one in read(without(again, "a"))] == ["c", "b"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("topic", a_ceiling()),
        ("topic", a_ceiling(topic="x\x00y")),
        ("topic", a_ceiling(topic="x" * 101)),
        ("cap", a_ceiling(cap=0, topic="x")),
        ("cap", a_ceiling(cap=float("nan"), topic="x")),
        ("cap", a_ceiling(cap=float("inf"), topic="x")),
        ("gap", a_ceiling(topic="x", gap=timedelta(days=61))),
        ("gap", a_ceiling(topic="x", gap=timedelta(hours=-1))),
        ("until", a_ceiling(period=Period(date(2026, 5, 2), date(2026, 5, 1)))),
        ("until", a_ceiling(period=Period(date(2026, 5, 2), date(9999, 12, 31)))),
        ("until", a_ceiling(period=Period(date.min, date.max, yearly=True))),
        ("name", a_ceiling(topic="x", name="n" * 61)),
    ],
)
def test_what_makes_no_sense_is_refused(field, wrong):
    with pytest.raises(BadCeiling) as refused:
        with_ceiling({}, wrong)
    assert refused.value.field == field


def test_there_is_an_end_to_how_many_there_can_be():
    said = {}
    for n in range(MOST):
        said = with_ceiling(said, a_ceiling(str(n), topic=f"topic {n}"))
    with pytest.raises(BadCeiling):
        with_ceiling(said, a_ceiling("one more", topic="one more"))


def test_a_season_beats_always_in_each_of_the_two_sums():
    gap = timedelta(hours=2)
    meant = policies.of(content(
        a_ceiling("s", 6, period=BLACK_FRIDAY, gap=gap), a_ceiling("t", 1, topic="ofertas"),
        a_ceiling("st", 4, topic="ofertas", period=BLACK_FRIDAY),
        a_ceiling("n", 0.5, topic="noticias", period=BLACK_FRIDAY),
    ))  # fmt: skip
    normal, black = datetime(2026, 11, 19, 12, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    of_all = limits_of_all(meant, normal)
    assert (of_all.at(normal).cap, of_all.at(black).cap) == (3, 6)
    assert (of_all.at(normal).gap, of_all.at(black).gap) == (timedelta(hours=24), gap)
    topic = limits_of_topic(meant, "ofertas", normal)
    assert (topic.at(normal).cap, topic.at(black).cap) == (1, 4)
    out_of_season = limits_of_topic(meant, "noticias", normal).at(normal)
    assert out_of_season.cap == float("inf")
    assert limits_of_topic(meant, "otra", normal) is None
    assert limits_of_topic(meant, "", normal) is None
    # The shop's midnight counts, in winter and in summer.
    start = of_all.seasons[0].starts_at
    assert start == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert of_all.at(start - timedelta(seconds=1)).cap == 3
    assert of_all.at(start).cap == 6
    assert of_all.at(datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)).cap == 6
    assert of_all.at(datetime(2026, 12, 1, 23, tzinfo=UTC)).cap == 3


def test_receipts_name_what_was_decided_and_not_who_made_it(session):
    said = {"what": {}, "by": "a@b.example", "why": "x", "at": MORNING}
    first = with_ceiling({}, a_ceiling("1", topic="ofertas", name="Ofertas", by="a@b.example"))
    policies.adopt(session, first, **said)
    digest = policies.in_force(session).digest
    assert digest != policy()
    policies.adopt(session, with_ceiling(first, a_ceiling("1", 3.0, topic="ofertas")), **said)
    assert policies.in_force(session).digest != digest
    assert policies.named(session, digest).id == 1
    assert policies.named(session, "sha-256:unheard-of") is None
    other = with_ceiling({}, a_ceiling("2", topic="ofertas", name="Otro nombre"))
    assert policies.of(other).digest == digest
    policies.reset(session, by="a@b.example", why="x", at=MORNING)
    assert [one.cap for one in policies.in_force(session).ceilings] == [3.0]


def some_touches(rows):
    return [
        {"kind": Kind.ADDRESS, "value": f"p{person}@x.example", "source": "t", "event_id": str(n),
         "campaign_class": cls, "topic": topic, "weight": weight,
         "sent_at": MORNING - timedelta(hours=hours)}
        for n, (person, hours, weight, topic, cls) in enumerate(rows)
    ]  # fmt: skip


rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 10 * 24), st.sampled_from([0.5, 1.0, 2.0]),
              st.sampled_from(["", "ofertas", "noticias"]),
              st.sampled_from(["promotional", "newsletter"])),
    min_size=20, max_size=40,
)  # fmt: skip
EVERYBODY = [f"p{n}@x.example" for n in range(6)]


@pytest.fixture
def limited(installation):
    """The month of reports is over, and limits of both sums hold: now, and from the day after."""
    soon = Period(MORNING.date() + 2 * DAY, MORNING.date() + 9 * DAY)
    with clock.at(MORNING), transaction() as session:
        said = content(
            a_ceiling("t", 1.5, topic="ofertas"),
            a_ceiling("s", 1.2, period=soon),
            a_ceiling("st", 4.0, topic="ofertas", period=soon),
        )
        policies.adopt(session, said, what={}, by="a@b.example", why="x", at=MORNING)
        touches.record(session, some_touches([(9, 50 * 24, 0.0, "", "transactional")]))


def untils(asked, question, now, weight=1.0):
    with reading() as session:
        held = decide(session, Kind.ADDRESS, asked, question, now, weight=weight).held
        return {value: verdict.until for value, verdict in held.items()}


def of_everybody(question):
    """The same with nobody left out beforehand, as where something is planned."""
    with reading() as session:
        return pressing.pressed(
            session, Kind.ADDRESS, EVERYBODY, question, 1.0, MORNING, lambda *_: {}
        )


def test_many_and_one_are_answered_alike_and_the_promised_instant_is_right(limited):
    shown = 0

    @settings(max_examples=12, database=None, deadline=None)
    @given(rows, st.sampled_from(["", "ofertas", "noticias"]))
    def holds(said, topic):
        nonlocal shown
        with transaction() as session:
            session.execute(delete(touches.Pressure))
            session.execute(delete(touches.Touch).where(touches.Touch.weight > 0))
            touches.record(session, some_touches(said))
        question = Question(CampaignClass.PROMOTIONAL, topic)
        found = untils(EVERYBODY, question, MORNING)
        assert found == of_everybody(question)
        for value in EVERYBODY:
            assert untils([value], question, MORNING) == (
                {value: found[value]} if value in found else {}
            )
        for value, until in found.items():
            shown += 1
            assert not untils([value], question, until)
            before = max(MORNING, until - timedelta(minutes=1))
            assert untils([value], question, before) == {value: until}

    holds()
    assert shown


def test_a_topic_counts_its_own_mail_and_few_topics_are_remembered(limited):
    many = [(0, n / 10, 0.01, f"topic {n}", "promotional") for n in range(80)]
    with transaction() as session:
        touches.record(session, some_touches([(1, 30, 1.0, "noticias", "promotional"), *many]))
        kept = session.get_one(touches.Pressure, (Kind.ADDRESS, "p0@x.example")).topics
    assert len(kept) == touches.MOST_TOPICS
    assert "topic 0" in kept
    ofertas = Question(CampaignClass.PROMOTIONAL, "ofertas")
    assert not untils(["p1@x.example"], ofertas, MORNING)
    with transaction() as session:
        touches.record(session, [
            one | {"event_id": "next"}
            for one in some_touches([(1, 30, 1.0, "ofertas", "newsletter")])
        ])  # fmt: skip
    assert untils(["p1@x.example"], ofertas, MORNING)
    assert not untils(["p1@x.example"], Question(CampaignClass.PROMOTIONAL, "noticias"), MORNING)
    with reading() as session:
        turn = pressing.turns_by(session, "", MORNING, MORNING + 3 * DAY)
        assert turn == datetime(2026, 3, 11, 23, tzinfo=UTC)
