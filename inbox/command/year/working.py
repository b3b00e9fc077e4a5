"""The agents of the made shop: they answer in opening hours, close, and look at what was heard."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers
from bot.answers import Answer
from cases import clock
from cases.agent import Agent, Role
from cases.case import Case, take
from cases.db import transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import confirm_opt_out, dismiss_opt_out
from inbox.command.year.shop import HOUR

TURN = 2 * HOUR
"""What comes and is done within two hours is taken together."""
ANSWERS = 8
"""Of one agent in a turn."""
AT_ONCE = 0.7
"""The part of the answers with which the case is closed; the others wait two days."""
WAITS = timedelta(hours=48)
SLIPS = 0.01
"""How often an agent takes a refusal for what it is not."""
SAID = {"es": "Lo hemos mirado y queda resuelto.", "en": "We looked into it and it is settled."}


def open_at(now: datetime) -> bool:
    """Monday to Saturday."""
    return now.weekday() < 6 and 8 <= now.hour < 19


@dataclass
class Desk:
    """What waits for the agents, and what is true of the cases."""

    chance: random.Random
    hands: int
    waiting: dict[int, datetime] = field(default_factory=dict)
    """Case -> from when on somebody may take it up."""
    closing: dict[int, datetime] = field(default_factory=dict)
    complaining: dict[int, str] = field(default_factory=dict)
    """Open cases of people who do complain, whatever the classifiers say -> their address."""
    refused: dict[int, bool] = field(default_factory=lambda: defaultdict(bool))
    """Case -> whether its customer did refuse advertising."""
    slips: int = 0
    confirmed: int = 0
    undone: int = 0

    def hear(self, case_id: int, who: str, at: datetime, *, complaint: bool, refuses: bool) -> None:
        """Somebody wrote in a case."""
        self.closing.pop(case_id, None)
        self.waiting.setdefault(case_id, at + self.chance.expovariate(1 / 3) * HOUR)
        if complaint:
            self.complaining[case_id] = who
        self.refused[case_id] |= refuses

    def work(self, agent_id: int) -> list[tuple[int, str]]:
        """A turn's answers; each as its case and the id of the mail."""
        now = clock.now()
        ready = sorted((at, case_id) for case_id, at in self.waiting.items() if at <= now)
        written = []
        for _at, case_id in ready[: self.hands * ANSWERS]:
            del self.waiting[case_id]
            with transaction() as session:
                agent, case = session.get_one(Agent, agent_id), take(session, case_id)
                self._look(session, case, agent)
                text = SAID.get(case.language, SAID["es"])
                message = answers.send(session, case, agent, Answer(text), at=now)
                written.append((case_id, message.rfc_id or ""))
                if self.chance.random() < AT_ONCE:
                    self._close(case, agent)
                else:
                    self.closing[case_id] = now + WAITS
        return written

    def close_quiet(self, agent_id: int) -> None:
        """Cases in which nobody wrote for two days."""
        now = clock.now()
        for case_id in [one for one, at in self.closing.items() if at <= now]:
            del self.closing[case_id]
            with transaction() as session:
                self._close(take(session, case_id), session.get_one(Agent, agent_id))

    def _close(self, case: Case, agent: Agent) -> None:
        if case.is_open:
            case.close(by=agent.address, at=clock.now())
        self.complaining.pop(case.id, None)

    def _look(self, session: Session, case: Case, agent: Agent) -> None:
        """What was heard as a refusal is confirmed or taken back, and rarely mistaken."""
        heard = session.scalars(
            select(Exclusion).where(
                Exclusion.case_id == case.id,
                Exclusion.reason == Reason.OPT_OUT_HEARD,
                Exclusion.lifted_at.is_(None),
            )
        ).first()
        if heard is None:
            return
        meant = self.refused[case.id]
        slip = not meant and self.chance.random() < SLIPS
        self.slips += slip
        if meant or slip:
            self.confirmed += 1
            confirm_opt_out(session, heard.id, agent=agent, at=clock.now())
        else:
            self.undone += 1
            dismiss_opt_out(session, heard.id, agent=agent, at=clock.now())


def hire() -> int:
    """The agent in whose name all answers go out."""
    now = clock.now()
    with transaction() as session:
        bea = Agent(address="bea@shop.example", name="Bea", role=Role.SUPERVISOR, created_at=now)
        session.add(bea)
        session.flush()
        return bea.id
