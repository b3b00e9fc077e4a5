"""Sends a template to ourselves, as a customer would read it: never to a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot import composing, queues, replies
from bot.outbox import OutgoingMail, Purpose, State
from bot.rules import rulebook
from bot.situation import domain_of
from bot.wording import Texts, templates, values
from cases import signing
from cases.case import Case
from cases.contact import normalised
from cases.language import gettext as _
from cases.language import speaking
from cases.mail import Address
from cases.settings import settings

RULE = "test"


class NotOurs(Exception):
    """A test goes to whoever asks for it, or to an address of a test list, and to nobody else."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Which texts are tried, in which language, and who wants to read them where."""

    template: str
    language: str
    texts: Texts
    by: str
    to: str


def addresses(session: Session, by: str) -> list[str]:
    """Where that person may send a test: to themselves and to the test lists of rules."""
    rows = rulebook.newest(session)
    listed = {one for row in rows if not row.unreadable for one in row.as_rule().only_for}
    mine = normalised(by)
    return [mine, *sorted(listed - {mine})]


def send(session: Session, case: Case, wanted: Rehearsal, *, at: datetime) -> OutgoingMail:
    """Queue the mail, filled as in that case; raises NotOurs, CannotSay.

    The case shows nothing of it, and an answer to it does not join the case.
    """
    to = normalised(wanted.to)
    if to not in addresses(session, wanted.by):
        raise NotOurs(to)
    draft = _draft(case, wanted, to, at)
    mail = OutgoingMail(
        case=case,
        key=f"test:{wanted.template}:{draft.message_id}"[:120],
        automatic=False,
        rule=RULE,
        template=wanted.template,
        purpose=Purpose.TEST,
        sender="",
        recipient=to,
        domain=domain_of(to),
        rfc_id=draft.message_id,
        content=replies.as_bytes(draft),
        state=State.PENDING,
        queued_at=at,
        due_at=at,
    )
    session.add(mail)
    queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
    return mail


def _draft(case: Case, wanted: Rehearsal, to: str, at: datetime) -> composing.Draft:
    box = case.mailbox
    ours = box.address if box else f"noreply@{settings().default_domain}"
    with speaking(wanted.language):
        given = {**examples(), **values.values_of(case, wanted.language)}
        subject, text = templates.preview(wanted.texts, given)
        marked = _("[Test] {subject}", subject=subject)
    # Of no case: what comes back to it is not an answer of the customer.
    message_id = signing.new_message_id(0, domain_of(ours))
    return composing.Draft(
        message_id=message_id,
        sender=Address(ours, box.name if box else ""),
        recipient=Address(to),
        subject=marked,
        text=text,
        at=at,
        automatic=True,
        language=wanted.language,
        loop_mark=signing.sign("loop", message_id),
    )


def examples() -> Mapping[str, str]:
    """What stands for values that only exist when something is really said."""
    return {
        "articles": _("Where is my parcel? You see it with its number on our page."),
        "links": _("(here are the two links: it is solved, it is not)"),
        "when": _("(here is a day and a time)"),
        "facts": _("(here is what a bot has to say)"),
        "question": _("(here is what a bot asks)"),
        "closing": _("(here is how a bot says goodbye)"),
    }
