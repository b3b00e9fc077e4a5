"""Between password and second factor: a signed note in the form, good for some minutes."""

from datetime import timedelta

from sqlalchemy.orm import Session

from cases import clock
from cases.agent import Agent
from cases.signing import fingerprint, sign, verify
from inbox.web import csrf

LASTS = timedelta(minutes=10)
PURPOSE = "half-way"


def given(agent: Agent) -> str:
    """The note for that agent, in this browser, with the password of now."""
    until = int((clock.now() + LASTS).timestamp())
    return f"{agent.id}.{until}.{sign(PURPOSE, _text(agent, until))}"


def agent(session: Session, said: str) -> Agent | None:
    """Whose note it is, if it is ours, of this browser, and not too old."""
    number, _dot, rest = said.partition(".")
    until, _dot, mac = rest.partition(".")
    if not all(one.isascii() and one.isdigit() and len(one) < 13 for one in (number, until)):
        return None
    found = session.get(Agent, int(number))
    if found is None or not found.active or int(until) < clock.now().timestamp():
        return None
    return found if verify(PURPOSE, _text(found, int(until)), mac) else None


def _text(agent: Agent, until: int) -> str:
    # Bound to the browser by the token of its forms, and to the password by its hash.
    return f"{agent.id}.{until}.{fingerprint(agent.password_hash)}.{csrf.token()}"
