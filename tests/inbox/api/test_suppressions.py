"""What senders know first is believed, once, and taken back by the one who said it alone."""

from datetime import timedelta

from sqlalchemy import select

from cases import Exclusion, clock
from cases.db import reading
from inbox.tokens import Scope
from tests.builders import MORNING

EVA = "eva@cliente.example"
ALL = (Scope.SUPPRESSIONS_WRITE, Scope.CHECK)


def say(program, what, event="1", address=EVA, **values):
    item = {"event_id": event, "address": address, "what": what, **values}
    answer = program.post("/v1/suppressions", json={"items": [item]})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_who_unsubscribed_gets_no_marketing_and_still_the_invoice(api_server):
    program = api_server.program(*ALL)
    assert say(program, "unsubscribe") == {"new": 1, "known": 0, "invalid": 0}
    assert not program.allowed(EVA)
    assert not program.allowed(EVA, campaign_class="service_notice")
    assert program.allowed(EVA, campaign_class="transactional")


def test_the_same_event_again_changes_nothing(api_server):
    program = api_server.program(*ALL)
    say(program, "unsubscribe")
    assert say(program, "unsubscribe") == {"new": 0, "known": 1, "invalid": 0}
    with reading() as session:
        assert len(session.scalars(select(Exclusion)).all()) == 1


def test_a_topic_is_refused_alone(api_server):
    program = api_server.program(*ALL)
    say(program, "unsubscribe", topic="ofertas")
    assert not program.allowed(EVA, topic="ofertas")
    assert program.allowed(EVA, topic="novedades")
    # A campaign that names no topic may be about the very one that was refused.
    assert not program.allowed(EVA)


def test_a_sender_takes_back_what_it_said_and_no_other(api_server):
    one, other = api_server.program(*ALL), api_server.program(*ALL)
    say(one, "unsubscribe")
    say(other, "resubscribe", event="2")
    assert not one.allowed(EVA)
    say(one, "resubscribe", event="3")
    assert one.allowed(EVA)
    say(one, "complaint", event="4")
    say(one, "resubscribe", event="5")
    assert not one.allowed(EVA)


def test_a_dead_address_gets_nothing_but_the_person_is_reached_elsewhere(api_server):
    program = api_server.program(*ALL)
    say(program, "bounce_hard")
    assert not program.allowed(EVA, campaign_class="transactional")
    assert program.allowed(EVA, campaign_class="safety_legal")
    say(program, "invalid_address", address="gone@cliente.example", event="2")
    assert not program.allowed("gone@cliente.example", campaign_class="safety_legal")


def test_an_invalid_line_does_not_spoil_the_others(api_server):
    program = api_server.program(*ALL)
    items = [
        {"event_id": "1", "address": "nobody", "what": "complaint"},
        {"event_id": "2", "address": EVA, "what": "complaint"},
    ]
    told = program.post("/v1/suppressions", json={"items": items}).json
    assert told == {"new": 1, "known": 0, "invalid": 1}
    assert not program.allowed(EVA)


def test_a_log_that_is_told_again_takes_back_no_newer_refusal(api_server):
    program = api_server.program(*ALL)
    said = [("unsubscribe", "1"), ("resubscribe", "2"), ("unsubscribe", "3")]
    for what, event in said:
        say(program, what, event=event)
    assert not program.allowed(EVA)
    for what, event in said:
        assert say(program, what, event=event)["known"] == 1
    assert not program.allowed(EVA)
    # Nor does one that comes late.
    say(program, "resubscribe", event="4", at=(MORNING - timedelta(days=2)).isoformat())
    assert not program.allowed(EVA)
    say(program, "resubscribe", event="5")
    assert program.allowed(EVA)


def test_an_address_rests_when_mail_came_back_three_times_in_a_week(api_server):
    program = api_server.program(*ALL)
    for event, days in (("1", 8), ("2", 6), ("3", 1)):
        at = (MORNING - timedelta(days=days)).isoformat()
        assert say(program, "bounce_soft", event=event, at=at)["new"] == 1
    assert program.allowed(EVA)
    assert say(program, "bounce_soft", event="3")["known"] == 1
    assert program.allowed(EVA)
    say(program, "bounce_soft", event="4")
    assert not program.allowed(EVA)
    with clock.at(MORNING + timedelta(days=7)):
        assert program.allowed(EVA)


def test_an_instant_without_a_zone_is_refused(api_server):
    item = {"event_id": "1", "address": EVA, "what": "bounce_hard", "at": "2026-03-09T10:00:00"}
    program = api_server.program(*ALL)
    assert program.post("/v1/suppressions", json={"items": [item]}).status_code == 422
