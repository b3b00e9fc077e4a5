"""The lorry is late: 300 customers hear it once each, although the sender is killed meanwhile."""

import email
import re
import time
from collections import Counter
from email.policy import default

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot.outbox import OutgoingMail, State
from cases import Agent, Case, Direction, Mailbox, Message, Role, clock
from cases import incident as incidents
from cases.db import FILING, reading, transaction
from cases.exclusions.rows import Exclusion
from cases.filing import file_all
from cases.filing.arrival import Arrival, Belief
from cases.incident import Incident, IncidentUpdate
from cases.mail import Address
from inbox.app import create_app
from inbox.web import signin
from inbox.web.signin import sessions
from tests.builders import a_mail
from tests.inbox.web.conftest import Visitor
from tests.running import Shop, running, until

PEOPLE = 300
TEXTS = {"es": "El camión llega mañana.", "en": "The lorry comes tomorrow."}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead sender's mails are taken up again soon."""
    monkeypatch.setenv("TREGUA_SEND_LEASE_SECONDS", "5")
    monkeypatch.setenv("TREGUA_PROOF_WAIT_SECONDS", "2")


def _write(mailbox_id: int) -> None:
    """300 people ask for their lorry, every third in English, and five of something else."""
    now = clock.now()
    with transaction(lock=FILING) as session:
        box = session.get_one(Mailbox, mailbox_id)
        mails = [
            a_mail(f"¿Dónde está el camión? {n}", sender=f"c{n}@cliente{n % 40}.test")
            for n in range(PEOPLE)
        ] + [a_mail(f"Otro asunto {n}", sender=Address(f"o{n}@otra.test")) for n in range(5)]
        filed = file_all(session, [Arrival(one, now, mailbox=box) for one in mails], Belief())
        for n, one in enumerate(filed):
            one.case.language = "en" if n % 3 == 2 else "es"


def _an_agent() -> Visitor:
    visitor = Visitor(create_app().test_client())
    with transaction() as session:
        bea = Agent(address="bea@tregua.test", name="Bea", role=Role.AGENT, created_at=clock.now())
        session.add(bea)
        session.flush()
        visitor.secret = sessions.begin(session, bea, at=clock.now())
    visitor.client.set_cookie(signin.COOKIE, visitor.secret)
    return visitor


def _settled() -> bool:
    waiting = (State.PENDING, State.CLAIMED, State.DATA_SENT, State.DEFERRED)
    with reading() as session:
        return not session.scalar(select(func.count()).where(OutgoingMail.state.in_(waiting)))


class Clicks:
    """Counts what an agent does: every page opened and every button pressed."""

    def __init__(self, agent: Visitor) -> None:
        self.agent, self.count = agent, 0

    def open(self, path: str) -> TestResponse:
        self.count += 1
        return self.agent.get(path)

    def press(self, path: str, **fields: str) -> TestResponse:
        self.count += 1
        return self.agent.post(path, **fields)


KILLS = 2
BY_DAY = [pytest.param("sqlite", marks=pytest.mark.nightly), "postgresql"]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", BY_DAY, indirect=True)
@pytest.mark.usefixtures("impatient")
def test_three_hundred_hear_it_once_in_their_language_and_thread(shop: Shop) -> None:
    _write(shop.mailbox_id)
    bea = Clicks(_an_agent())
    bea.open("/incidents")
    began = bea.press("/incidents", title="El camión", words="camión", truce="yes")
    key = re.search(r'name="key" value="(\w+)"', bea.agent.get(began.location).text)
    assert key is not None
    said = {f"text_{language}": text for language, text in TEXTS.items()} | {"key": key[1]}
    assert bea.press(f"{began.location}/updates", **said).status_code == 303
    assert bea.count <= 4
    # A doubled click changes nothing.
    assert bea.agent.post(f"{began.location}/updates", **said).status_code == 303
    _all_are_to_be_told()
    with running(shop.folder, ("work", "send")) as processes:
        until(lambda: len(shop.sink.mails) > 20, seconds=60, what="the first mails")
        for _ in range(KILLS):
            processes.kill("work", "send")
            processes.start("work", "send")
            time.sleep(1.5)
        until(_settled, seconds=90, what="300 mails settled")
    _count(shop)
    assert bea.press(f"{began.location}/end").status_code == 303
    with reading() as session:
        held = (Exclusion.reason == "contact_wave") & Exclusion.lifted_at.is_(None)
        assert session.scalar(select(func.count()).where(held)) == 0


def _all_are_to_be_told() -> None:
    """One incident, 300 cases, one update, 300 mails; of the five others none."""
    with reading() as session:
        (incident,) = session.scalars(select(Incident)).all()
        assert len(incidents.cases_of(session, incident)) == PEOPLE
        (update,) = session.scalars(select(IncidentUpdate)).all()
        assert (update.told, update.untold) == (PEOPLE, 0)
        mails = session.scalars(select(OutgoingMail.recipient)).all()
        assert len(mails) == len(set(mails)) == PEOPLE
        assert not any(one.endswith("@otra.test") for one in mails)


def _count(shop: Shop) -> None:
    got = Counter(mail.recipients[0] for mail in shop.sink.mails)
    with reading() as session:
        states = dict(session.execute(select(OutgoingMail.recipient, OutgoingMail.state)).all())
        held = select(func.count()).where(Exclusion.reason == "contact_wave")
        assert session.scalar(held) == PEOPLE
        asked = select(Message.rfc_id, Case.language, Message.sender).join(Message.case)
        wrote = session.execute(asked.where(Message.direction == Direction.IN)).all()
    threads = {row.sender: (row.rfc_id, row.language) for row in wrote}
    assert max(got.values()) == 1
    uncertain = {one for one, state in states.items() if state is State.UNCERTAIN}
    assert {one for one, state in states.items() if state is State.ACCEPTED} <= set(got)
    # What a killed sender left in doubt is shown to people and never just sent again.
    assert len(set(got) | uncertain) == PEOPLE
    assert len(uncertain) <= KILLS
    for mail in shop.sink.mails:
        read = email.message_from_bytes(mail.content, policy=default)
        question, language = threads[mail.recipients[0]]
        assert read.get_content().strip() == TEXTS[language]
        assert read["In-Reply-To"] == f"<{question}>"
