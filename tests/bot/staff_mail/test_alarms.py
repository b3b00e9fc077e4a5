"""Each trouble is told once to whom the admin chose, and so is its end."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import staff_mail
from bot.settings import settings
from bot.staff_mail import Letter, StaffMail, alarms
from bot.staff_mail.alarms import AlarmGoal, AlarmPost, Kind, Trouble, Way
from cases import Role, clock
from cases.db import transaction
from tests.bot.writing import an_agent
from tests.builders import MORNING
from tests.servers.smtp_sink import Answer, SmtpSink

MINUTE = timedelta(minutes=1)
DISK = Trouble(Kind.DISK, "", MORNING, {"number": 7})


def subjects(session) -> list[str]:
    session.flush()
    lines = [mail.content.decode() for mail in session.scalars(select(StaffMail))]
    return [text.split("Subject: ")[1].split("\r\n")[0] for text in lines]


def choose(session, way: Way = Way.MAIL, address: str = "guard@shop.example") -> AlarmGoal:
    goal = AlarmGoal(way=way, address=address, language="en", created_at=MORNING, sealed="")
    session.add(goal)
    session.flush()
    return goal


def test_a_trouble_is_told_once_however_often_it_is_seen_and_its_end_too(session) -> None:
    choose(session)
    for n in range(4):
        alarms.settle(session, [DISK], MORNING + n * MINUTE)
    # It is away for a moment: that is no end and no new alarm.
    alarms.settle(session, [], MORNING + 4 * MINUTE)
    alarms.settle(session, [DISK], MORNING + 5 * MINUTE)
    assert subjects(session) == ["Alarm: the disk is nearly full: 7 MB are left"]
    for n in range(6, 12):
        alarms.settle(session, [], MORNING + n * MINUTE)
    assert subjects(session)[1:] == ["Over: the disk is nearly full: 7 MB are left"]
    alarms.settle(session, [DISK], MORNING + 60 * MINUTE)
    assert len(subjects(session)) == 3


def test_two_mailboxes_are_two_alarms(session) -> None:
    choose(session)
    both = [Trouble(Kind.MAILBOX, str(n), MORNING, {"address": f"m{n}@x.y"}) for n in (1, 2)]
    alarms.settle(session, both, MORNING)
    assert len(subjects(session)) == 2


def test_where_nobody_was_chosen_the_admins_are_told(session) -> None:
    an_agent(session, "Ada").role = Role.ADMIN
    an_agent(session, "Bea")
    session.flush()
    alarms.settle(session, [DISK], MORNING)
    session.flush()
    assert list(session.scalars(select(StaffMail.recipient))) == ["ada@tienda.example"]


def test_a_webhook_is_told_what_and_since_when_and_its_secret_is_sealed(session) -> None:
    goal, secret = alarms.new_webhook("https://hooks.shop.example/x", MORNING)
    session.add(goal)
    session.flush()
    alarms.settle(session, [DISK], MORNING)
    session.flush()
    (post,) = session.scalars(select(AlarmPost))
    assert post.payload["type"] == "alarm.raised"
    assert post.payload["data"]["kind"] == "disk"
    assert goal.secret() == b64decode(secret.removeprefix("whsec_"))
    assert secret not in goal.sealed


@pytest.fixture
def relay(installation, smtp_sink: SmtpSink, monkeypatch) -> Iterator[SmtpSink]:
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    settings.cache_clear()
    yield smtp_sink
    settings.cache_clear()


def test_a_mail_to_staff_is_tried_again_and_leaves_once(relay: SmtpSink) -> None:
    letter = Letter("k", "guard@shop.example", "Alarm", "Something is wrong.")
    with transaction() as session:
        assert staff_mail.write(session, letter, at=MORNING) is not None
        assert staff_mail.write(session, letter, at=MORNING) is None
    relay.script(Answer("RCPT", "451 later"), Answer("DATA", "451 later still"))
    taken = []
    for n in range(8):
        with clock.at(MORNING + n * MINUTE):
            taken.append(staff_mail.deliver_due())
    assert sum(taken) == 1
    assert [one.recipients for one in relay.mails] == [("guard@shop.example",)]
    assert relay.mails[0].sender in ("", "<>")
