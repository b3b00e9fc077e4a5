"""Who may sign in."""

import pytest
from sqlalchemy.orm import Session

from cases.agent import Agent, signed_in_by
from tests.builders import MORNING

# To hash a password takes long on purpose, and is the same on every database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def bea(session: Session) -> Agent:
    agent = Agent(address="bea@tienda.example", name="Bea", created_at=MORNING)
    agent.set_password("correct horse")
    session.add(agent)
    session.flush()
    return agent


def test_the_right_password_signs_in(session: Session, bea: Agent) -> None:
    assert signed_in_by(session, " BEA@tienda.example ", "correct horse") is bea


@pytest.mark.parametrize("password", ["wrong", "", "correct horse "])
def test_a_wrong_one_does_not(session: Session, bea: Agent, password: str) -> None:
    assert signed_in_by(session, bea.address, password) is None


def test_who_was_stopped_does_not_sign_in(session: Session, bea: Agent) -> None:
    bea.active = False
    session.flush()
    assert signed_in_by(session, bea.address, "correct horse") is None


def test_nobody_signs_in_without_a_password_of_their_own(session: Session) -> None:
    session.add(Agent(address="new@tienda.example", name="New", created_at=MORNING))
    session.flush()
    assert signed_in_by(session, "new@tienda.example", "") is None


def test_the_password_itself_is_not_kept(bea: Agent) -> None:
    assert "correct horse" not in bea.password_hash
    assert bea.password_hash.startswith("$argon2id$")
