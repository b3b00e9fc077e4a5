"""One trouble, one update, and each person concerned hears it once."""

import email
from collections import Counter
from email.policy import default

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail
from bot.replies import informing
from bot.replies.informing import NothingToSay
from cases import Case, Mode, incident
from cases.case import take
from cases.db import FILING, reading, transaction
from cases.exclusions.rows import Exclusion
from cases.filing import file
from cases.incident import AlreadyOver, Incident, IncidentCase, NoRule
from cases.order import Told, put
from tests.bot.writing import a_case, a_shop, an_agent
from tests.builders import MORNING, a_mail, an_arrival
from tests.meanwhile import ON_POSTGRESQL, meanwhile

TEXTS = {"es": "El camión llega mañana.", "en": "The lorry comes tomorrow."}


def an_incident(session: Session, **rule: object) -> Incident:
    values = {"title": "Camión", "words": ["camión"]} | rule
    made = Incident(
        since=MORNING - incident.LOOK_BACK, opened_at=MORNING, opened_by="bea", truce=True, **values
    )
    return incident.begin(session, made)


def told(session: Session, one: Incident, key: str = "k", texts: dict[str, str] = TEXTS) -> int:
    agent = an_agent(session)
    return informing.publish(session, one, texts, key=key, agent=agent, at=MORNING).told


def sent(session: Session) -> list[OutgoingMail]:
    session.flush()
    return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def test_each_is_told_in_their_language_and_their_thread(session: Session) -> None:
    spanish = a_case(session, "¿Dónde está el camión?")
    english = a_case(session, "Where is the camión?", sender="tom@client.example")
    english.language = "en"
    a_case(session, "Otra cosa", sender="luis@cliente.example")
    assert told(session, an_incident(session)) == 2
    mails = {
        one.case_id: email.message_from_bytes(one.content, policy=default) for one in sent(session)
    }
    assert mails[spanish.id].get_content().strip() == TEXTS["es"]
    assert mails[english.id].get_content().strip() == TEXTS["en"]
    assert mails[spanish.id]["In-Reply-To"] == f"<{spanish.messages[0].rfc_id}>"
    assert f"[#{english.id}]" in mails[english.id]["Subject"]


def test_the_same_click_twice_is_one_update(session: Session) -> None:
    a_case(session, "camión")
    one = an_incident(session)
    assert [told(session, one), told(session, one)] == [1, 1]
    assert len(sent(session)) == 1
    assert told(session, one, key="another") == 1
    assert len(sent(session)) == 2


def test_who_has_two_cases_gets_one_mail(session: Session) -> None:
    first = a_case(session, "camión")
    other = a_case(session, "otra vez el camión", minutes=20)
    if other.id == first.id:
        other = Case(subject="camión", contact=first.contact, mailbox=first.mailbox,
                     opened_at=MORNING, last_at=MORNING)  # fmt: skip
        session.add(other)
        session.flush()
    one = an_incident(session)
    incident.link(session, one, [first.id, other.id], by="bea", at=MORNING)
    told(session, one)
    assert len(sent(session)) == 1


def test_what_was_asked_is_still_to_be_answered(session: Session) -> None:
    case = a_case(session, "camión")
    since = case.waiting_since
    told(session, an_incident(session))
    assert case.waiting_since == since
    assert case.answered_at is None


def test_a_mailbox_that_only_watches_tells_nobody(session: Session) -> None:
    a_shop(session, Mode.SHADOW)
    a_case(session, "camión")
    assert told(session, an_incident(session)) == 0
    assert sent(session) == []


def test_nothing_to_say_and_what_is_over_are_refused(session: Session) -> None:
    a_case(session, "camión")
    one = an_incident(session)
    with pytest.raises(NothingToSay):
        told(session, one, texts={"es": "  "})
    incident.end(session, one, by="bea", at=MORNING)
    with pytest.raises(AlreadyOver):
        told(session, one)
    with pytest.raises(NoRule):
        an_incident(session, words=[])


def held(session: Session) -> Counter[int]:
    rows = select(Exclusion).where(
        Exclusion.reason == "contact_wave", Exclusion.lifted_at.is_(None)
    )
    return Counter(one.contact_id for one in session.scalars(rows))


def test_marketing_to_the_segment_waits_until_it_is_over(session: Session) -> None:
    first, other = a_case(session, "camión"), a_case(session, "camión", sender="luis@x.example")
    one = an_incident(session)
    assert held(session) == {first.contact_id: 1, other.contact_id: 1}
    incident.unlink(session, one, other.id, at=MORNING)
    assert held(session) == {first.contact_id: 1}
    incident.end(session, one, by="bea", at=MORNING)
    assert held(session) == {}


def test_a_mail_that_comes_later_is_linked_by_the_rule(installation: str) -> None:
    with transaction() as session:
        number = an_incident(session).id
    with transaction(lock=FILING) as session:
        case = file(session, an_arrival(a_mail("¿Y mi CAMIÓN?"), minutes=5)).case
        file(session, an_arrival(a_mail("Otra cosa", sender="luis@x.example"), minutes=5))
    with reading() as session:
        linked = session.execute(select(IncidentCase.incident_id, IncidentCase.case_id)).all()
        assert [tuple(row) for row in linked] == [(number, case.id)]
        assert held(session) == {case.contact_id: 1}


def test_what_an_agent_took_out_the_rule_does_not_put_back(installation: str) -> None:
    with transaction(lock=FILING) as session:
        case = file(session, an_arrival(a_mail("camión"))).case
        session.flush()
        one = an_incident(session)
        incident.unlink(session, one, case.id, at=MORNING)
    with transaction(lock=FILING) as session:
        again = a_mail("camión otra vez", references=(case.messages[0].rfc_id,))
        file(session, an_arrival(again, minutes=9))
    with reading() as session:
        assert incident.cases_of(session, session.get_one(Incident, one.id)) == []


def test_the_orders_of_the_lorry_are_a_rule_too(installation: str) -> None:
    with transaction() as session:
        order = put(session, Told("ES-42-17"), by="shop", at=MORNING)
        number = an_incident(session, words=[], orders=[order.id]).id
    with transaction(lock=FILING) as session:
        case = file(session, an_arrival(a_mail("Mi pedido ES-42-17"))).case
    with reading() as session:
        assert incident.cases_of(session, session.get_one(Incident, number)) == [case.id]


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.nightly)], indirect=True
)
def test_three_hundred_are_told_once_each(installation: str) -> None:
    with transaction() as session:
        for n in range(300):
            a_case(session, f"camión {n}", sender=f"c{n}@cliente{n % 40}.example")
        number = an_incident(session).id
    for _ in range(2):
        with transaction() as session:
            assert told(session, session.get_one(Incident, number)) == 300
    with reading() as session:
        assert session.scalar(select(func.count(OutgoingMail.recipient.distinct()))) == 300
        assert session.scalar(select(func.count(OutgoingMail.id))) == 300


def a_running_one() -> tuple[int, int]:
    """An incident, and the case that is about it."""
    with transaction() as session:
        case = a_case(session, "¿Dónde está el camión?")
        return an_incident(session).id, case.id


def somebody_else_writes() -> None:
    """Their mail is about it as well."""
    mail = a_mail("¿Y el camión?", sender="eva@cliente.example")
    with transaction(lock=FILING) as session:
        file(session, an_arrival(mail, mailbox=a_shop(session)))


@ON_POSTGRESQL
def test_nobody_stays_held_who_wrote_as_the_incident_ended(installation: str) -> None:
    number, _case = a_running_one()
    with meanwhile(somebody_else_writes) as another_writes, transaction() as session:
        incident.end(session, session.get_one(Incident, number), by="bea", at=MORNING)
        another_writes()
    held = select(Exclusion).where(
        Exclusion.origin == f"incident:{number}", Exclusion.lifted_at.is_(None)
    )
    with reading() as session:
        assert session.scalars(held).all() == []


@ON_POSTGRESQL
def test_mail_that_comes_in_while_all_are_told_is_linked_and_waits_for_nobody(
    installation: str,
) -> None:
    number, case = a_running_one()

    def tell_all() -> None:
        with transaction() as session:
            told(session, session.get_one(Incident, number))

    with meanwhile(tell_all) as telling_begins, transaction(lock=FILING) as session:
        take(session, case)
        telling_begins()
        mail = a_mail("¿Y el camión?", sender="eva@cliente.example")
        file(session, an_arrival(mail, mailbox=a_shop(session)))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IncidentCase)) == 2
