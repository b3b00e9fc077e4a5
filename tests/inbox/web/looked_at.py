"""What stands in the shop where a screen is looked at that needs it."""

from datetime import date

from sqlalchemy import select

from cases import Agent, clock
from cases.agent import second_factor
from cases.case import take
from cases.db import reading, transaction
from cases.exclusions import ceilings, policies
from cases.exclusions.ceilings import Ceiling, Period
from cases.incident import Incident, begin
from cases.macro import Macro, Then
from cases.message import Message
from cases.tag import case_tags
from inbox.web import bulk
from tests.inbox.web.conftest import case_about
from tests.seeding import ADMIN


def a_limit() -> str:
    """A limit of all mail in a season is opened; one of a topic stands beside it."""
    season = Period(date(2026, 11, 20), date(2026, 12, 1), yearly=True)
    with transaction() as session:
        said = ceilings.with_ceiling({}, Ceiling("a1", 6.0, period=season, name="Black Friday"))
        said = ceilings.with_ceiling(said, Ceiling("b2", 4.0, topic="ofertas", by=ADMIN))
        policies.adopt(session, said, what={}, by=ADMIN, why="Prueba", at=clock.now())
    return "limit=a1"


def a_mail() -> int:
    """A message that came as a mail."""
    with reading() as session:
        return session.scalars(select(Message.id).where(Message.raw_id.is_not(None))).first() or 0


def a_tagged_case() -> int:
    """A case with more tags than a line of a list has room for."""
    with transaction() as session:
        case = take(session, case_about("Llamadas a deshora").id)
        case_tags.put(session, case, ("vip", "envío", "robinson"), by=ADMIN, at=clock.now())
        return case.id


def begun() -> int:
    """The administrator has a secret that no code has proven yet."""
    with transaction() as session:
        admin = session.scalars(select(Agent).where(Agent.address == ADMIN)).one()
        return second_factor.begin(session, admin.id, at=clock.now()).agent_id


def a_choice() -> int:
    """Some cases that the administrator ticked."""
    with transaction() as session:
        admin = session.scalars(select(Agent).where(Agent.address == ADMIN)).one()
        return bulk.choose(session, admin, range(1, 9), "all", clock.now())


def a_macro() -> int:
    """A ready answer with all it can do."""
    text = "Hola, {{cliente.nombre}}: va con {{pedido.seguimiento}}."
    made = Macro(
        name="Está en camino",
        text_es=text,
        then=Then.WAIT,
        snooze="week",
        changed_at=clock.now(),
        changed_by=ADMIN,
    )
    with transaction() as session:
        session.add(made)
        session.flush()
        return made.id


def an_incident() -> int:
    """A trouble that nobody has written about yet."""
    now = clock.now()
    late = Incident(
        title="El camión de Zaragoza", words=["zaragoza"], since=now, opened_at=now, opened_by=ADMIN
    )
    with transaction() as session:
        return begin(session, late).id
