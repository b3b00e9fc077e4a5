"""Admins decide which reason holds what: tried first, kept as a version, honoured by the engine."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import FeedHead, clock
from cases.contact import Kind, find
from cases.db import reading, transaction
from cases.exclusions import touches
from cases.exclusions.asking import Question
from cases.exclusions.deciding import decide
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.policies import PolicyVersion
from cases.exclusions.rows import Exclusion
from cases.language import speaking
from inbox.api import jobs
from inbox.web.admin import terms
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN, BEA

CELL = {"class": "survey", "reason": "negative_mood", "action": "allow"}


def is_held(address: str, campaign_class: CampaignClass = CampaignClass.PROMOTIONAL) -> bool:
    with reading() as session:
        question = Question(campaign_class)
        return bool(decide(session, Kind.ADDRESS, [address], question, clock.now()).held)


def test_a_change_is_tried_then_decided_and_then_it_counts(enter: Enter) -> None:
    admin, nora = enter(ADMIN), "nora@correo.example"
    change = {"class": "transactional", "reason": "open_case", "action": "exclude"}
    assert admin.post("/admin/reasons", do="try", **change).status_code == 422
    change["class"] = "service_notice"
    assert not is_held(nora, CampaignClass.SERVICE_NOTICE)
    tried = admin.post("/admin/reasons", do="try", **change).text
    assert "personas más" in tried or "persona más" in tried
    assert not is_held(nora, CampaignClass.SERVICE_NOTICE)
    assert admin.post("/admin/reasons", do="save", why="", **change).status_code == 422
    with reading() as session:
        before = session.scalars(select(FeedHead.epoch)).one()
    assert admin.post("/admin/reasons", do="save", why="Quejas", **change).status_code == 303
    assert is_held(nora, CampaignClass.SERVICE_NOTICE)
    with reading() as session:
        assert session.scalars(select(FeedHead.epoch)).one() != before, "followers begin anew"
        version = session.scalars(select(PolicyVersion)).one()
    assert (version.by, version.why) == (ADMIN, "Quejas")
    assert "Quejas" in admin.get("/admin/reasons").text
    assert admin.post("/admin/reasons/reset", why="ya no").status_code == 303
    assert not is_held(nora, CampaignClass.SERVICE_NOTICE)


def test_what_a_person_decided_is_no_matter_of_tables(enter: Enter) -> None:
    admin = enter(ADMIN)
    for reason in ("unsubscribed_all", "bounce_hard", "formal_claim"):
        wish = {"class": "promotional", "reason": reason, "action": "allow"}
        assert admin.post("/admin/reasons", do="save", why="x", **wish).status_code == 422
    assert enter(BEA).post("/admin/reasons", do="try", **CELL).status_code == 403
    assert enter(BEA).get("/admin/reasons").status_code == 200


def test_a_longer_rest_holds_those_who_were_free_already(enter: Enter) -> None:
    admin, now = enter(ADMIN), clock.now()
    with transaction() as session:
        contact = find(session, "nora@correo.example")
        assert contact is not None
        held = select(Exclusion).where(
            Exclusion.reason == "after_closing", Exclusion.lifted_at.is_(None)
        )
        before = session.scalars(held).all()
    term = {"term": "truce_after_closing", "value": "240"}
    tried = admin.post("/admin/reasons", do="try", **term)
    assert tried.status_code == 200
    assert admin.post("/admin/reasons", do="save", why="Con calma", **term).status_code == 303
    jobs.follow_policy()
    with reading() as session:
        after = session.scalars(held).all()
    assert before
    for row in after:
        assert row.until is not None
        assert row.until - row.starts_at == timedelta(hours=240)
    assert admin.post("/admin/reasons", do="save", why="x", term="secret_key",
                      value="1").status_code == 422  # fmt: skip
    assert now


@pytest.mark.parametrize(
    ("name", "said", "value", "read"),
    [
        ("truce_after_closing", "30 d", 720.0, "30 d"),
        ("truce_after_closing", "2 días", 48.0, "2 d"),
        ("truce_after_closing", "1,5", 1.5, "1,5 h"),
        ("truce_after_closing", "36 horas", 36.0, "36 h"),
        ("pressure_cap", "2,5", 2.5, "2,5"),
        ("pressure_enforced", "Sí", 1.0, "sí"),
    ],
)
def test_times_are_written_as_they_are_read(name: str, said: str, value: float, read: str) -> None:
    assert terms.typed(name, said) == value
    with speaking("es"):
        assert terms.shown(name, value) == read


@pytest.mark.parametrize("said", ["", "dos", "3 x", "-1", "1e9", "nan", "9" * 50])
def test_a_value_that_is_none_is_refused_with_how_it_is_written(enter: Enter, said: str) -> None:
    refused = enter(ADMIN).post("/admin/reasons", do="try", term="truce_after_closing", value=said)
    assert refused.status_code == 422
    assert "un plazo como 12 h o 30 d" in refused.text


def test_who_changed_what_is_said_in_words(enter: Enter) -> None:
    admin = enter(ADMIN)
    wanted = {"reason": "open_case", "class": "newsletter", "action": "allow"}
    assert admin.post("/admin/reasons", do="save", why="lo leen igual", **wanted).status_code == 303
    admin.post("/admin/reasons", do="save", why="más", term="truce_after_closing", value="3 d")
    page = admin.get("/admin/reasons").text.partition("Quién cambió qué")[2]
    assert "Caso abierto · Boletín: Se puede enviar" in page
    assert "Descanso tras cerrar un caso: 3 d" in page
    assert "open_case" not in page


def test_a_new_half_life_is_applied_to_what_was_sent_and_both_pages_say_how_far(
    enter: Enter,
) -> None:
    admin, now = enter(ADMIN), clock.now()
    with transaction() as session:
        touches.record(session, [
            {"kind": Kind.ADDRESS, "value": "a@x.example", "source": "t", "event_id": "1",
             "campaign_class": "promotional", "weight": 1.0, "sent_at": now - timedelta(days=9)},
        ])  # fmt: skip
    jobs.follow_policy()
    term = {"term": "pressure_half_life", "value": "30 d", "why": "Recordamos más"}
    assert admin.post("/admin/reasons", do="save", **term).status_code == 303
    for page in ("/admin/reasons", "/console/pressure"):
        shown = admin.get(page).text
        assert "Lo que pesa sobre cada persona se calcula de nuevo</h2>" in shown
        assert re.search(r"\b0 de \d+ personas", shown)
    jobs.follow_policy()
    for page in ("/admin/reasons", "/console/pressure"):
        assert "se calcula de nuevo</h2>" not in admin.get(page).text
