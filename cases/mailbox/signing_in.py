"""A sign-in of a mailbox at its provider, begun in a page: kept sealed, for one browser alone."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock, signing
from cases.mailbox import Mailbox, xoauth
from cases.mailbox.xoauth import PROVIDERS, Question

LASTS = timedelta(minutes=15)
"""So long somebody may look for their password at the provider."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was asked of which provider, and as whom."""

    provider: str
    client: dict[str, str]
    question: Question
    at: float


def begin(
    box: Mailbox, provider: str, client: Mapping[str, str], *, redirect: str, browser: str
) -> None:
    """Make the question that the page then sends the person to the provider with."""
    asked = xoauth.question(PROVIDERS[provider], client["client_id"], box.imap_user, redirect)
    begun = Begun(provider, dict(client), asked, clock.now().timestamp())
    box.sealed_sign_in = signing.seal(json.dumps(asdict(begun)), row=_row(box, browser))


def begun(box: Mailbox, browser: str) -> Begun | None:
    """The sign-in under way in that browser, unless it took too long."""
    if not box.sealed_sign_in:
        return None
    try:
        said = json.loads(signing.unseal(box.sealed_sign_in, row=_row(box, browser)))
    except signing.Tampered:
        # Somebody began it in another browser, which alone can end it.
        return None
    found = Begun(**said | {"question": Question(**said["question"])})
    return found if clock.now().timestamp() - found.at < LASTS.total_seconds() else None


def of_state(session: Session, state: str, browser: str) -> tuple[Mailbox, Begun] | None:
    """The mailbox whose sign-in, in that browser, has this state."""
    for box in session.scalars(select(Mailbox).where(Mailbox.sealed_sign_in != "")):
        found = begun(box, browser)
        if found and hmac.compare_digest(found.question.state.encode(), state.encode()):
            return box, found
    return None


def end(box: Mailbox, begun: Begun, grant: Mapping[str, str]) -> None:
    """The provider agreed: the mailbox is read and sent from with its grant."""
    provider = PROVIDERS[begun.provider]
    box.keep_grant(grant)
    box.sealed_sign_in = ""
    box.imap_host, box.imap_port, box.imap_security = provider.imap_host, 993, "tls"
    box.smtp_host, box.smtp_port, box.smtp_security = provider.smtp_host, 587, "starttls"
    box.sealed_smtp_password = ""


def _row(box: Mailbox, browser: str) -> str:
    return f"sign-in:{box.address}:{signing.fingerprint(browser)}"
