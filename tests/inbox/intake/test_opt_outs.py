"""Who must not be written to any more is decided by the person or an agent, never by a guess.

The phrases ask for many things: an order or contract to end, a human being, irony, newsletters
that are quoted, and real wishes for no more advertising. (opt_outs.tsv: language, kind, words.)
"""

from collections import Counter
from itertools import repeat
from pathlib import Path

import pytest
from sqlalchemy import select

from cases import Kind, Message, clock
from cases.contact import Identifier
from cases.db import reading, transaction
from cases.exclusions.asking import Question, ask
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.reasons import RULES, Group, Reason
from cases.exclusions.rows import Exclusion
from inbox import spool
from inbox.intake import pipeline, tagging
from inbox.intake.knowing import who_is_who
from inbox.intake.opening import open_mail
from tests.databases import forget
from tests.faults.loop_lab import a_mail, a_mailbox

LINES = (Path(__file__).parent / "opt_outs.tsv").read_text().splitlines()
PHRASES = [line.split("\t") for line in LINES]
STAYS = {
    *(CampaignClass.SERVICE_NOTICE, CampaignClass.TRANSACTIONAL, CampaignClass.SAFETY_LEGAL),
}


# One database is enough: what is asked here is what the words mean.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def people(installation, monkeypatch, redis_url):
    """Each phrase comes as a mail from somebody of its own; gives address -> kind."""
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    kinds = {f"c{n}@cliente{n}.example": line[1] for n, line in enumerate(PHRASES)}
    texts = (words.replace("\\n", "\n") for _language, _kind, words in PHRASES)
    # What is tagged beside the reading of the next batch is tagged by the clock on the wall.
    at, box = clock.now(), a_mailbox()
    mails = [a_mail(*said, at) for said in zip(kinds, repeat("Pedido"), texts)]
    fetched = [spool.Fetched(n, one, at, len(one)) for n, one in enumerate(mails, start=1)]
    with transaction() as session:
        spool.put(session, spool.Place(box, "INBOX"), 1, fetched)
    known = who_is_who()
    while taken := spool.take():
        pipeline.ingest([(one, open_mail(one.content, known)) for one in taken])
    tagging.tag_waiting()
    return kinds


def test_no_phrase_silences_anybody_for_ever_without_a_person(people):
    with reading() as session:
        rows = session.execute(
            select(Exclusion.reason, Identifier.value).join(
                Identifier, Identifier.contact_id == Exclusion.contact_id
            )
        ).all()
        untagged = select(Message.id).where(Message.to_tag, Message.tagged_at.is_(None))
        assert session.scalars(untagged).all() == []
        # What is only heard leaves invoices, notices and warnings alone.
        for name in STAYS:
            assert ask(session, Kind.ADDRESS, list(people), Question(name), clock.now()) == {}
    assert len(people) == 200
    by_law = {reason for reason, _ in rows if RULES[reason].group is Group.CONSENT}
    assert by_law == {Reason.OPT_OUT_HEARD}
    heard = Counter(people[value] for reason, value in rows if reason is Reason.OPT_OUT_HEARD)
    # What is meant is understood mostly; what is misheard waits for an agent and ends with a click.
    assert heard["no_more"] >= 40
    assert heard.total() - heard["no_more"] <= 12
