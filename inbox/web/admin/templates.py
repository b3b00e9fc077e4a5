"""The mails that bots write: both languages side by side, with a look at how they would read."""

import re

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as AnyResponse

from bot import wording
from bot.replies import CannotSay, rehearsing
from bot.replies.rehearsing import NotOurs, Rehearsal
from bot.wording import NoTemplate, Texts, templates
from bot.wording.templates import MailTemplate
from cases import clock
from cases.case import Case
from cases.contact import Contact
from cases.db import reading, transaction
from cases.language import LANGUAGES
from cases.language import gettext as _
from inbox.web import conflicts, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import template_form
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.ids import a_number
from inbox.web.notices import Notice
from inbox.web.visible import visible_to
from inbox.web.who import agent
from inbox.web.words import reasons

pages = Pages("mail_templates", __name__, url_prefix="/admin/templates")
_NAME = re.compile(r"[a-z_]{1,60}")
RECENT = 8


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All mails there are texts for."""
    return _overview()


def _overview(typed: str = "", wrong: str = "") -> Response:
    with reading() as session:
        newest = select(MailTemplate.name, MailTemplate.at, MailTemplate.by, MailTemplate.body)
        changed = {row[0]: row for row in session.execute(newest.order_by(MailTemplate.id))}
        return show(
            session,
            "admin/bots/templates.html",
            title=_("Templates"),
            names=templates.names(session),
            changed=changed,
            typed=typed,
            wrong=wrong,
            status=422 if wrong else 200,
            notice=notices.from_address(),
        )


@pages.post("")
@allow(Policy.ADMIN)
def create() -> AnyResponse:
    """Begin a mail of one's own."""
    typed = request.form.get("name", "").strip()[:200]
    name = typed.lower().replace(" ", "_")
    if not _NAME.fullmatch(name):
        return _overview(typed, _("Name it with the letters a to z and spaces."))
    return redirect(url_for("mail_templates.one", name=name), 303)


@pages.get("/<name>")
@allow(Policy.OPERATIONS)
def one(name: str) -> Response:
    """One mail in both languages, as it reads in a real case."""
    with reading() as session:
        return _form(session, _named(name), _texts(session, name))


def _named(name: str) -> str:
    return name if _NAME.fullmatch(name) else abort(404)


def _text(session: Session, name: str, language: str) -> Texts:
    """The text in use; nothing for a mail that begins to be written."""
    try:
        return templates.texts(session, name, language)
    except NoTemplate:
        return Texts("", "")


def _form(
    session: Session,
    name: str,
    texts: dict[str, Texts],
    wrong: str = "",
    notice: Notice | None = None,
    late: Late | None = None,
) -> Response:
    cases = _recent(session)
    about = _chosen(cases)
    return show(
        session,
        "admin/bots/template.html",
        title=reasons.reply(name),
        status=409 if late else 422 if wrong else 200,
        name=name,
        texts=texts,
        wrong=wrong,
        cases=cases,
        about=about,
        previews={one: template_form.preview(text, about, one) for one, text in texts.items()},
        known=sorted(templates.VALUES),
        meanings=template_form.meanings(),
        changed=templates.is_changed(session, name) if _is_shipped(name) else False,
        notice=notice or notices.from_address(),
        readers=rehearsing.addresses(session, agent().address),
        chosen=request.form.get("to", ""),
        spoken=request.form.get("language", ""),
        **conflicts.shown(template_form.flat(_texts(session, name)), late),
    )


def _texts(session: Session, name: str) -> dict[str, Texts]:
    return {one: _text(session, name, one) for one in LANGUAGES}


def _recent(session: Session) -> list[Case]:
    """The newest cases of people, to see a mail in."""
    rows = select(Case).where(visible_to(agent()), ~Case.bulk).order_by(Case.id.desc())
    people = joinedload(Case.contact).selectinload(Contact.identifiers)
    found = session.scalars(rows.options(people, joinedload(Case.mailbox)).limit(RECENT))
    return list(found.unique())


def _chosen(cases: list[Case]) -> Case | None:
    """The case to read it in: the one that was asked for, or the newest."""
    number = request.values.get("case", 0, type=a_number)
    return next((case for case in cases if case.id == number), cases[0] if cases else None)


def _newest(session: Session, name: str) -> MailTemplate | None:
    rows = select(MailTemplate).where(MailTemplate.name == name).order_by(MailTemplate.id.desc())
    return session.scalars(rows.limit(1)).first()


def _is_shipped(name: str) -> bool:
    try:
        wording.shipped(name, "en")
    except NoTemplate:
        return False
    return True


@pages.post("/<name>")
@allow(Policy.ADMIN)
def save(name: str) -> AnyResponse:
    """Keep both languages, or only look at them."""
    texts = {one: template_form.typed(one) for one in LANGUAGES}
    with transaction(lock=conflicts.LOCK) as session:
        kept, looks = template_form.flat(_texts(session, _named(name))), request.form.get("do")
        saver = conflicts.by_row(_newest(session, name))
        late = conflicts.late(kept, template_form.flat(texts), saver)
        if late and looks != "preview":
            return _form(session, name, texts, late=late)
        wrong = template_form.refusal(name, texts)
        if wrong or looks == "preview":
            return _form(session, _named(name), texts, wrong)
        for language, text in texts.items():
            row = MailTemplate(
                name=_named(name),
                language=language,
                subject=text.subject,
                body=text.body,
                by=agent().address,
                at=clock.now(),
            )
            templates.save(session, row)
    return redirect(url_for("mail_templates.one", name=name, done="saved.1"), 303)


@pages.post("/<name>/test")
@allow(Policy.ADMIN)
def test(name: str) -> Response:
    """Send what is typed to ourselves; nothing is kept of it."""
    texts = {one: template_form.typed(one) for one in LANGUAGES}
    language = request.form.get("language", "")
    if language not in texts:
        abort(422)
    with transaction() as session:
        wrong = template_form.refusal(name, texts) or _send(session, _named(name), texts[language])
        to = request.form.get("to", "")
        sent = Notice(_("A test is on its way to {address}", address=to))
        return _form(session, name, texts, wrong, None if wrong else sent)


def _send(session: Session, name: str, text: Texts) -> str:
    """Queue the test; why it cannot be sent, or ""."""
    about = _chosen(_recent(session))
    if about is None:
        return _("There is no case yet to read it in. Let a first mail come in, then send a test.")
    form = request.form
    wanted = Rehearsal(name, form["language"], text, agent().address, form.get("to", ""))
    try:
        rehearsing.send(session, about, wanted, at=clock.now())
    except NotOurs:
        return _("A test goes to you or to an address of a test list, and to nobody else.")
    except CannotSay as wrong:
        return _("The mail cannot be written: {reason}", reason=wrong)
    return ""


@pages.post("/<name>/reset")
@allow(Policy.ADMIN)
def reset(name: str) -> AnyResponse:
    """The words it came with."""
    with transaction() as session:
        try:
            templates.reset(session, _named(name), by=agent().address, at=clock.now())
        except NoTemplate:
            abort(404)
    return redirect(url_for("mail_templates.one", name=name, done="saved.1"), 303)
