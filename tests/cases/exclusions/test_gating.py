"""A gate answers for the audience that it holds, whatever is sent while it is asked."""

import pytest

from cases import clock
from cases.db import reading, transaction
from cases.exclusions import audience, gating
from cases.exclusions.gates import Campaign, Gate, GatePart, Status
from cases.exclusions.gating import OtherAudience
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.terms import Terms
from tests.meanwhile import ON_POSTGRESQL, meanwhile

TERMS = Terms(issuer="https://tregua.test", audience="tool")


def _a_gate() -> str:
    now = clock.now()
    with transaction() as session:
        campaign = Campaign(
            token_id=1, external_id="rebajas", campaign_class=CampaignClass.PROMOTIONAL,
            weight=1.0, created_at=now,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        session.add(Gate(id="g1", token_id=1, campaign_id=campaign.id, created_at=now))
        session.flush()
        audience.put(session, "g1", 0, audience.pack(["ana@cliente.example"]))
    return "g1"


@ON_POSTGRESQL
def test_a_part_that_is_sent_anew_while_the_gate_is_asked_is_not_answered_for(
    installation: str,
) -> None:
    gate_id = _a_gate()

    def seal() -> None:
        with pytest.raises(OtherAudience):
            gating.seal(gate_id, TERMS)

    with meanwhile(seal) as sealing_waits, transaction() as session:
        session.get_one(Gate, gate_id, with_for_update=True)
        sealing_waits()
        session.delete(session.get_one(GatePart, (gate_id, 0)))
        session.flush()
        audience.put(session, gate_id, 0, audience.pack(["eva@cliente.example"]))
    with reading() as session:
        assert session.get_one(Gate, gate_id).status is Status.OPEN
    gating.seal(gate_id, TERMS)
    with reading() as session:
        assert gating.allowed(session, gate_id) == ["eva@cliente.example"]
