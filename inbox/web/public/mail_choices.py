"""What people want to be written about: their own page, behind a signed link, without scripts.

The link is what lets them in, so no cookie is set and none is needed: mail programs send the
one-click refusal (RFC 8058) without any.
"""

from flask import Response, abort, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.replies import confirming
from cases import clock, consent, language
from cases.case import Case
from cases.consent import Choices, Wish
from cases.contact import Contact, Identifier
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox
from inbox.web.access import Pages, Policy, allow, takes

pages = Pages("mail_choices", __name__)
BY = "preference page"
LARGEST = 20_000


@pages.after_request
def _not_to_be_found(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/mail/<token>")
@allow(Policy.PUBLIC)
def page(token: str) -> Response:
    """Their choices. Looking at it changes nothing: scanners of mails open links."""
    with reading() as session:
        return _shown(session, _theirs(session, token), "")


@pages.post("/mail/<token>")
@allow(Policy.PUBLIC)
@takes(LARGEST)
def choose(token: str) -> Response:
    """Keep what they chose: a no holds at once, a yes when they confirm it by mail."""
    wanted = request.form.getlist("topic")
    with transaction() as session:
        identifier = _theirs(session, token)
        before = consent.choices(session, identifier.contact_id)
        if request.form.get("nothing"):
            consent.refuse_all(session, identifier.contact_id, by=BY, at=clock.now())
            said = _("Done: you will get no more marketing from us.")
        else:
            said = _settle(session, identifier, before, wanted)
        session.flush()
        return _shown(session, identifier, said)


def _settle(session: Session, one: Identifier, before: Choices, wanted: list[str]) -> str:
    now = clock.now()
    for code, wish in before.topics.items():
        if code not in wanted and wish is not Wish.REFUSED:
            consent.refuse(session, one.contact_id, code, by=BY, at=now)
    new = [
        code
        for code, wish in before.topics.items()
        if code in wanted and (before.nothing or wish in (Wish.REFUSED, Wish.UNSAID))
    ]
    return _ask(session, one, new) if new else _("Your choices are kept.")


def _ask(session: Session, one: Identifier, new: list[str]) -> str:
    now = clock.now()
    if confirming.is_enough(session, one.contact_id, at=now):
        return _("You have asked too often today. Try again tomorrow.")
    wish = consent.ask(session, one, new, by=BY, at=now)
    try:
        confirming.ask(session, wish, at=now)
    except confirming.NobodyToAsk:
        return _("Your wish is kept, but we cannot write to you at the moment.")
    return _("Almost done: we have sent you a mail. Confirm your wish with the link in it.")


@pages.get("/mail/<token>/stop")
@pages.get("/mail/<token>/stop/<topic>")
@allow(Policy.PUBLIC)
def before_stop(token: str, topic: str = "") -> Response:
    """A person followed the link of the header: they see their choices and decide."""
    return page(token)


@pages.post("/mail/<token>/stop")
@pages.post("/mail/<token>/stop/<topic>")
@allow(Policy.PUBLIC)
@takes(LARGEST)
def stop(token: str, topic: str = "") -> Response:
    """One click in a mail program: no more of that topic, or of anything."""
    now = clock.now()
    with transaction() as session:
        identifier = _theirs(session, token)
        if topic in {one.code for one in consent.topics(session)}:
            consent.refuse(session, identifier.contact_id, topic, by="one-click", at=now)
        else:
            consent.refuse_all(session, identifier.contact_id, by="one-click", at=now)
        session.flush()
        return _shown(session, identifier, _("Done: you will get no more of these mails."))


@pages.get("/mail/confirm/<said>")
@allow(Policy.PUBLIC)
def asked(said: str) -> Response:
    """The link of the mail asks once more, since scanners of mails open links."""
    return _confirmed(said, confirms=False)


@pages.post("/mail/confirm/<said>")
@allow(Policy.PUBLIC)
@takes(LARGEST)
def confirm(said: str) -> Response:
    """They mean it."""
    return _confirmed(said, confirms=True)


def _confirmed(said: str, *, confirms: bool) -> Response:
    now = clock.now()
    with transaction() as session:
        wish = consent.asked_by(session, said, at=now)
        if wish is None:
            abort(404)
        if confirms:
            consent.confirm(session, wish, at=now)
        _speak(session, session.get_one(Contact, wish.contact_id).language)
        names = [one for one in consent.topics(session) if one.code in wish.topics]
        values = {"wish": wish, "topics": names, "title": _("Your wishes")}
        values["shop"] = _shop(session, wish.contact_id)
        return make_response(render_template("preferences/confirm.html", **values))


def _theirs(session: Session, token: str) -> Identifier:
    found = consent.whose(session, token)
    if found is None:
        abort(404)
    _speak(session, found.contact.language)
    return found


def _speak(session: Session, spoken: str) -> None:
    asked_for = request.args.get("lang", "")
    chosen = next((one for one in (asked_for, spoken) if one in language.LANGUAGES), "")
    language.choose(chosen or language.current())


def _shop(session: Session, contact_id: int) -> str:
    """Who writes to them: the name of the mailbox they talked with last."""
    names = select(Mailbox.name).join(Case, Case.mailbox_id == Mailbox.id)
    newest = names.where(Case.contact_id == contact_id).order_by(Case.id.desc()).limit(1)
    return session.scalar(newest) or ""


def _shown(session: Session, identifier: Identifier, said: str) -> Response:
    local, _at, domain = identifier.original.rpartition("@")
    shown = render_template(
        "preferences/page.html",
        title=_("What may we write to you about?"),
        shop=_shop(session, identifier.contact_id),
        # The whole address stays out of a page that a forwarded link opens.
        who=f"{local[:2]}…@{domain}",
        topics=consent.topics(session),
        choices=consent.choices(session, identifier.contact_id),
        wish=Wish,
        said=said,
        here_is=f"/mail/{consent.token(identifier.id)}",
    )
    return make_response(shown)
