"""The mails of the day as bytes, as the shop's mail server would hand them on."""

import mimetypes
from dataclasses import dataclass
from email.headerregistry import Address as Named
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cases import clock
from cases.mail import Address
from inbox.command.demo.script import Step, cast, folder


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail answers: the Message-IDs so far, without brackets, and the text to quote."""

    references: tuple[str, ...] = ()
    quoted: str = ""


def message_id(step: Step, seed: str) -> str:
    """The same at every start of one installation, so that nothing is sent twice."""
    return f"{step.id}.{seed}@{cast().address(step.sender).address.partition('@')[2]}"


def write(step: Step, seed: str, thread: Thread) -> bytes:
    """The bytes of a step's mail."""
    sender = cast().address(step.sender)
    mail = _letter(sender, _recipient(step), step.subject, message_id(step, seed), step.trust)
    _refer(mail, thread.references)
    for name, value in step.headers.items():
        mail[name] = value
    body = "\n\n".join(part for part in (step.text, _quote(thread.quoted)) if part) + "\n"
    mail.set_content(body, charset=step.charset)
    if step.html:
        mail.add_alternative(step.html, subtype="html")
    for name in step.attachments:
        _attach(mail, name)
    return mail.as_bytes()


def by_hand(
    sender: Address, subject: str, text: str, references: tuple[str, ...], id_: str
) -> bytes:
    """A mail that somebody types while the demo runs."""
    mail = _letter(sender, cast().shop, subject, id_, "pass")
    _refer(mail, references)
    mail.set_content(text + "\n")
    return mail.as_bytes()


def _letter(sender: Address, to: Address, subject: str, id_: str, trust: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    domain = sender.address.partition("@")[2]
    # What the server at the shop's edge found out about the sender.
    mail["Authentication-Results"] = (
        f"{cast().trusted}; dmarc={trust} header.from={domain}; spf={trust} smtp.mailfrom={domain}"
    )
    mail["From"] = Named(sender.name, addr_spec=sender.address)
    mail["To"] = Named(to.name, addr_spec=to.address)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{id_}>"
    return mail


def _recipient(step: Step) -> Address:
    return cast().address(step.to) if step.to else cast().shop


def _refer(mail: EmailMessage, references: tuple[str, ...]) -> None:
    if references:
        mail["In-Reply-To"] = f"<{references[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in references)


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _attach(mail: EmailMessage, name: str) -> None:
    kind, _ = mimetypes.guess_type(name)
    main, _, sub = (kind or "application/octet-stream").partition("/")
    content = (folder() / "attachments" / name).read_bytes()
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
