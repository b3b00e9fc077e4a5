"""A shop whose hours pass as a journey wants: real servers, and all that happens between steps."""

from datetime import datetime, timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from bot import jobs
from cases import Agent, Case, Exclusion, Role, clock
from cases.db import reading, transaction
from cases.promises import breaches
from inbox.app import create_app
from inbox.intake import pipeline, tagging
from inbox.intake.poller.watching import read_once
from inbox.web import signin
from inbox.web.signin import sessions
from tests.apis import Api, Program
from tests.inbox.web.conftest import Visitor
from tests.running import Shop, a_raw_mail

BEA = "bea@tregua.test"


class Walk:
    """What people do one after the other, at an hour that the walk moves on."""

    def __init__(self, shop: Shop, language: str) -> None:
        self.shop, self.language = shop, language
        self.now = clock.now().replace(microsecond=0)
        self.app = create_app()
        with transaction() as session:
            session.add(
                Agent(
                    address=BEA, name="Bea", role=Role.AGENT, language=language, created_at=self.now
                )
            )
        self.program: Program = Api().program()

    def wait(self, **time: float) -> datetime:
        """That much time passes, and at its end all that was due is done."""
        self.now += timedelta(**time)
        with clock.at(self.now):
            read_once(self.shop.mailbox_id)
            pipeline.file_waiting()
            breaches.sweep()
            jobs.deliver_due()
        return self.now

    def tagged(self) -> None:
        """The labels come, in their own time."""
        with clock.at(self.now):
            tagging.tag_waiting()

    def mail(self, text: str, *, sender: str = "ana@cliente.test", **headers: str) -> None:
        """A customer's mail reaches the mailbox and is filed."""
        self.shop.customer_writes(a_raw_mail(text, sender=sender, **headers))
        self.wait(seconds=1)

    def agent(self) -> Visitor:
        """Bea at her browser, signed in for this hour."""
        visitor = Visitor(self.app.test_client())
        with transaction() as session:
            bea = session.scalars(select(Agent).where(Agent.address == BEA)).one()
            visitor.secret = sessions.begin(session, bea, at=self.now)
        visitor.client.set_cookie(signin.COOKIE, visitor.secret)
        return visitor

    def opens(self, path: str) -> str:
        with clock.at(self.now):
            page = self.agent().get(path)
        assert page.status_code == 200, page.text
        return page.text

    def presses(self, path: str, **fields: str) -> TestResponse:
        with clock.at(self.now):
            answer = self.agent().post(path, **fields)
        assert answer.status_code == 303, answer.text
        return answer

    def check(self, address: str = "ana@cliente.test", campaign_class: str = "promotional") -> dict:
        """What a sender is told who asks now."""
        asked = {"address": address, "campaign_class": campaign_class}
        with clock.at(self.now):
            answer = self.program.post("/v1/check", json=asked)
        assert answer.status_code == 200, answer.text
        return answer.json

    def allowed(
        self, address: str = "ana@cliente.test", campaign_class: str = "promotional"
    ) -> bool:
        return bool(self.check(address, campaign_class)["allowed"])

    def case(self) -> Case:
        """The one case there is."""
        with reading() as session:
            return session.scalars(select(Case)).one()

    def holds(self) -> set[str]:
        """The reasons for which anybody is held now."""
        with reading() as session:
            rows = session.scalars(select(Exclusion).where(Exclusion.lifted_at.is_(None)))
            return {row.reason.value for row in rows if row.holds_at(self.now)}
