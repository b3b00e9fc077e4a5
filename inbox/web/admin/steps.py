"""First steps: what a new installation still needs, and example data to look around with."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, redirect, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy import ScalarSelect, exists, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import audit, clock
from cases.agent import Agent
from cases.calendars import BusinessCalendar
from cases.case import Case
from cases.db import FILING, reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.sla.book import SlaPolicy
from inbox.spool import example, taking_away
from inbox.spool.example import HoldsRealMail, LoadedAlready
from inbox.tokens import Token
from inbox.web import notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("steps", __name__, url_prefix="/admin/steps")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, whether it is done, and where."""

    done: bool
    says: str
    about: str
    href: str


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(has_no_cases=has_no_cases)


def has_no_cases() -> bool:
    """Whether the installation is new; asked where a list is empty."""
    with reading() as session:
        return session.scalars(select(Case.id).limit(1)).first() is None


@pages.get("")
@allow(Policy.ADMIN)
def page() -> Response:
    """What is done and what is left."""
    with reading() as session:
        return _shown(session)


def _shown(session: Session, refusal: str = "") -> Response:
    steps = list(_steps(session))
    return show(
        session,
        "admin/steps.html",
        title=_("First steps"),
        status=409 if refusal else 200,
        steps=steps,
        done=sum(one.done for one in steps),
        loaded=example.mailbox(session) is not None,
        refusal=refusal,
        notice=notices.from_address(),
    )


def _steps(session: Session) -> Iterator[Step]:
    has = session.execute(select(*(one.label(name) for name, one in _asked().items()))).one()
    yield Step(
        bool(has.boxes),
        _("Add a mailbox"),
        _("Where your customers write to. It is tried at once, step by step."),
        url_for("mailboxes.new"),
    )
    yield Step(
        bool(has.sent),
        _("Send a first mail"),
        _("Once the relay has taken one answer, sending works."),
        url_for("queues.health"),
    )
    yield Step(
        has.people > 1,
        _("Let colleagues in"),
        _("Agents answer, supervisors lead, marketing sees who must be left in peace."),
        url_for("users.page"),
    )
    yield Step(
        bool(has.promises),
        _("Say when you answer"),
        _("Business hours, and how soon customers hear from you."),
        url_for("promises.page"),
    )
    yield Step(
        bool(has.tokens),
        _("Connect marketing"),
        _("A token for the tool that sends campaigns, so that it asks before it writes."),
        url_for("tokens.page"),
    )


def _asked() -> dict[str, ScalarSelect[int] | ScalarSelect[bool]]:
    sent = exists().where(OutgoingMail.state == Sent.ACCEPTED)
    living = exists().where(Token.revoked_at.is_(None))
    # One that cannot be read is no mailbox yet.
    boxes = exists().where(Mailbox.address != example.ADDRESS, Mailbox.last_ok_at.is_not(None))
    versions = select(func.max(SlaPolicy.version)).scalar_subquery()
    calendars = select(func.max(BusinessCalendar.version)).scalar_subquery()
    both = func.coalesce(versions, 0) + func.coalesce(calendars, 0) > 2
    people = select(func.count()).where(Agent.active).scalar_subquery()
    return {
        "boxes": select(boxes).scalar_subquery(),
        "sent": select(sent).scalar_subquery(),
        "people": people,
        "promises": select(both).scalar_subquery(),
        "tokens": select(living).scalar_subquery(),
    }


@pages.post("/example")
@allow(Policy.ADMIN)
def load() -> AnyResponse:
    """An invented week, filed like any mail."""
    with transaction() as session:
        try:
            mails = example.load(session, at=clock.now())
        except LoadedAlready:
            return _shown(session, _("The example data are there already."))
        by = agent().address
        audit.note(session, by=by, what="example.loaded", about=example.ADDRESS, mails=mails)
    return redirect(url_for("steps.page", done="example_loaded.0"), 303)


@pages.post("/example/removal")
@allow(Policy.ADMIN)
def remove() -> AnyResponse:
    """The invented week is gone, and nothing else."""
    try:
        with transaction(lock=FILING) as session:
            contacts = taking_away.cases(session)
            by = agent().address
            audit.note(session, by=by, what="example.removed", about=example.ADDRESS)
    except HoldsRealMail as mixed:
        said = _(
            "Case {number} holds mail of a real mailbox too: split it off first.", number=mixed
        )
        with reading() as session:
            return _shown(session, said)
    with transaction(lock=FILING) as session:
        taking_away.people(session, contacts)
    return redirect(url_for("steps.page", done="example_gone.0"), 303)
