"""What a customer wants to be written about: seen on their page, and changed there by an agent."""

import pytest
from sqlalchemy import select, update

from bot.outbox import OutgoingMail
from cases import Exclusion, Mailbox, Mode, consent
from cases.audit import Entry
from cases.consent import OptIn, Topic, Wish
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA, LUIS


@pytest.fixture
def customer(shop: str) -> int:
    """Somebody, in a shop with two topics and a mailbox that may send."""
    with transaction() as session:
        session.add(Topic(code="news", name_es="Novedades", name_en="News"))
        session.add(Topic(code="offers", name_es="Ofertas", name_en="Offers"))
        session.execute(update(Mailbox).values(mode=Mode.SEND))
    return case_about("Cambio de talla").contact_id


def _stand(contact_id: int) -> dict[str, Wish]:
    with reading() as session:
        return consent.choices(session, contact_id).topics


def test_a_no_that_an_agent_hears_holds_at_once_and_keeps_why(enter: Enter, customer: int) -> None:
    ana, url = enter(ANA), f"/contacts/{customer}/refusals"
    assert ana.post(url, topic="offers").status_code == 422
    assert ana.post(url, topic="jokes", why="x").status_code == 422
    assert enter(LUIS).post(url, topic="offers", why="x").status_code == 404
    assert _stand(customer) == {"news": Wish.UNSAID, "offers": Wish.UNSAID}
    for _again in range(2):
        kept = ana.post(url, topic="offers", why="  lo dijo al\nrecoger el pedido ")
    page = ana.get(kept.location).text
    assert "No lo quiere" in page
    assert f"{ANA} · lo dijo al recoger el pedido" in page
    assert _stand(customer) == {"news": Wish.UNSAID, "offers": Wish.REFUSED}
    with reading() as session:
        held = session.scalars(select(Exclusion).where(Exclusion.origin == ANA)).one()
        assert (held.reason, held.topics) == (Reason.UNSUBSCRIBED_TOPIC, ["offers"])
        noted = session.scalars(select(Entry).where(Entry.what == "consent.refused")).first()
        assert noted is not None
        assert noted.data == {"topic": "offers"}
        assert noted.about == f"contact {customer}"


def test_a_no_to_all_advertising_is_one_choice_of_the_list(enter: Enter, customer: int) -> None:
    ana = enter(ANA)
    kept = ana.post(f"/contacts/{customer}/refusals", topic="", why="carta certificada")
    assert "Ninguna publicidad" in ana.get(kept.location).text
    with reading() as session:
        assert consent.choices(session, customer).nothing


def test_a_yes_is_asked_back_by_mail_and_changes_nothing_before(
    enter: Enter, customer: int
) -> None:
    ana, url = enter(ANA), f"/contacts/{customer}/wishes"
    ana.post(f"/contacts/{customer}/refusals", topic="offers", why="por teléfono")
    ana.post(url, topic="news")
    page = ana.get(ana.post(url, topic="offers").location).text
    assert "Se le preguntó" in page
    with reading() as session:
        held = session.scalars(select(Exclusion).where(Exclusion.origin == ANA)).one()
        assert held.lifted_at is None
        wish = session.scalars(select(OptIn).where(OptIn.dropped_at.is_(None))).one()
        assert (wish.source, sorted(wish.topics)) == (ANA, ["news", "offers"])
        mail = select(OutgoingMail.automatic).where(OutgoingMail.key == f"opt-in:{wish.id}")
        assert session.scalars(mail).one() is False
    for _more in range(3):
        assert ana.post(url, topic="offers").status_code == 303
    assert ana.post(url, topic="offers").status_code == 409


def test_where_no_mailbox_may_send_nobody_is_asked(enter: Enter, customer: int) -> None:
    with transaction() as session:
        session.execute(update(Mailbox).values(mode=Mode.SHADOW))
    refused = enter(ANA).post(f"/contacts/{customer}/wishes", topic="news")
    assert refused.status_code == 409
    assert "ningún buzón puede enviar" in refused.text
    assert _stand(customer)["news"] is Wish.UNSAID
