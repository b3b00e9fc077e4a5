"""Handing mails to a relay: bytes as they are, one mail each, failures for now and for good."""

import contextlib
from dataclasses import replace

import pytest

from bot.delivery.smtp import (
    DeliveryFailure,
    PermanentFailure,
    Relay,
    TemporaryFailure,
    Uncertain,
    Way,
    Withdrawn,
    stuffed,
)
from tests.servers.smtp_sink import Answer, SmtpSink

HEAD = b"From: s@t.test\r\nSubject: x\r\n\r\n"
BODIES = (
    b".\r\n",
    b"..\r\n",
    b"a\r\n.\r\nMAIL FROM:<evil@x.test>\r\n",
    b".a\r\n..b\r\n...c\r\n",
    b"a\r\n\r\n\r\n",
    b"",
    b"\r\n",
    b"x" * 900 + b"\r\n.\r\n",
    "ñandú\r\n.\r\n".encode(),
)
SMUGGLING = (
    *(b"a\n.\nb", b"a\r.\rb", b"a\n.\r\nb", b"a\r\n.\nb", b"a\r\n.\rb", b"a\r.\r\nb"),
    *(b"a\r\r\n.\r\r\nb", b"a\n\n.\n\nb", b"\n.\n", b"\r.\r", b"a\r\n\x00.\r\nb", b"a\r"),
)
EVIL = b"\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<v@x.test>\r\nDATA\r\nSubject: evil\r\n\r\nx\r\n"


@pytest.fixture(params=[False, True], ids=["one by one", "all at once"])
def chosen(smtp_sink: SmtpSink, request: pytest.FixtureRequest) -> Way:
    smtp_sink.pipelining = request.param
    return Way(smtp_sink.host, smtp_sink.port)


def _send(relay: Relay, content: bytes, *recipients: str) -> str:
    return relay.send("s@t.test", recipients or ("a@c.test",), content, before_body=lambda: True)


def test_bytes_arrive_as_they_were(smtp_sink: SmtpSink, chosen: Way) -> None:
    with Relay(chosen) as relay:
        for body in BODIES:
            _send(relay, HEAD + body)
    assert [mail.content for mail in smtp_sink.mails] == [HEAD + body for body in BODIES]


def test_no_body_can_end_itself_and_begin_another_mail(smtp_sink: SmtpSink, chosen: Way) -> None:
    with Relay(chosen) as relay:
        for body in SMUGGLING:
            _send(relay, HEAD + body + EVIL)
    assert len(smtp_sink.mails) == len(SMUGGLING)
    for mail, body in zip(smtp_sink.mails, SMUGGLING, strict=True):
        assert mail.recipients == ("a@c.test",)
        lines = (HEAD + body + EVIL).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        assert mail.content == lines.replace(b"\n", b"\r\n")


def test_what_goes_over_the_wire_has_crlf_alone_and_one_end() -> None:
    for body in (*BODIES, *SMUGGLING):
        wire = stuffed(HEAD + body)
        assert wire.endswith(b"\r\n.\r\n")
        assert b"\r\n.\r\n" not in wire[:-3]
        assert not set(b"\r\n") & set(wire.replace(b"\r\n", b""))


def test_one_connection_carries_many_mails(smtp_sink: SmtpSink, chosen: Way) -> None:
    with Relay(chosen) as relay:
        first = _send(relay, HEAD)
        kept = relay._smtp
        _send(relay, HEAD)
        assert relay._smtp is kept
    assert first.startswith("250")
    assert len(smtp_sink.mails) == 2


def test_a_connection_that_the_relay_closed_is_opened_again(
    smtp_sink: SmtpSink, chosen: Way
) -> None:
    with Relay(chosen) as relay:
        _send(relay, HEAD)
        assert relay._smtp is not None
        relay._smtp.close()
        _send(relay, HEAD)
    assert len(smtp_sink.mails) == 2


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_4xx_may_work_later_and_a_5xx_never(smtp_sink: SmtpSink, chosen: Way, step: str) -> None:
    with Relay(chosen) as relay:
        smtp_sink.script(Answer(step, "451 4.7.1 later"))
        with pytest.raises(TemporaryFailure, match=r"451 4.7.1"):
            _send(relay, HEAD)
        smtp_sink.script(Answer(step, "550 5.1.1 unknown"))
        with pytest.raises(PermanentFailure, match=r"550 5.1.1"):
            _send(relay, HEAD)
        _send(relay, HEAD)
    assert len(smtp_sink.mails) == 1


def test_a_relay_that_is_away_is_for_now(chosen: Way) -> None:
    with (
        Relay(replace(chosen, port=1)) as relay,
        pytest.raises(TemporaryFailure, match="cannot be reached"),
    ):
        _send(relay, HEAD)


def test_a_lost_answer_after_the_body_is_uncertain(smtp_sink: SmtpSink, chosen: Way) -> None:
    smtp_sink.script(Answer("DATA", "", keep=True))
    with Relay(chosen) as relay, pytest.raises(Uncertain):
        _send(relay, HEAD)
    assert len(smtp_sink.mails) == 1


def test_a_refused_copy_does_not_stop_the_mail(smtp_sink: SmtpSink, chosen: Way) -> None:
    smtp_sink.script(Answer("RCPT", "250 OK"), Answer("RCPT", "550 no such journal"))
    with Relay(chosen) as relay:
        _send(relay, HEAD, "a@c.test", "journal@t.test")
    (mail,) = smtp_sink.mails
    assert mail.recipients == ("a@c.test",)


def test_what_its_recipient_refuses_leaves_no_copy_behind(smtp_sink: SmtpSink, chosen: Way) -> None:
    smtp_sink.script(Answer("RCPT", "550 5.1.1 unknown"))
    with Relay(chosen) as relay:
        with pytest.raises(PermanentFailure, match="unknown"):
            _send(relay, HEAD, "a@c.test", "journal@t.test")
        _send(relay, HEAD, "b@c.test", "journal@t.test")
    (mail,) = smtp_sink.mails
    assert mail.recipients == ("b@c.test", "journal@t.test")


def test_a_relay_that_grew_tired_of_waiting_is_greeted_again(
    smtp_sink: SmtpSink, chosen: Way
) -> None:
    with Relay(chosen) as relay:
        _send(relay, HEAD)
        smtp_sink.script(Answer("MAIL", "421 4.4.2 idle for too long"))
        _send(relay, HEAD)
        smtp_sink.script(Answer("MAIL", "421 4.3.2 no"), Answer("MAIL", "421 4.3.2 no"))
        with pytest.raises(TemporaryFailure, match=r"421 4\.3\.2"):
            _send(relay, HEAD)
    assert len(smtp_sink.mails) == 2


def test_no_address_can_carry_a_command(smtp_sink: SmtpSink, chosen: Way) -> None:
    for evil in ("a@c.test>\r\nRCPT TO:<evil@x.test", "a@c.test\r\nRCPT TO:<evil@x.test>"):
        with Relay(chosen) as relay, contextlib.suppress(ValueError, DeliveryFailure):
            _send(relay, HEAD, evil)
    assert not any("evil" in one for mail in smtp_sink.mails for one in mail.recipients)


def test_a_mail_that_was_taken_back_does_not_leave(smtp_sink: SmtpSink, chosen: Way) -> None:
    with Relay(chosen) as relay, pytest.raises(Withdrawn):
        relay.send("s@t.test", ("a@c.test",), HEAD, before_body=lambda: False)
    assert smtp_sink.mails == []


def test_an_address_with_other_letters_is_written_to_where_the_relay_can(
    smtp_sink: SmtpSink, chosen: Way
) -> None:
    with Relay(chosen) as relay:
        _send(relay, HEAD + "Ñ\r\n".encode(), "josé@c.test", "ana@c.test")
        _send(relay, HEAD, "ana@c.test")
    assert smtp_sink.mails[0].recipients == ("josé@c.test", "ana@c.test")
    smtp_sink.script(Answer("EHLO", "250 nothing else"))
    with Relay(chosen) as relay:
        with pytest.raises(PermanentFailure):
            _send(relay, HEAD, "josé@c.test")
        # What the relay can do goes on over the same connection.
        _send(relay, HEAD + "Ñ\r\n".encode(), "eva@c.test")
    assert [mail.recipients[0] for mail in smtp_sink.mails][1:] == ["ana@c.test", "eva@c.test"]
