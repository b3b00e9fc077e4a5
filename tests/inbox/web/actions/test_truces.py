"""A truce is ended in the case or on the customer's page, by those who may and with a reason."""

from datetime import timedelta

from sqlalchemy import select

from cases import Exclusion, clock
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.verbs import Set, exclude
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA, BEA, LUIS


def _by_hand(contact_id: int, reason: Reason = Reason.MANUAL) -> int:
    now = clock.now()
    with transaction() as session:
        wish = Set(reason, until=now + timedelta(days=3), note="obras")
        return exclude(session, contact_id, wish, by=BEA, at=now).id


def _row(number: int) -> Exclusion:
    with reading() as session:
        return session.get_one(Exclusion, number)


def test_who_may_ends_it_with_a_reason_and_once(enter: Enter) -> None:
    case = case_about("Cambio de talla")
    number = _by_hand(case.contact_id)
    url, bea = f"/contacts/{case.contact_id}/truces/end", enter(BEA)
    assert url in bea.get(f"/cases/{case.id}").text
    assert url in bea.get(f"/contacts/{case.contact_id}").text
    assert bea.post(url, truce=number).status_code == 422
    assert bea.post(url, why="x").status_code == 422
    ended = bea.post(url, truce=number, why="hablado por teléfono", case=str(case.id))
    assert ended.status_code == 303
    assert "tregua ha terminado" in bea.get(ended.location).text
    row = _row(number)
    assert (row.lifted_by, row.lift_reason) == (BEA, "hablado por teléfono")
    assert bea.post(url, truce=number, why="x").status_code == 409
    assert bea.post(url, truce="99999", why="x").status_code == 404
    assert bea.post(url, truce="uno", why="x").status_code == 404


def test_several_reasons_end_with_one_word_together_or_not_at_all(enter: Enter) -> None:
    case, bea = case_about("Cambio de talla"), enter(BEA)
    reasons = (Reason.MANUAL, Reason.BOUNCE_SOFT, Reason.UNSUBSCRIBED_ALL)
    numbers = [_by_hand(case.contact_id, reason) for reason in reasons]
    page = bea.get(f"/cases/{case.id}").text
    assert page.count("Terminar la tregua") == 1
    ticks = [f'name="truce" value="{one}"' for one in numbers]
    # What the customer decided ends only if it is ticked.
    assert [f"{one} checked" in page for one in ticks] == [True, True, False]
    assert ticks[2] in page
    url = f"/contacts/{case.contact_id}/truces/end"
    assert bea.post(url, truce=[numbers[0], 99999], why="ya está").status_code == 404
    assert _row(numbers[0]).lifted_at is None
    bea.post(url, truce=numbers[:2], why="ya está")
    assert [_row(one).lift_reason for one in numbers] == ["ya está", "ya está", ""]


def test_it_is_shown_to_nobody_else_and_refused(enter: Enter) -> None:
    case = case_about("Cambio de talla")
    number = _by_hand(case.contact_id, Reason.OBJECTION)
    url = f"/contacts/{case.contact_id}/truces/end"
    assert f'name="truce" value="{number}"' not in enter(ANA).get(f"/cases/{case.id}").text
    assert enter(ANA).post(url, truce=number, why="x").status_code == 403
    assert enter(LUIS).post(url, truce=number, why="x").status_code == 404
    assert _row(number).lifted_at is None


def test_an_opt_out_that_was_meant_becomes_a_refusal(enter: Enter) -> None:
    case, now = case_about("Cambio de talla"), clock.now()
    with transaction() as session:
        heard = Exclusion(
            contact_id=case.contact_id, reason=Reason.OPT_OUT_HEARD, severity=Severity.HARD,
            topics=[], starts_at=now, origin="x", evidence="message:1", note="", created_at=now,
        )  # fmt: skip
        session.add(heard)
        session.flush()
        number = heard.id
    kept = enter(ANA).post(f"/contacts/{case.contact_id}/truces/{number}/confirmation")
    assert kept.status_code == 303
    with reading() as session:
        living = select(Exclusion.reason).where(
            Exclusion.contact_id == case.contact_id, Exclusion.lifted_at.is_(None)
        )
        reasons = set(session.scalars(living))
    assert Reason.UNSUBSCRIBED_ALL in reasons
    assert Reason.OPT_OUT_HEARD not in reasons


def test_a_truce_is_set_by_hand_with_a_reason_and_an_end(enter: Enter) -> None:
    case, ana = case_about("Cambio de talla"), enter(ANA)
    url = f"/contacts/{case.contact_id}/truces"
    assert f'action="{url}"' in ana.get(f"/cases/{case.id}").text
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    for until, why in (("", "obras"), (day, " "), ("2020-01-01", "obras"), ("mañana", "obras")):
        refused = ana.post(url, until=until, why=why)
        assert refused.status_code == 422
        assert "un día" in refused.text
    done = ana.post(url, until=day, why="obras en su casa", case=str(case.id))
    assert "marketing espera" in ana.get(done.location).text
    with reading() as session:
        mine = select(Exclusion).where(Exclusion.reason == Reason.MANUAL)
        row = session.scalars(mine).one()
    assert (row.origin, row.note) == (ANA, "obras en su casa")
    # Who set it may end it.
    assert f'name="truce" value="{row.id}"' in ana.get(f"/contacts/{case.contact_id}").text
    assert enter(LUIS).post(url, until=day, why="x").status_code == 404
