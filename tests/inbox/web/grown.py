"""A shop with thousands of cases, for tests of how pages feel when there is much to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cases import Mailbox, clock
from cases.db import Base, engine, transaction
from inbox.command.benching import seeding
from inbox.command.benching.staff import hired
from tests.databases import forget, settle_in

CASES, MESSAGES = 10_000, 10
WHO = "agent0@shop.example"
"""Who may see all of it."""


@contextmanager
def a_grown_shop(patch: pytest.MonkeyPatch, folder: Path, doorbell: str) -> Iterator[str]:
    """An installation with ten thousand cases instead of a week of them."""
    url = f"sqlite:///{folder / 'tregua.db'}"
    patch.setenv("TREGUA_REDIS_URL", doorbell)
    settle_in(patch, url, folder)
    Base.metadata.create_all(engine())
    with transaction() as session:
        box = Mailbox(address="shop@shop.example", name="Shop", created_at=clock.now())
        box.imap_host, box.imap_user, box.paused = "", "", True
        session.add(box)
        session.flush()
        first = box.id
    staff = hired(first)
    seeding.seed(CASES, MESSAGES, mailboxes=staff.mailboxes, agents=staff.agents, end=clock.now())
    yield url
    forget()
