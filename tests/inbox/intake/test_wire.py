"""Between our processes nothing of a mail is lost."""

from datetime import UTC, datetime

from cases.mail import Address, Attachment, Bounce, Mail, Origin, Speaker, Trust
from inbox.intake.known import BotRule, Known
from inbox.intake.wire import known_from_json, known_to_json, mail_from_json, mail_to_json


def test_a_mail_comes_through_whole() -> None:
    instant = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    mail = Mail(
        message_id="m1@example.org",
        references=("a@b", "c@d"),
        sender=Address("ana@example.org", "Ana \U0001f600"),
        to=(Address("soporte@example.com"),),
        return_path="",
        sent_at=instant,
        text="línea\n\x00\u2028",
        attachments=(Attachment("a.pdf", "application/pdf", 3, "x" * 32, 2, inline=True),),
        headers=(("to", "a"), ("to", "b")),
        bounce=Bounce(("luis@example.org",), "5.1.1", permanent=True),
        trust=Trust.FAIL,
        speaker=Speaker(Origin.AUTO_REPLY, "rule", False, "why", returns_at=instant),
    )
    assert mail_from_json(mail_to_json(mail)) == mail
    assert mail_from_json(mail_to_json(Mail())) == Mail()


def test_what_is_known_comes_through_whole() -> None:
    rule = BotRule("shop", frozenset({"bot@example.com"}), (("x-bot", "*"),), ("order",), "to")
    known = Known(own=frozenset({"soporte@example.com"}), bots=(rule,))
    assert known_from_json(known_to_json(known)) == known
    assert known_from_json(known_to_json(Known())) == Known()
