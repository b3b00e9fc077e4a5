"""From the outbox to a real relay: once each, whatever it answers."""

import pytest

from bot import delivery
from bot.outbox import OutgoingMail, State
from cases import clock
from cases.db import reading
from tests.bot.test_outbox import queued, state_of
from tests.databases import forget
from tests.servers.smtp_sink import Answer, SmtpSink


@pytest.fixture
def relay(installation: str, monkeypatch: pytest.MonkeyPatch, smtp_sink: SmtpSink) -> SmtpSink:
    """A relay that this installation uses."""
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    forget()
    return smtp_sink


def test_all_that_is_due_goes_over_one_connection_once_each(relay: SmtpSink) -> None:
    ids = [queued() for _ in range(5)]
    assert delivery.deliver_due() == 5
    assert delivery.deliver_due() == 0
    assert len(relay.mails) == 5
    assert {state_of(mail_id) for mail_id in ids} == {State.ACCEPTED}


def test_not_now_means_later(relay: SmtpSink) -> None:
    relay.script(Answer("RCPT", "451 4.7.1 greylisted"))
    mail_id = queued()
    assert delivery.deliver_due() == 0
    with reading() as session:
        mail = session.get_one(OutgoingMail, mail_id)
        assert mail.state is State.DEFERRED
        assert mail.due_at > clock.now()
        assert "greylisted" in mail.last_error


def test_never_means_that_people_see_it(relay: SmtpSink) -> None:
    relay.script(Answer("RCPT", "550 5.1.1 no such user"))
    mail_id = queued()
    delivery.deliver_due()
    assert state_of(mail_id) is State.REJECTED


def test_one_refused_mail_does_not_stop_the_next(relay: SmtpSink) -> None:
    relay.script(Answer("DATA", "554 5.7.1 not liked"))
    ids = [queued(), queued()]
    assert delivery.deliver_due() == 1
    assert [state_of(mail_id) for mail_id in ids] == [State.REJECTED, State.ACCEPTED]


def test_a_lost_answer_after_the_body_is_uncertain_and_not_sent_again(relay: SmtpSink) -> None:
    relay.script(Answer("DATA", "", keep=True))
    mail_id = queued()
    delivery.deliver_due()
    delivery.deliver_due()
    assert state_of(mail_id) is State.UNCERTAIN
    assert len(relay.mails) == 1


def test_an_absent_relay_loses_nothing(installation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREGUA_SMTP_PORT", "1")
    forget()
    mail_id = queued()
    assert delivery.deliver_due() == 0
    assert state_of(mail_id) is State.DEFERRED


def test_the_journal_gets_its_copy_in_the_same_transaction(
    relay: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREGUA_JOURNAL", "soporte+journal@tregua.test")
    forget()
    queued()
    delivery.deliver_due()
    (mail,) = relay.mails
    assert mail.recipients == ("ana@cliente.test", "soporte+journal@tregua.test")
