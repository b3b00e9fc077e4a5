"""Which reason holds back which campaign class, and for how long: looked at, tried, decided."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import queues
from cases import clock
from cases.db import reading, transaction
from cases.exclusions import ceilings, policies, refading
from cases.exclusions.forecast import Effect, of_matrix, of_times
from cases.exclusions.matrix import Action, CampaignClass, may_become
from cases.exclusions.policies import Content, NotAllowed, PolicyVersion
from cases.exclusions.policies import Policy as InForce
from cases.exclusions.reasons import RULES, Group, Reason
from cases.exclusions.rehearsing import Rehearsed, of_change
from cases.language import gettext as _
from inbox.web import conflicts, paging, words
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import terms
from inbox.web.conflicts import Late
from inbox.web.console import limit_form, names
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("reasons", __name__, url_prefix="/admin/reasons")
SHOWN = 50
# What is our own doing comes first: it is what others do not have.
GROUPS = (Group.CARE, Group.CONSENT, Group.DELIVERABILITY, Group.APPROVAL, Group.PRESSURE)
TERMS = (*policies.TIMES, *policies.PRESSURE)
JOB = "inbox.api.jobs.follow_policy"


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer of the table."""

    does: Action
    changed: bool
    locked: bool

    @property
    def goes(self) -> bool:
        return self.does is Action.ALLOW and not self.changed


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """The table, the times, and who changed what."""
    with reading() as session:
        return _shown(session)


def _shown(
    session: Session,
    *,
    effect: Effect | None = None,
    tried: Rehearsed | None = None,
    refusal: str = "",
    late: Late | None = None,
) -> Response:
    policy = policies.in_force(session)
    cells = _cells(policy)
    order, at = (PolicyVersion.id.desc(),), url_for("reasons.page")
    every = select(PolicyVersion)
    return show(
        session,
        "admin/reasons.html",
        title=_("Reasons for a truce"),
        status=409 if late else 422 if refusal else 200,
        names=names,
        classes=list(CampaignClass),
        groups=[(one, [rule for rule in RULES.values() if rule.group is one]) for one in GROUPS],
        cells=cells,
        free=[one for one in Reason if all(cells[one, to].goes for to in CampaignClass)],
        choices=[one for one in Reason if any(len(may_become(c, one)) > 1 for c in CampaignClass)],
        actions=list(Action),
        times_of=[(name, _hours(policy, name)) for name in policies.TIMES],
        pressure_of=[(name, _hours(policy, name)) for name in policies.PRESSURE_TIMES],
        policy=policy,
        fading=refading.underway(session),
        versions=paging.page(session, every, order, lambda row: row[0], at=at, shown=SHOWN),
        term_name=term_name,
        term_shown=terms.shown,
        changed_to=changed_to,
        limit_name=limit_name,
        effect=effect,
        tried=tried,
        refusal=refusal,
        typed=request.form,
        compared=_compared(),
        **conflicts.shown(_kept(policy), late),
    )


def _compared() -> tuple[dict[str, str], dict[str, str]]:
    """What can be changed, in words, and what each answer of the table is called."""
    table = {
        f"{reason.value} {one.value}": f"{words.reason(reason)} · {names.campaign_class(one)}"
        for reason in Reason
        for one in CampaignClass
    }
    terms_said = {name: term_name(name) for name in TERMS}
    return table | terms_said, {one.value: names.action(one) for one in Action}


def _kept(policy: InForce) -> dict[str, str]:
    """All that the forms can change, each by a name of its own."""
    table = {
        f"{reason.value} {one.value}": cell.does.value
        for (reason, one), cell in _cells(policy).items()
    }
    return table | {name: terms.shown(name, _now(policy, name)) for name in TERMS}


def _now(policy: InForce, name: str) -> Any:
    timed = name in policies.TIMES or name in policies.PRESSURE_TIMES
    return _hours(policy, name) if timed else getattr(policy.chosen, name)


def _cells(policy: InForce) -> dict[tuple[Reason, CampaignClass], Cell]:
    return {
        (reason, one): Cell(
            policy.changes.get((one, reason), may_become(one, reason)[0]),
            (one, reason) in policy.changes,
            len(may_become(one, reason)) == 1,
        )
        for reason in Reason
        for one in CampaignClass
    }


def _hours(policy: InForce, name: str) -> float:
    return float(getattr(policy.chosen, name).total_seconds()) / 3600


def limit_name(said: dict[str, Any]) -> str:
    """The limit of a topic or season that a version changed."""
    [one] = ceilings.read({ceilings.KEY: [said]})
    return " · ".join(filter(None, (limit_form.about(one), one.name, limit_form.days(one))))


def changed_to(what: Content) -> str:
    """A change of the table in words."""
    try:
        reason, one = Reason(what["reason"]), CampaignClass(what["class"])
        does = names.action(Action(what["action"]))
    except (KeyError, ValueError):
        return _("Back to what was shipped")
    return f"{words.reason(reason)} · {names.campaign_class(one)}: {does}"


def term_name(name: str) -> str:
    """What a time or number is for, in the words of the page."""
    return {
        "truce_after_closing": _("Rest after a case was closed"),
        "truce_after_good_closing": _("Rest after a case the customer was content with"),
        "truce_after_bad_closing": _("Rest after a case the customer was not content with"),
        "truce_after_breach": _("After a broken promise, from the closing on"),
        "truce_after_claim": _("After a formal claim, from the closing on"),
        "truce_after_bad_mood": _("After the last angry mail"),
        "truce_after_contacts": _("After the last of many contacts"),
        "truce_after_talk": _("Series stay stopped after an agent wrote"),
        "truce_provisional": _("A complaint of an unproven sender"),
        "truce_forgotten_case": _("A quiet open question lapses after"),
        "pressure_half_life": _("A mail weighs half after"),
        "pressure_gap": _("Least time between two mails of one kind"),
        "pressure_cap": _("So much is enough"),
        "pressure_enforced": _("Hold back who has had enough"),
    }.get(name, name)


@pages.post("")
@allow(Policy.ADMIN)
def change() -> AnyResponse:
    """Try a change and say whom it would hold or free; or decide it."""
    saves = request.form.get("do") == "save"
    # A look goes through everybody on truce, and nobody who writes waits for it.
    with transaction() if saves else reading() as session:
        before = policies.to_change(session) if saves else policies.current(session)
        if saves and (late := _late(session)):
            return _shown(session, late=late)
        try:
            after, what = _wanted(before)
        except (NotAllowed, ValueError):
            return _shown(session, refusal=_refused())
        if not saves and what.get("term") in policies.PRESSURE:
            return _shown(session, tried=of_change(session, before, after, clock.now()))
        if not saves:
            return _shown(session, effect=_effect(session, before, after, what))
        why = request.form.get("why", "").strip()
        if not why:
            said = _("Say why, so that the others understand it later.")
            return _shown(session, refusal=said)
        by = agent().address
        policies.adopt(session, after, what=what, by=by, why=why, at=clock.now())
        queues.wake(session, queues.SEND, JOB)
    return redirect(url_for("reasons.page", done="saved.1"), 303)


def _late(session: Session) -> Late | None:
    """Whether somebody decided something since the page was shown."""
    form = request.form
    cell = {f"{form.get('reason', '')} {form.get('class', '')}": form.get("action", "")}
    typed = {form["term"]: form.get("value", "")[:40]} if "term" in form else cell
    policy = policies.in_force(session)
    saver = conflicts.by_row(session.get(PolicyVersion, policy.version))
    return conflicts.late(_kept(policy), typed, saver)


def _refused() -> str:
    if "term" in request.form:
        return _(
            "Write a time such as 12 h or 30 d, a number, or yes or no, as fits what you chose."
        )
    return _("That cannot be chosen there: what the person or the law decided stays.")


def _wanted(before: Content) -> tuple[Content, Content]:
    """The policy after that change, and the change itself."""
    form = request.form
    if "term" in form:
        name, value = form["term"], terms.typed(form["term"], form.get("value", "")[:40])
        return policies.with_term(before, name, value), {"term": name, "value": value}
    one, reason = CampaignClass(form.get("class", "")), Reason(form.get("reason", ""))
    does = Action(form.get("action", ""))
    what = {"class": one.value, "reason": reason.value, "action": does.value}
    return policies.with_cell(before, one, reason, does), what


def _effect(session: Session, before: Content, after: Content, what: Content) -> Effect:
    if "reason" in what:
        one, reason = CampaignClass(what["class"]), Reason(what["reason"])
        return of_matrix(session, before, after, one, reason, clock.now())
    return of_times(session, before, after, clock.now())


@pages.post("/reset")
@allow(Policy.ADMIN)
def reset() -> AnyResponse:
    """All as it was shipped."""
    with transaction() as session:
        why = request.form.get("why", "").strip() or _("as shipped")
        policies.reset(session, by=agent().address, why=why, at=clock.now())
        queues.wake(session, queues.SEND, JOB)
    return redirect(url_for("reasons.page", done="saved.1"), 303)
