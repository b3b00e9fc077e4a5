"""A weightier campaign of the next days has precedence over a lighter one for the same people."""

from datetime import timedelta

from cases import clock
from cases.contact import Kind
from cases.db import transaction
from cases.exclusions import audience, planned, touches
from cases.exclusions.asking import Question
from cases.exclusions.deciding import decide
from cases.exclusions.gates import Campaign, Gate, Status
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.settings import settings
from tests.builders import MORNING

DAY = timedelta(days=1)


def a_campaign(session, name, weight, at=None):
    row = Campaign(
        token_id=1, external_id=name, campaign_class=CampaignClass.PROMOTIONAL, weight=weight,
        scheduled_at=at, created_at=MORNING,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def too_much(session, campaign, *people):
    found = decide(
        session, Kind.ADDRESS, people, Question(), MORNING, weight=campaign.weight,
        planned=planned.others(session, campaign, MORNING),
    )  # fmt: skip
    return set(found.held)


def test_the_weightier_campaign_counts_as_sent(installation, monkeypatch):
    monkeypatch.setenv("TREGUA_PRESSURE_ENFORCED", "true")
    monkeypatch.setenv("TREGUA_PRESSURE_CAP", "2")
    settings.cache_clear()
    with clock.at(MORNING), transaction() as session:
        # Mail has been known of for longer than the month in which pressure only reports.
        touches.record(session, [
            {"kind": Kind.ADDRESS, "value": "old@x.example", "source": "t", "event_id": "1",
             "campaign_class": "promotional", "weight": 1.0, "sent_at": MORNING - 40 * DAY},
        ])  # fmt: skip
        light = a_campaign(session, "boletin", 0.5)
        heavy = a_campaign(session, "rebajas", 2.0, MORNING + 3 * DAY)
        assert planned.others(session, light, MORNING) is None
        gate = Gate(
            id="g", token_id=1, campaign_id=heavy.id, status=Status.SEALED, created_at=MORNING
        )
        session.add(gate)
        session.flush()
        audience.shelve(session, "g", ["both@x.example"])
        assert too_much(session, light, "both@x.example", "one@x.example") == {"both@x.example"}
        assert too_much(session, heavy, "both@x.example") == set()
        heavy.scheduled_at = MORNING + 9 * DAY
        session.flush()
        assert too_much(session, light, "both@x.example") == set()
