"""Hundreds of made conversations, from bytes to cases under the full rules of trust."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from cases.db import scratch
from tests.conversations import hold


@pytest.fixture
def memory(installation: str) -> Iterator[Session]:
    """A database in memory: these runs are about rules, and the dialects have tests of theirs."""
    with scratch() as session:
        yield session


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_replies_find_their_case_and_strangers_find_none(memory: Session) -> None:
    outcome = hold(memory, 90, seed=1)
    assert outcome.replies > 350
    assert outcome.foreign > 50
    assert outcome.right >= 0.99 * outcome.replies
    assert outcome.joined == 0


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_way_of_finding_a_case_is_used(memory: Session) -> None:
    rules = hold(memory, 90, seed=2).rules
    ways = {"plus-address", "known message-id", "subject token", "shared ancestor"}
    assert ways <= rules.keys()
    assert {"our message-id (in-reply-to)", "our message-id (references)"} <= rules.keys()


def test_both_databases_file_conversations_alike(session: Session) -> None:
    outcome = hold(session, 15, seed=3)
    assert (outcome.right, outcome.joined) == (outcome.replies, 0)


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(10, 15))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_thousands_of_replies_find_their_case(memory: Session, seed: int) -> None:
    outcome = hold(memory, 400, seed=seed)
    assert outcome.right >= 0.99 * outcome.replies
    assert outcome.joined == 0
