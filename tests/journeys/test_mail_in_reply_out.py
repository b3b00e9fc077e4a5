"""A mail comes in, a case opens, the answer goes out, the exclusion is there."""

from sqlalchemy import func, select

from cases import Case, Exclusion, Message, clock
from cases.db import reading
from tests.running import EVERYTHING, Shop, a_raw_mail, running, until


def _count(of: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(of)) or 0


def test_a_complaint_is_filed_acknowledged_tagged_and_excluded(shop: Shop) -> None:
    with running(shop.folder, *EVERYTHING) as processes:
        shop.customer_writes(a_raw_mail("Mi pedido 4711 no llega desde hace dos semanas."))
        (ack,) = shop.sink.wait_for(1)
        until(lambda: _tagged() == 1, what="the tag\n" + processes.said())
    assert ack.recipients == ("ana@cliente.test",)
    assert ack.sender in ("", "<>")
    assert ack.message["Auto-Submitted"] == "auto-replied"
    assert "una persona le responderá" in ack.message.get_payload(decode=True).decode().lower()
    with reading() as session:
        case = session.scalars(select(Case)).one()
        assert case.language == "es"
        reasons = {
            row.reason.value
            for row in session.scalars(select(Exclusion))
            if row.holds_at(clock.now())
        }
    assert "open_case" in reasons


def _tagged() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(Message.tagged_at.is_not(None))) or 0
