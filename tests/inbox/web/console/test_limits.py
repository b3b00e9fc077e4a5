"""Limits of pressure by topic and season: tried, decided, changed, ended, and brought back."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cases import clock
from cases.audit import Entry
from cases.contact import Kind
from cases.db import reading, transaction
from cases.exclusions import policies, rehearsing, touches
from cases.exclusions.ceilings import Ceiling, Period
from cases.exclusions.policies import PolicyVersion
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN, BEA

PAGE = "/console/pressure/limits"
MAR = "mar@tienda.test"
WISH = {"name": "Black Friday", "topic": "ofertas", "runs": "yearly", "from": "2026-11-20",
        "until": "2026-12-01", "cap": "1,5", "gap": "12"}  # fmt: skip


def ceilings() -> tuple[Ceiling, ...]:
    with reading() as session:
        return policies.in_force(session).ceilings


def save(admin: Visitor, **values: str) -> int:
    return admin.post(PAGE, do="save", **{**WISH, "why": "Campaña", **values}).status_code


def undoing(page: str) -> str:
    found = re.search(rf"{PAGE}/versions/\d+/undoing", page)
    assert found is not None
    return found[0]


def test_a_limit_is_decided_changed_ended_and_brought_back(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert "Aún no hay límites" in admin.get(PAGE).text
    assert save(admin, why="") == 422
    assert save(admin) == 303
    [one] = ceilings()
    season = Period(date(2026, 11, 20), date(2026, 12, 1), yearly=True)
    assert (one.cap, one.topic, one.period, one.gap) == (
        1.5, "ofertas", season, timedelta(hours=12),
    )  # fmt: skip
    shown = enter(MAR).get("/console/pressure").text
    assert "Black Friday" in shown
    assert "del 20 nov al 1 dic, cada año" in shown
    form = admin.get(f"{PAGE}?limit={one.id}").text
    assert 'value="1,5"' in form
    assert save(admin, id=one.id, cap="2") == 303
    assert [found.cap for found in ceilings()] == [2.0]
    ended = admin.post(f"{PAGE}/{one.id}/end")
    assert ceilings() == ()
    undo = undoing(admin.get(ended.location).text)
    assert admin.post(undo).status_code == 303
    assert [found.cap for found in ceilings()] == [2.0]
    # Brought back once, it cannot stand twice.
    assert "limit_blocked" not in admin.post(undo).location
    assert len(ceilings()) == 1
    with reading() as session:
        versions = session.scalars(select(PolicyVersion).order_by(PolicyVersion.id)).all()
        audited = session.scalars(select(Entry.what)).all()
    assert {row.by for row in versions} == {ADMIN}
    assert len(versions) == 5
    assert audited.count("matrix.adopted") == 5
    assert "Black Friday" in admin.get("/admin/reasons").text


def test_another_that_stands_meanwhile_is_not_pushed_aside(enter: Enter) -> None:
    admin = enter(ADMIN)
    save(admin)
    [one] = ceilings()
    undo = undoing(admin.get(admin.post(f"{PAGE}/{one.id}/end").location).text)
    assert save(admin, name="Otro") == 303
    refused = admin.post(undo)
    assert "En esos días ya vale otro límite" in admin.get(refused.location).text
    assert [found.name for found in ceilings()] == ["Otro"]
    assert admin.post(f"{PAGE}/{one.id}/end").location.endswith("limit_gone.1")
    assert admin.post(f"{PAGE}/versions/1/undoing").status_code == 404
    assert admin.post(f"{PAGE}/versions/{2**40}/undoing").status_code == 404
    twice = admin.post(PAGE, do="save", **WISH, why="x")
    assert twice.status_code == 422
    assert "vale otro límite para los mismos correos: Otro" in twice.text


@pytest.mark.parametrize(
    "wrong",
    [{"topic": "", "runs": "always"}, {"cap": "nan"}, {"cap": "1e400"}, {"cap": "-1"},
     {"from": "20/11/2026"}, {"until": "9999-12-31", "runs": "once"}, {"runs": "sometimes"},
     {"gap": "inf"}, {"gap": "1e9"}, {"name": "n" * 61}],
)  # fmt: skip
def test_what_makes_no_sense_is_said_beside_its_field(enter: Enter, wrong: dict[str, str]) -> None:
    answer = enter(ADMIN).post(PAGE, do="save", **{**WISH, "why": "x", **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert ceilings() == ()


def test_marketing_and_supervisors_look_and_do_not_change(enter: Enter) -> None:
    for address in (MAR, BEA):
        visitor = enter(address)
        assert "do=" not in visitor.get(PAGE).text
        assert 'id="form"' not in visitor.get(PAGE).text
        for path in (PAGE, f"{PAGE}/x/end", f"{PAGE}/versions/1/undoing"):
            assert visitor.post(path, **WISH).status_code == 403


def test_a_limit_is_tried_on_the_mail_of_the_last_sixty_days(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, now = enter(ADMIN), clock.now()
    assert "No se conoce ningún correo" in admin.post(PAGE, do="try", **WISH).text
    # Each person got two offers a day apart and, weeks ago, news.
    with transaction() as session:
        touches.record(session, [
            {"kind": Kind.ADDRESS, "value": f"p{n}@x.example", "source": "t",
             "event_id": f"{n}-{hours}", "campaign_class": "promotional", "topic": topic,
             "weight": 1.0, "sent_at": now - timedelta(hours=hours)}
            for n in range(5) for hours, topic in ((900, "noticias"), (60, "ofertas"),
                                                   (30, "ofertas"))
        ])  # fmt: skip
    tried = admin.post(PAGE, do="try", **WISH).text
    assert "Habría retenido 5 de 10 correos." in tried
    assert "Como está ahora: 0." in tried
    everything = admin.post(PAGE, do="try", **WISH | {"topic": "", "cap": "1"}).text
    assert "Habría retenido 10 de 15 correos." in everything
    assert "Se han mirado" not in everything
    monkeypatch.setattr(rehearsing, "MOST", 6)
    part = admin.post(PAGE, do="try", **WISH).text
    assert "Habría retenido 2 de 4 correos." in part
    assert "Se han mirado 6 de 15 correos (40 %)" in part
    assert ceilings() == ()
