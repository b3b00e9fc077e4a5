"""A customer's page: all they saw, what was held back, and what they may ask for."""

import io
import json
import re
import zipfile
from datetime import timedelta

from sqlalchemy import select

from bot.outbox import OutgoingMail
from cases import Agent, Case, Contact, Exclusion, Kind, Mailbox, Message, clock, satisfaction
from cases.case import take
from cases.db import reading, transaction
from cases.exclusions import audience, touches
from cases.exclusions.gates import Campaign, Gate, Status
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.reasons import Reason
from cases.exclusions.touches import Pressure
from cases.satisfaction import Satisfaction, Step
from inbox.passage import Outcome, Passage, write_down
from inbox.sighting import Finding, Sighting
from inbox.spool import RawMail, Tombstone
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, BEA

SUBJECT = "Charged twice for order 88213"


def _person() -> tuple[Case, str]:
    case = case_about(SUBJECT)
    with reading() as session:
        return case, session.get_one(Contact, case.contact_id).identifiers[0].value


def _campaign(value: str, name: str, *, held: bool, hours: int) -> None:
    """A campaign that asked about the person."""
    now = clock.now()
    with transaction() as session:
        campaign = Campaign(
            token_id=1,
            external_id=name,
            name=name,
            campaign_class=CampaignClass.PROMOTIONAL,
            weight=1.0,
            scheduled_at=now + timedelta(hours=hours),
            created_at=now,
        )
        session.add(campaign)
        session.flush()
        gate = Gate(
            id=name,
            token_id=1,
            campaign_id=campaign.id,
            status=Status.SEALED,
            created_at=now,
            asked_at=now,
        )
        session.add(gate)
        audience.shelve(session, name, [value, "other@x.test"])
        kept = {value: ["exclude", None, "care", "open_case"]} if held else {}
        audience.keep_held(session, name, audience.Back(kept))


def test_marketing_that_was_sent_and_that_was_held_back_stands_between_the_mails(
    enter: Enter,
) -> None:
    case, value = _person()
    _campaign(value, "Rebajas 11", held=True, hours=-2)
    with transaction() as session:
        touch = {"kind": Kind.ADDRESS, "value": value, "source": "t", "event_id": "1"}
        more = {"campaign_class": "newsletter", "weight": 1.0, "subject": "Novedades de otoño"}
        sent_at = clock.now() - timedelta(days=1)
        touches.record(session, [{**touch, **more, "sent_at": sent_at, "campaign": "Otoño"}])
    page = enter(ADMIN).get(f"/contacts/{case.contact_id}").text
    ghost = page[page.index("is-ghost") :]
    assert "Rebajas 11" in ghost
    assert "No enviado: caso abierto" in ghost
    assert "Novedades de otoño" in page
    theirs = enter(ADMIN).get(f"/contacts/{case.contact_id}?as=customer").text
    assert "Novedades de otoño" in theirs
    assert "Rebajas 11" not in theirs
    only = enter(ADMIN).get(f"/contacts/{case.contact_id}?from=marketing").text
    assert "Novedades de otoño" in only
    assert SUBJECT not in only[only.index('class="timeline"') : only.index("column-side")]


def test_who_writes_is_told_of_a_campaign_that_is_about_to_come(enter: Enter) -> None:
    case, value = _person()
    _campaign(value, "Rebajas 12", held=False, hours=5)
    asked = enter(ANA).post(f"/cases/{case.id}/replies", text="Ya está devuelto.")
    assert asked.status_code == 409
    assert "Rebajas 12" in asked.text


def test_notes_and_what_was_taken_back_are_not_for_the_customers_eyes(enter: Enter) -> None:
    case, _value = _person()
    ana = enter(ANA)
    ana.post(f"/cases/{case.id}/replies", text="solo entre nosotros", **{"as": "note"})
    assert "solo entre nosotros" in ana.get(f"/contacts/{case.contact_id}").text
    assert "solo entre nosotros" not in ana.get(f"/contacts/{case.contact_id}?as=customer").text


def test_all_that_is_held_of_somebody_fits_in_one_file(enter: Enter) -> None:
    case, value = _person()
    enter(ANA).post(f"/cases/{case.id}/replies", text="entre nosotros", **{"as": "note"})
    assert enter(ANA).post(f"/contacts/{case.contact_id}/export").status_code == 403
    got = enter(BEA).post(f"/contacts/{case.contact_id}/export")
    with zipfile.ZipFile(io.BytesIO(got.data)) as packed:
        person = json.loads(packed.read("person.json"))
        told = json.loads(packed.read(f"cases/{case.id}.json"))
        mails = [name for name in packed.namelist() if name.startswith("mails/")]
        assert b"88213" in packed.read(mails[0])
    assert person["identifiers"][0]["value"] == value
    assert all("entre nosotros" not in one["text"] for one in told["messages"])


def test_what_other_teams_know_of_somebody_leaves_in_no_file(enter: Enter) -> None:
    case, _value = _person()
    with transaction() as session:
        bea = session.scalars(select(Agent).where(Agent.address == BEA)).one()
        bea.team = "tienda"
        other = session.scalars(select(Mailbox.id).where(Mailbox.team == "mayoristas")).first()
        at = clock.now()
        session.add(
            Case(
                subject="Tarifas",
                contact_id=case.contact_id,
                mailbox_id=other,
                opened_at=at,
                last_at=at,
            )
        )
    assert enter(BEA).post(f"/contacts/{case.contact_id}/export").status_code == 403
    assert enter(ADMIN).post(f"/contacts/{case.contact_id}/export").status_code == 200


def test_who_is_erased_leaves_no_word_and_is_never_written_to(enter: Enter) -> None:
    case, value = _person()
    admin, path = enter(ADMIN), f"/contacts/{case.contact_id}/erasure"
    admin.post(f"/cases/{case.id}/replies", text="Un momento.")
    assert enter(BEA).get(path).status_code == 403
    assert "Esto no se puede deshacer" in admin.get(path).text
    assert admin.post(path, number="7000").status_code == 422
    with reading() as session:
        raw = set(session.scalars(select(Message.raw_id).where(Message.case_id == case.id)))
    with transaction() as session:
        judged = take(session, case.id)
        satisfaction.say(session, judged, Step.BAD, "Soy Ana, de la calle Mayor", at=clock.now())
        passed = {"at": clock.now(), "trip": "t", "sender": "n@x.example", "reason": "",
                  "campaign_class": "promotional", "outcome": Outcome.PASSED}  # fmt: skip
        write_down(session, [{**passed, "value": value}], known_stay=False)
        session.add(Sighting(message_id=7001, at=clock.now(), sender="n@x.example",
                             finding=Finding.UNASKED, held=[value, "b@x.example"]))  # fmt: skip
    assert admin.post(path, number=str(case.contact_id)).status_code == 303
    with reading() as session:
        assert session.scalars(select(Satisfaction.comment)).all() == [""]
        assert session.scalars(select(Passage.id).where(Passage.value == value)).all() == []
        assert session.get_one(Sighting, 7001).held == ["", "b@x.example"]
        messages = session.scalars(select(Message).where(Message.case_id == case.id)).all()
        assert {one.text + one.sender + one.subject for one in messages} == {""}
        mails = session.scalars(select(OutgoingMail).where(OutgoingMail.case_id == case.id)).all()
        assert {(one.content, one.recipient) for one in mails} == {(b"", "")}
        assert not session.scalars(select(RawMail).where(RawMail.id.in_(raw - {None}))).all()
        assert session.scalars(select(Tombstone)).all()
        reasons = session.scalars(
            select(Exclusion.reason).where(Exclusion.contact_id == case.contact_id)
        ).all()
        assert Reason.ERASED in reasons
        assert session.get_one(Contact, case.contact_id).name == ""
    assert value not in admin.get(f"/cases/{case.id}").text.split("case-side")[0]


def test_the_pressure_on_somebody_stands_beside_its_cap_and_their_own_mails(enter: Enter) -> None:
    case = case_about("Llamadas a deshora")
    with transaction() as session:
        contact = session.get_one(Contact, case.contact_id)
        now = clock.now()
        for age, score in ((0, 1.0), (7, 2.0)):
            value = contact.address if age else f"twin.{contact.address}"
            kind = Kind.ADDRESS
            session.add(Pressure(kind=kind, value=value, score=score, at=now - timedelta(days=age)))
    page = enter(ADMIN).get(f"/contacts/{case.contact_id}").text
    # Two a week ago have faded to one, and what weighs on somebody else does not count.
    assert re.search(
        r"<strong>1,0</strong> <span[^>]*>de 3,0; se reduce a la mitad cada 7 días", page
    )
    assert "Escribió 2 veces en 90 días, 2 en los últimos 14." in page


def test_a_customers_page_costs_at_most_twelve_statements(
    enter: Enter, statements: list[str]
) -> None:
    admin, case = enter(ADMIN), case_about(SUBJECT)
    admin.get(f"/contacts/{case.contact_id}")
    statements.clear()
    admin.get(f"/contacts/{case.contact_id}")
    assert len([one for one in statements if "BEGIN" not in one and "PRAGMA" not in one]) <= 12
