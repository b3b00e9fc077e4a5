"""A form for everybody, to be put into the shop's own pages: who writes here always gets a case.

Without scripts, cookies and puzzles. A field that only programs fill in, the time it took, forms
that make one case each, and limits by place keep machines out; what they send is kept as spam and
never thrown away. The bot acknowledges it as it does a mail, with the same limits.
"""

import json
import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Response, abort, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import queues, situation, speaking
from cases import clock, language, signing
from cases.case import Case
from cases.contact import Kind, normalised
from cases.db import FILING, reading, transaction
from cases.filing import Filed, file
from cases.filing.arrival import Arrival, Belief
from cases.language import gettext as _
from cases.mail import Address, Mail, Origin, Speaker
from cases.mailbox import Mailbox
from cases.people.identifiers import NotAnIdentifier, matched
from cases.settings import settings
from inbox.web.access import Pages, Policy, allow, takes
from inbox.web.public.form_uses import case_of, made, may_write

pages = Pages("contact_form", __name__)
RULE = "contact form"
LARGEST, LONGEST_MOMENT = 100_000, 60
LONGEST = {"name": 200, "address": 320, "subject": 300, "text": 20_000}
HONEYPOT = "website"
FASTEST, SLOWEST = timedelta(seconds=2), timedelta(hours=24)
_MOMENT = re.compile(r"((\d{1,12})-[0-9a-f]{16})\.([a-z2-7]{26})")


@pages.after_request
def _in_any_frame(response: Response) -> Response:
    response.headers["X-Content-Kind"] = "embedded"
    return response


@pages.get("/contact/<mailbox>")
@allow(Policy.PUBLIC)
def page(mailbox: str) -> Response:
    """The empty form."""
    with reading() as session:
        return _form(_the_mailbox(session, mailbox), {})


@pages.post("/contact/<mailbox>")
@allow(Policy.PUBLIC)
@takes(LARGEST)
def write(mailbox: str) -> Response:
    """Take what was written; what is wrong with it is said, and nothing typed is lost."""
    typed = {name: request.form.get(name, "").strip() for name in LONGEST}
    now = clock.now()
    with reading() as session:
        box = _the_mailbox(session, mailbox)
        session.expunge(box)
    refusal = _refusal(typed)
    if refusal:
        return _form(box, typed, refusal, 422)
    with transaction() as session:
        allowed = may_write(session, request.remote_addr or "", at=now)
    if not allowed:
        said = _("Too many messages from here. Write to {address} instead.", address=box.address)
        return _form(box, typed, said, 429)
    with transaction(lock=FILING) as session:
        shown = _once(typed)
        known = case_of(session, shown)
        if known is not None:
            again = session.get_one(Case, known)
            return _thanks(box, again.id, again.due_at)
        filed = _file(session, session.get_one(Mailbox, box.id), typed, now)
        made(session, shown, filed.case.id, at=now)
        number, due = filed.case.id, filed.case.due_at
    return _thanks(box, number, due)


def _once(typed: dict[str, str]) -> str:
    """The form that was shown, with what was written into it.

    Who goes back and writes something else is heard too; who presses twice is heard once.
    """
    said = (request.form.get("moment", "")[:LONGEST_MOMENT], *typed.values())
    return sha256(json.dumps(said).encode()).hexdigest()


def _the_mailbox(session: Session, address: str) -> Mailbox:
    wanted = select(Mailbox).where(Mailbox.address == address.lower(), Mailbox.paused.is_(False))
    found = session.scalars(wanted).one_or_none()
    if found is None:
        abort(404)
    spoken = request.args.get("lang", "")
    language.choose(spoken if spoken in language.LANGUAGES else found.language)
    return found


def _refusal(typed: dict[str, str]) -> str:
    for name, longest in LONGEST.items():
        if len(typed[name]) > longest:
            return _("That is longer than we can take. Shorten it a little.")
    try:
        matched(Kind.ADDRESS, typed["address"])
    except NotAnIdentifier:
        return _("This e-mail address cannot be right. We need it to answer you.")
    return "" if typed["text"] else _("Write what we can do for you.")


def _file(session: Session, box: Mailbox, typed: dict[str, str], now: datetime) -> Filed:
    machine = bool(request.form.get(HONEYPOT)) or not _took_its_time(now)
    origin = Origin.SPAM if machine else Origin.CUSTOMER
    # Nobody proved the address, so the form opens a case of its own and joins none.
    arrival = Arrival(_mail(box, typed, origin, now), now, mailbox=box)
    filed = file(session, arrival, Belief(servers_vouch=True))
    # They chose the language of the form: the acknowledgement speaks it too.
    filed.case.language = filed.case.language or language.current()
    session.flush()
    sent = situation.sent_of_late(session, situation.senders([arrival]), now)
    speaking.speak(session, arrival, filed, sent)
    queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
    queues.wake(session, queues.TAG, "inbox.intake.tagging.tag_waiting")
    queues.announce(session, "cases")
    session.flush()
    return filed


def _mail(box: Mailbox, typed: dict[str, str], origin: Origin, now: datetime) -> Mail:
    domain = box.domain or settings().default_domain
    answerable = origin is Origin.CUSTOMER
    return Mail(
        message_id=f"form.{secrets.token_hex(12)}@{domain}",
        sender=Address(normalised(typed["address"]), typed["name"]),
        to=(Address(box.address),),
        subject=typed["subject"] or typed["text"][:60],
        text=typed["text"],
        new_text=typed["text"],
        sent_at=now,
        speaker=Speaker(origin, RULE, answerable, "a person wrote" if answerable else RULE),
    )


def _took_its_time(now: datetime) -> bool:
    """Whether a person can have filled it in since the form was shown."""
    found = _MOMENT.fullmatch(request.form.get("moment", ""))
    if found is None or not signing.verify("contact-form-shown", found[1], found[3]):
        return False
    age = now.timestamp() - int(found[2])
    return FASTEST.total_seconds() <= age <= SLOWEST.total_seconds()


def _moment() -> str:
    shown = f"{int(clock.now().timestamp())}-{secrets.token_hex(8)}"
    return f"{shown}.{signing.sign('contact-form-shown', shown)}"


def _form(box: Mailbox, typed: dict[str, str], refusal: str = "", status: int = 200) -> Response:
    shown = render_template(
        "contact_form/page.html",
        title=_("Write to us"),
        shop=box.name or box.address,
        box=box,
        typed=typed,
        refusal=refusal,
        longest=LONGEST,
        moment=_moment() if status == 200 else request.form.get("moment", ""),
    )
    return make_response(shown, status)


def _thanks(box: Mailbox, number: int, due: datetime | None) -> Response:
    zone = settings().zone
    until = f"{language.say_date(due, zone)}, {language.say_time(due, zone)}" if due else ""
    title = _("We have got your message")
    values = {"title": title, "number": number, "until": until, "shop": box.name or box.address}
    return make_response(render_template("contact_form/thanks.html", **values))
