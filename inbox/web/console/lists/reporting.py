"""The allowed ones got the mail: the gate is told, and the mail weighs on them from now on."""

from collections.abc import Iterator

from cases.db import reading
from cases.exclusions import gating
from cases.exclusions.audience import Held
from cases.exclusions.gates import Campaign, Gate, Status
from inbox.web.console.lists import keeping, looking
from inbox.web.console.lists import reading as lists
from inbox.web.console.lists.reading import Shape, Unreadable
from inbox.web.console.lists.rows import AudienceList, State


def report(list_id: int) -> None:
    """Close the gate of the newest look, and note who was written to."""
    with reading() as session:
        one = session.get_one(AudienceList, list_id)
        check = looking.newest_check(session, list_id)
        if check is None:
            raise Unreadable(lists.EMPTY)
        gate = session.get_one(Gate, check.gate_id)
        campaign = session.get_one(Campaign, gate.campaign_id)
        held, shape = looking.held_in(session, check), Shape(**one.shape)
        session.expunge_all()
    if gate.status in (Status.SEALED, Status.UNREPORTED):
        gating.report(gate.id, sent=None, n=gate.allowed_n, digest=gate.allowed_digest)
    gating.note_sent(gate, campaign, _free(list_id, shape, held))
    looking.settle(list_id, State.SENT)


def _free(list_id: int, shape: Shape, held: Held) -> Iterator[str]:
    for row in lists.rows(keeping.pieces(list_id), shape):
        if row.address is not None and row.address not in held:
            yield row.address
