"""A list is worked on by one worker, however many there are."""

import pytest

from cases import Agent, clock
from cases.db import transaction
from cases.exclusions.gates import Campaign
from cases.exclusions.matrix import CampaignClass
from inbox.web.console.lists import sifting
from inbox.web.console.lists.rows import AudienceList, State
from tests.inbox.web.conftest import Enter
from tests.meanwhile import ON_POSTGRESQL, meanwhile
from tests.seeding import ADMIN


def _a_list(state: State = State.WAITING) -> int:
    now = clock.now()
    with transaction() as session:
        agent = Agent(address="una@tienda.test", name="Una", created_at=now)
        campaign = Campaign(
            token_id=sifting.NOBODYS_TOKEN, external_id="list-1", weight=1.0, created_at=now,
            campaign_class=CampaignClass.PROMOTIONAL,
        )  # fmt: skip
        session.add_all([agent, campaign])
        session.flush()
        one = AudienceList(
            agent_id=agent.id, campaign_id=campaign.id, bytes=10, created_at=now, state=state,
            forget_at=now + sifting.LASTS,
        )  # fmt: skip
        session.add(one)
        session.flush()
        return one.id


@ON_POSTGRESQL
def test_of_two_workers_who_see_a_list_at_once_one_takes_it(installation: str) -> None:
    number = _a_list()
    taken: list[object] = []
    with (
        meanwhile(lambda: taken.append(sifting._take())) as another_looks,
        transaction() as session,
    ):
        one = session.get_one(AudienceList, number, with_for_update=True)
        another_looks()
        one.state, one.leased_until = State.WORKING, clock.now() + sifting.LEASE
    assert taken == [None]


@pytest.mark.server
def test_who_presses_twice_has_it_done_once(enter_on_postgresql: Enter) -> None:
    admin, number = enter_on_postgresql(ADMIN), _a_list(State.READY)
    answered: list[int] = []

    def again() -> None:
        answered.append(admin.post(f"/console/lists/{number}/checks").status_code)

    with meanwhile(again) as they_press, transaction() as session:
        one = session.get_one(AudienceList, number, with_for_update=True)
        they_press()
        one.state, one.leased_until = State.WORKING, clock.now() + sifting.LEASE
    assert answered == [409]
