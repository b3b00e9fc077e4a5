"""A trial that somebody asked for in a page is done by the program that reads, step by step."""

from pathlib import Path

import pytest

from cases.db import reading, transaction
from cases.mailbox import Mailbox
from inbox.intake.poller import errands
from inbox.spool import checks
from inbox.spool.checks import Step
from tests.running import add_mailbox
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is asked of the servers is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


def _tried(mailbox_id: int, **changes: object) -> dict[str, bool]:
    with transaction() as session:
        box = session.get_one(Mailbox, mailbox_id)
        for name, value in changes.items():
            setattr(box, name, value)
        checks.ask(session, mailbox_id)
    errands.run_once()
    with reading() as session:
        check = checks.newest(session, mailbox_id)
        assert check is not None
        assert check.done_at is not None
        assert all(step["said"] for step in check.steps if not step["ok"])
        return {step["step"]: step["ok"] for step in check.steps}


@pytest.mark.usefixtures("installation")
def test_a_mailbox_is_tried_to_the_step_that_fails(dovecot: Dovecot, smtp_sink: SmtpSink) -> None:
    mailbox_id = add_mailbox(dovecot)
    relay = {
        "smtp_host": smtp_sink.host,
        "smtp_port": smtp_sink.port,
        "smtp_security": "none",
    }
    good = {Step.SIGN_IN: True, Step.FOLDER: True, Step.NEWS: True, Step.FOLDERS: True}
    assert _tried(mailbox_id) == good
    assert _tried(mailbox_id, **relay) == good | {Step.RELAY: True}
    assert _tried(mailbox_id, smtp_port=1) == good | {Step.RELAY: False}
    without = {"smtp_host": ""}
    assert _tried(mailbox_id, folder="Nowhere", **without) == {
        Step.SIGN_IN: True,
        Step.FOLDER: False,
    }
    assert _tried(mailbox_id, imap_port=1, paused=True) == {Step.SIGN_IN: False}
