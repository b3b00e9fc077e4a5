"""Oneself and others: profile, users, the second step of the sign-in, who must have one."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from cases import Agent, Role, clock
from cases.agent import second_factor, totp
from cases.audit import Entry
from cases.db import reading
from inbox.web.signin import guesses
from inbox.web.signin.sessions import WebSession
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN, ANA, BEA, PASSWORD


@pytest.fixture(autouse=True)
def _at_one_instant() -> Iterator[None]:
    """Codes change every half minute, and a slow machine must not see that."""
    with clock.at(clock.now()):
        yield


def _number(address: str) -> int:
    with reading() as session:
        return session.scalars(select(Agent.id).where(Agent.address == address)).one()


def _code(secret: str, *, later: int = 0) -> str:
    return totp.code_at(secret, int(clock.now().timestamp()) // totp.STEP + later)


def _set_up(who: Visitor) -> tuple[str, list[str]]:
    before = who.get("/profile/second-factor").text
    assert "secret" not in before
    who.post("/profile/second-factor/beginning")
    page = who.get("/profile/second-factor").text
    assert '<svg class="square-code" role="img"' in page
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    done = who.post("/profile/second-factor", code=_code(secret)).text
    return secret, re.findall(r"<li>([a-z2-7-]{19})</li>", done)


def _noted() -> list[tuple[str, str]]:
    with reading() as session:
        lines = session.scalars(select(Entry).order_by(Entry.number)).all()
        return [(one.what, one.about) for one in lines]


def test_with_a_second_step_the_password_alone_opens_nothing(
    enter: Enter, visitor: Visitor
) -> None:
    secret, paper = _set_up(enter(ANA))
    assert len(paper) == second_factor.PAPER_CODES
    asked = visitor.post("/sign-in", address=ANA, password=PASSWORD, next="/inbox/mine")
    assert asked.status_code == 200
    assert visitor.get("/inbox/mine").status_code == 303
    half = re.search(r'name="half" value="([^"]+)"', asked.text)
    assert half is not None
    fields = {"half": half[1], "next": "/inbox/mine"}
    used = visitor.post("/sign-in/code", code=_code(secret), **fields)
    assert used.status_code == 422
    let_in = visitor.post("/sign-in/code", code=_code(secret, later=1), **fields)
    assert (let_in.status_code, let_in.location) == (303, "/inbox/mine")
    assert visitor.get("/inbox/mine").status_code == 200


def test_the_note_between_the_steps_is_of_one_browser_and_codes_cannot_be_guessed(
    enter: Enter, visitor: Visitor
) -> None:
    _secret, paper = _set_up(enter(ANA))
    asked = visitor.post("/sign-in", address=ANA, password=PASSWORD).text
    half = re.findall(r'name="half" value="([^"]+)"', asked)[0]
    other = Visitor(visitor.client.application.test_client())
    assert other.post("/sign-in/code", half=half, code=paper[0]).status_code == 422
    assert other.get("/inbox/mine").status_code == 303
    tries = [
        visitor.post("/sign-in/code", half=half, code="123456").status_code
        for _ in range(guesses.FROM_ONE_PLACE)
    ]
    assert set(tries) == {422}
    assert visitor.post("/sign-in/code", half=half, code=paper[0]).status_code == 429


def test_who_must_have_two_steps_sees_nothing_before_they_are_set_up(enter: Enter) -> None:
    admin, ana = enter(ADMIN), enter(ANA)
    assert admin.post("/admin/users/second-factor", role="agent").status_code == 303
    led = ana.get("/inbox/mine")
    assert (led.status_code, led.location) == (303, "/profile/second-factor")
    assert ana.get("/inbox/mine", partial=True).status_code == 403
    assert enter(ANA).get("/profile").status_code == 303
    assert enter(BEA).get("/inbox/mine").status_code == 200
    _set_up(ana)
    assert ana.get("/inbox/mine").status_code == 200
    assert ana.post("/profile/second-factor/removal", password="not it").status_code == 422
    assert ("second_factor.required", "roles") in _noted()


def test_the_last_administrator_stays_one(enter: Enter) -> None:
    admin, number = enter(ADMIN), _number(ADMIN)
    fields = {"name": "Carmen", "team": "", "language": "es"}
    refused = admin.post(f"/admin/users/{number}", role="agent", **fields)
    assert refused.status_code == 422
    assert "nombra antes a otro administrador" in refused.text
    bea = _number(BEA)
    assert admin.post(f"/admin/users/{bea}", role="admin", **fields).status_code == 303
    assert admin.post(f"/admin/users/{number}", role="agent", **fields).status_code == 303
    with reading() as session:
        assert session.get_one(Agent, number).role is Role.AGENT
    # Whose role changed comes in anew, with what the new one may see.
    assert admin.get("/inbox/mine").status_code == 303


def test_an_administrator_gives_a_new_password_and_it_is_noted_but_not_shown(
    enter: Enter, visitor: Visitor
) -> None:
    ana, number = enter(ANA), _number(ANA)
    fresh = "una clave bien nueva"
    assert enter(ADMIN).post(f"/admin/users/{number}/password", password="corta").status_code == 422
    assert enter(ADMIN).post(f"/admin/users/{number}/password", password=fresh).status_code == 303
    assert ana.get("/inbox/mine").status_code == 303
    assert visitor.post("/sign-in", address=ANA, password=fresh).status_code == 303
    assert _noted()[-1] == ("user.password", ANA)
    assert fresh not in enter(ADMIN).get("/admin/audit").text


def test_one_changes_oneself_and_signs_out_elsewhere(enter: Enter) -> None:
    here, elsewhere = enter(ANA), enter(ANA)
    done = here.post("/profile", name=" Ana  Belén ", language="en", undo="20")
    assert done.status_code == 303
    page = here.get("/profile").text
    assert "Ana Belén" in page
    assert "Where you are signed in" in page
    wrong = here.post("/profile/password", now="not it", fresh="long enough, new")
    assert wrong.status_code == 422
    done = here.post("/profile/password", now=PASSWORD, fresh="long enough, new")
    assert done.status_code == 303
    assert elsewhere.get("/inbox/mine").status_code == 303
    assert here.get("/inbox/mine").status_code == 200
    enter(ANA)
    here.post("/profile/sessions/end")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 1
