"""Who works in the shop of a bench: an administrator, and agents of teams with mailboxes."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases import clock
from cases.agent import Agent, Role
from cases.db import transaction
from cases.mailbox import Mailbox

TEAMS = ("", "ventas", "soporte")
AGENTS = 40
MAILBOXES = 5


@dataclass(frozen=True, slots=True)
class Staff:
    """Their numbers."""

    agents: Sequence[int]
    mailboxes: Sequence[int]

    @property
    def admin(self) -> int:
        return self.agents[0]

    @property
    def in_a_team(self) -> int:
        """Somebody who does not see all."""
        return self.agents[1]


def hired(mailbox_id: int) -> Staff:
    """Everybody, and the mailboxes beside that one."""
    agents = [
        Agent(
            address=f"agent{n}@shop.example",
            name=f"Agent {n}",
            role=Role.AGENT if n else Role.ADMIN,
            team=TEAMS[n % len(TEAMS)],
            created_at=clock.now(),
        )
        for n in range(AGENTS)
    ]
    boxes = [_mailbox(n) for n in range(1, MAILBOXES)]
    with transaction() as session:
        session.add_all([*agents, *boxes])
        session.flush()
        numbers = tuple(one.id for one in agents)
        return Staff(numbers, (mailbox_id, *(box.id for box in boxes)))


def _mailbox(n: int) -> Mailbox:
    return Mailbox(
        address=f"box{n}@shop.example",
        name=f"Box {n}",
        team=TEAMS[n % len(TEAMS)],
        imap_host="",
        imap_user="",
        paused=True,
        created_at=clock.now(),
    )
