"""What tests of the mail on its way in share."""

from datetime import UTC, datetime

import pytest

from cases import Mailbox
from cases.db import transaction
from inbox.spool import Place

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def place(installation: str) -> Place:
    """The folder of a mailbox that nothing came from yet."""
    with transaction() as session:
        box = Mailbox(address="s@t.test", imap_host="h", imap_user="s", created_at=AT)
        session.add(box)
        session.flush()
        return Place(box.id, "INBOX")
