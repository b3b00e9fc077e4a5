"""On Saturday the password of one mailbox expires: its admin knows in time, and nothing is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot import jobs
from bot.staff_mail import alarms
from bot.staff_mail.alarms import AlarmGoal, Way
from cases import Mailbox, Message, clock
from cases.db import transaction
from inbox.api.jobs import watch_over
from inbox.intake import pipeline
from inbox.intake.accounts import account_of
from inbox.intake.imap import Account, Connection, ImapFailure
from inbox.intake.poller import health
from inbox.intake.poller.watching import LASTING_PAUSE, read_once
from inbox.tokens import Limits, Scope
from tests.apis import Api
from tests.running import ADDRESS, PASSWORD, Shop, a_raw_mail, add_mailbox, until

SATURDAY = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
OTHER, ADMIN = "hola@otramarca.test", "guardia@tregua.test"
STEP = timedelta(seconds=30)
# A server that refuses makes everybody wait, in seconds of ours: once by day.
BY_DAY = ["sqlite", pytest.param("postgresql", marks=pytest.mark.nightly)]


_rests: dict[int, datetime] = {}


def read(mailbox_id: int) -> None:
    """One look, as the poller's thread takes it: who was not let in rests for long."""
    if clock.now() < _rests.get(mailbox_id, SATURDAY):
        return
    try:
        read_once(mailbox_id)
    except ImapFailure as failure:
        health.note_failure(mailbox_id, failure)
        _rests[mailbox_id] = clock.now() + timedelta(seconds=LASTING_PAUSE / 2)


def pass_by(
    shop: Shop, other: int, since: datetime, minutes: float, step: timedelta = STEP
) -> None:
    """Let that time pass, with all that happens twice a minute, or now and then."""
    for n in range(int(timedelta(minutes=minutes) / step)):
        with clock.at(since + n * step):
            read(shop.mailbox_id)
            read(other)
            pipeline.file_waiting()
            jobs.deliver_due()
            watch_over()
            jobs.tell_people()


def change_password(shop: Shop, password: str, *, works: bool) -> None:
    """Until the server has noticed: it looks at its users once a second."""
    shop.dovecot.add_user(ADDRESS, password)
    _rests.clear()
    account = account_of(shop.mailbox_id)
    assert account is not None
    until(lambda: _lets_in(account) is works, what="the new password")


def _lets_in(account: Account) -> bool:
    try:
        with Connection(account):
            return True
    except ImapFailure:
        return False


def told(shop: Shop) -> list[str]:
    return [str(one.message["Subject"]) for one in shop.sink.mails if ADMIN in one.recipients]


def messages() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


@pytest.fixture
def other(shop: Shop) -> int:
    """A second brand; the shop's admin chose who is told."""
    number = add_mailbox(shop.dovecot, OTHER)
    with transaction() as session:
        session.add(
            AlarmGoal(way=Way.MAIL, address=ADMIN, language="en", created_at=SATURDAY, sealed="")
        )
        for box in session.scalars(select(Mailbox)):
            box.created_at = SATURDAY - timedelta(days=30)
    return number


@pytest.mark.slow
@pytest.mark.parametrize("database_url", BY_DAY, indirect=True)
def test_the_alarm_is_out_in_three_minutes_other_brands_go_on_and_nothing_is_lost(
    shop: Shop, other: int
) -> None:
    api = Api()
    ours, theirs = (
        api.program(Scope.CHECK, limits=Limits(mailboxes=(number,)))
        for number in (shop.mailbox_id, other)
    )
    pass_by(shop, other, SATURDAY, 2)
    assert told(shop) == []
    change_password(shop, "another", works=False)
    expired = SATURDAY + timedelta(minutes=2)
    pass_by(shop, other, expired, 3)
    assert told(shop) == [f"Alarm: the mailbox {ADDRESS} cannot be read"]
    for n in range(5):
        shop.customer_writes(a_raw_mail(f"Pedido {n}"))
    shop.dovecot.deliver(OTHER, a_raw_mail("La otra marca"))
    pass_by(shop, other, expired + timedelta(minutes=3), 15, timedelta(minutes=5))
    assert (messages(), len(told(shop))) == (1, 1), told(shop)
    with clock.at(expired + timedelta(minutes=18)):
        # Marketing of this brand waits, that of the other goes on.
        assert (ours.allowed("neu@x.test"), theirs.allowed("neu@x.test")) == (False, True)
    change_password(shop, PASSWORD, works=True)
    pass_by(shop, other, expired + timedelta(minutes=18), 4)
    assert told(shop)[1:] == [f"Over: the mailbox {ADDRESS} cannot be read"]
    assert messages() == 6
    with clock.at(expired + timedelta(minutes=22)):
        assert ours.allowed("neu@x.test")
    assert timedelta(minutes=4) > alarms.CALM
