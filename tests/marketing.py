"""What marketing brings, for tests that need to see a page with it."""

import io

from sqlalchemy import select

from cases import Agent, clock
from cases.db import transaction
from cases.exclusions.gates import Campaign
from cases.exclusions.matrix import CampaignClass
from inbox.web.console.lists import keeping, looking, sifting
from inbox.web.console.lists.rows import AudienceList, State, Wish


def a_list(content: str, name: str = "Rebajas", *, by: str) -> tuple[int, str]:
    """A list that was brought and sifted: its number, and the gate that answered."""
    now = clock.now()
    with transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.address == by)).one()
        campaign = Campaign(
            token_id=sifting.NOBODYS_TOKEN, external_id=f"list-{now.timestamp()}", name=name,
            campaign_class=CampaignClass.PROMOTIONAL, weight=1.0, created_at=now,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        one = AudienceList(
            agent_id=agent.id, campaign_id=campaign.id, state=State.WORKING, created_at=now,
            forget_at=now.replace(year=now.year + 1),
        )  # fmt: skip
        session.add(one)
        session.flush()
        number = one.id
    size = keeping.keep(number, io.BytesIO(content.encode()))
    with transaction() as session:
        session.get_one(AudienceList, number).bytes = size
    sifting.work_on(number, Wish.CHECK)
    with transaction() as session:
        check = looking.newest_check(session, number)
        assert check is not None
        return number, check.gate_id
