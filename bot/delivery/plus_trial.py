"""Does mail to soporte+anything@… arrive? A mail that only we can have written tells."""

import re
import secrets

from bot import composing
from bot.composing import Draft
from bot.delivery.relays import way_of
from bot.delivery.smtp import Relay
from cases import clock, signing
from cases.language import gettext as _
from cases.mail import Address
from cases.mailbox import Mailbox

_SAID = re.compile(rb"(?im)^x-tregua-trial:[ \t]*([a-z2-7]{26})[ \t]*\r?$")
HEAD = 2**16


def send(mailbox: Mailbox) -> None:
    """Send the trial; raises bot.delivery.smtp.DeliveryFailure."""
    local, _at, domain = mailbox.address.partition("@")
    draft = Draft(
        message_id=f"trial.{secrets.token_hex(8)}@{domain}",
        sender=Address(mailbox.address, mailbox.name),
        recipient=Address(f"{local}+trial@{domain}"),
        subject=_("Trial of the plus-address"),
        text=_("This mail only tries out whether it arrives. Nobody needs to read it."),
        at=clock.now(),
        automatic=True,
        trial_mark=_mark(mailbox.address),
    )
    with Relay(way_of(mailbox.id)) as relay:
        to = [draft.recipient.address]
        relay.send(mailbox.address, to, composing.compose(draft), before_body=lambda: True)


def is_trial(content: bytes, address: str) -> bool:
    """Whether the mail is a trial of that mailbox."""
    found = _SAID.search(content[:HEAD].partition(b"\r\n\r\n")[0])
    return found is not None and signing.verify("trial", address, found[1].decode())


def _mark(address: str) -> str:
    return signing.sign("trial", address)
