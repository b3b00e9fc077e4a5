"""Marketing that went around the gate is found, with its sender's name."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import delete, select

from bot import timetable
from cases import Direction, Message, Origin, clock
from cases.contact import Kind
from cases.db import reading, transaction
from cases.exclusions import touches
from cases.exclusions.receipts import Receipt
from cases.exclusions.spellings import Match
from cases.exclusions.touches import Pressure, Touch
from cases.mail import Trust
from inbox import spool
from inbox.gateway import jobs, unasked
from inbox.gateway.settings import settings as gate_settings
from inbox.intake import pipeline
from inbox.intake.knowing import who_is_who
from inbox.intake.opening import open_mail
from inbox.sighting import Finding, Sighting, by_sender
from inbox.tokens import Scope
from tests.apis import Api
from tests.builders import MORNING
from tests.databases import forget
from tests.faults.loop_lab import a_mailbox

ANA, EVA = "ana@cliente.example", "eva@cliente.example"
LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def held(installation):
    with clock.at(MORNING):
        Api().case(ANA)
    with clock.at(LATER):
        yield


def seen(session, to, *, at=LATER, **said):
    case_id = session.scalars(select(Message.case_id)).first()
    session.add(
        Message(
            case_id=case_id,
            direction=Direction.IN,
            origin=Origin.MARKETING,
            sender="boletin@tienda.example",
            to=[to],
            arrived_at=at,
            **said,
        )
    )
    session.flush()


def marked(campaign, to):
    """A mail that names its campaign, as it came into the mailbox that we read."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["X-Tregua-Campaign"] = "boletin@tienda.example", to, campaign
    mail.set_content("Todo a mitad de precio.")
    content = mail.as_bytes()
    with transaction() as session:
        place = spool.Place(a_mailbox(f"{campaign}@tienda.example"), "INBOX")
        spool.put(session, place, 1, [spool.Fetched(1, content, LATER, len(content))])
        raw = session.scalars(select(spool.RawMail).order_by(spool.RawMail.id.desc())).first()
        seen(session, to, raw_id=raw.id)


def findings():
    with transaction() as session:
        return [row.finding for row in session.scalars(select(Sighting))]


def test_a_mailing_to_somebody_on_truce_is_reported_with_its_sender(held):
    with transaction() as session:
        seen(session, "Ana@cliente.example")
        seen(session, EVA)
    jobs.look_for_unasked()
    jobs.look_for_unasked()
    assert sorted(findings()) == [Finding.HARMLESS, Finding.UNASKED]
    with transaction() as session:
        assert by_sender(session, MORNING) == [("boletin@tienda.example", 1)]


def test_another_spelling_is_seen_where_that_choice_was_made_and_nobody_else_accused(
    held, monkeypatch
):
    tagged = "ana+tienda@cliente.example"
    program = Api().program(Scope.GATE)
    for name, match in (("exacta", "exact"), ("cuidadosa", "loose")):
        program.post("/v1/campaigns", json={"id": name})
        asked = {"addresses": [tagged], "match": match}
        assert program.post(f"/v1/campaigns/{name}/gates", json=asked).status_code == 201
        marked(name, tagged)
    with transaction() as session:
        seen(session, tagged)
    jobs.look_for_unasked()
    assert findings() == [Finding.HARMLESS, Finding.UNASKED, Finding.HARMLESS]
    careful = gate_settings().model_copy(update={"gate_match": Match.LOOSE})
    monkeypatch.setattr(unasked, "settings", lambda: careful)
    with transaction() as session:
        session.execute(delete(Sighting))
    jobs.look_for_unasked()
    assert findings() == [Finding.HARMLESS, Finding.UNASKED, Finding.UNASKED]
    with transaction() as session:
        assert session.scalars(select(Sighting.held)).all() == [[], [tagged], [tagged]]


def test_what_came_before_the_truce_broke_none(held):
    with transaction() as session:
        seen(session, ANA, at=MORNING - timedelta(hours=1))
    jobs.look_for_unasked()
    assert findings() == [Finding.HARMLESS]


@pytest.mark.parametrize(("minutes", "good"), [(15, True), (-120, False)])
def test_a_receipt_is_good_while_its_lease_lasts(held, minutes, good):
    with transaction() as session:
        ends = LATER + timedelta(minutes=minutes)
        issued = ends - timedelta(minutes=15)
        session.add(Receipt(jti="j", gate_id="g", issued_at=issued, expires_at=ends, text=""))
        session.flush()
        assert unasked._is_good(session, "j", LATER) is good
        assert not unasked._is_good(session, "forged", LATER)
        assert not unasked._is_good(session, "", LATER)


def test_a_mailing_around_the_gate_is_reported_within_two_minutes(held, redis_url, monkeypatch):
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    box = a_mailbox()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "boletin@tienda.example", ANA, "Rebajas"
    mail["Message-ID"], mail["List-Unsubscribe"] = (
        "<r1@tienda.example>",
        "<https://tienda.example/b>",
    )
    mail.set_content("Todo a mitad de precio.")
    content = mail.as_bytes()
    with transaction() as session:
        # A copy of what is sent comes into a mailbox that we read, as a journal.
        fetched = [spool.Fetched(1, content, LATER, len(content))]
        spool.put(session, spool.Place(box, "INBOX"), 1, fetched)
    known = who_is_who()
    pipeline.ingest([(one, open_mail(one.content, known)) for one in spool.take()])
    periods = {one.job: one.every for one in timetable.TIMETABLE}
    assert periods["inbox.gateway.jobs.look_for_unasked"] <= timedelta(minutes=1)
    with clock.at(LATER + timedelta(minutes=1)):
        jobs.look_for_unasked()
    with transaction() as session:
        sighting = session.scalars(select(Sighting)).one()
        assert (sighting.finding, sighting.held) == (Finding.UNASKED, [ANA])
        assert by_sender(session, MORNING) == [("boletin@tienda.example", 1)]


def weight_on(value):
    with reading() as session:
        row = session.get(Pressure, (Kind.ADDRESS, value))
        return round(row.score, 3) if row is not None else 0


def told_of(value, **said):
    row = {"kind": Kind.ADDRESS, "value": value, "source": "api:x", "campaign_class": "promotional",
           "weight": 1.0, "sent_at": LATER, "event_id": value, **said}  # fmt: skip
    with transaction() as session:
        touches.record(session, [row])


def test_what_is_seen_and_told_by_nobody_weighs_once(held):
    told_of(EVA, subject="Rebajas")
    with transaction() as session:
        for to, subject in ((ANA, "Rebajas"), (EVA, "Rebajas"), (EVA, "Otra cosa")):
            seen(session, to, subject=subject, rfc_id=f"{subject}@tienda.example")
        seen(session, ANA, subject="Robado", trust=Trust.FAIL)
    jobs.look_for_unasked()
    jobs.look_for_unasked()
    assert (weight_on(ANA), weight_on(EVA)) == (1, 2)
    # The sender's own report comes late, and replaces what was seen.
    told_of(ANA, message_id="Rebajas@tienda.example")
    assert weight_on(ANA) == 1
    with reading() as session:
        sources = session.scalars(select(Touch.source).where(Touch.value == ANA)).all()
    assert sources == ["api:x"]
