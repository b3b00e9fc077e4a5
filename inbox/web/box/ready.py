"""Ready answers for one case: which an agent may use, filled in with what is known of the case."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import macro, order
from cases.agent import Agent
from cases.case import Case
from cases.language import say_date
from cases.macro import Filled, Macro
from cases.settings import settings
from inbox.web.who import agent


def usable(session: Session, macro_id: int) -> Macro | None:
    """The macro, if the agent may use it."""
    wanted = select(Macro).where(Macro.id == macro_id, macro.usable_by(agent().team))
    return session.scalars(wanted).one_or_none()


def language_of(case: Case) -> str:
    """The language the customer is answered in."""
    return case.language or case.contact.language or settings().language


def filled(session: Session, case: Case, chosen: Macro) -> Filled:
    """Its text in the customer's language."""
    language = language_of(case)
    return macro.fill(chosen.text(language), values(session, case, agent(), language))


def values(session: Session, case: Case, me: Agent, language: str) -> Mapping[str, str]:
    """What the places stand for, under their Spanish and their English names."""
    name = case.contact.name.strip()
    known = {
        ("cliente.nombre", "customer.name"): name,
        ("cliente.nombre_pila", "customer.first_name"): name.split()[0] if name else "",
        ("cliente.correo", "customer.address"): case.contact.address,
        ("caso.numero", "case.number"): str(case.id),
        ("caso.asunto", "case.subject"): case.subject.strip(),
        ("agente.nombre", "agent.name"): me.name,
        ("buzon.nombre", "mailbox.name"): case.mailbox.name if case.mailbox else "",
    } | _of_order(session, case, language)
    return {name: said for names, said in known.items() for name in names}


def _of_order(session: Session, case: Case, language: str) -> dict[tuple[str, str], str]:
    """The order that the case speaks of, if the customer is known to be its buyer."""
    found = next(
        (one for one in order.orders_of(session, case) if order.is_theirs(one, case)), None
    )
    if found is None:
        return {}
    zone = settings().zone
    promised = say_date(found.promised_at, zone, language=language) if found.promised_at else ""
    return {
        ("pedido.numero", "order.number"): found.number,
        ("pedido.seguimiento", "order.tracking"): found.tracking,
        ("pedido.estado", "order.state"): found.state,
        ("pedido.prometido", "order.promised"): promised,
    }


PLACES = (
    *("cliente.nombre", "cliente.nombre_pila", "cliente.correo", "caso.numero", "caso.asunto"),
    *("agente.nombre", "buzon.nombre", "pedido.numero", "pedido.seguimiento", "pedido.estado"),
    "pedido.prometido",
)
"""The places a text may have, as the page of macros names them."""
KNOWN = frozenset(PLACES) | {
    *("customer.name", "customer.first_name", "customer.address", "case.number", "case.subject"),
    *("agent.name", "mailbox.name", "order.number", "order.tracking", "order.state"),
    "order.promised",
}
