"""Every address of the program, for everybody: who is let in, who is not, and what they may see."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from bot.staff_mail.alarms import AlarmGoal, Way
from cases import (
    Agent,
    Case,
    Contact,
    Event,
    Exclusion,
    Mailbox,
    Message,
    What,
    clock,
    incident,
)
from cases.correcting.correction import Correction, Field
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason, Severity
from cases.incident import Incident
from cases.macro import Macro
from inbox import tokens
from inbox.spool import Fate, RawMail
from inbox.web.access import WITHOUT_SESSION, NoPolicy, Pages, Policy, policy_of
from inbox.webhook import Telling, Webhook
from tests.inbox.web.conftest import Enter, Visitor
from tests.marketing import a_list
from tests.seeding import ADMIN, ANA, BEA, LUIS

MAR, AUD, EX = "mar@tienda.test", "aud@tienda.test", "ex@tienda.test"
# Who may use routes of a policy; Ana's team is "tienda", Luis's is "mayoristas".
MAY = {
    Policy.SIGNED_IN: {ANA, LUIS, BEA, ADMIN, MAR, AUD},
    Policy.CASES: {ANA, LUIS, BEA, ADMIN},
    Policy.OPERATIONS: {BEA, ADMIN, AUD},
    Policy.ADMIN: {ADMIN},
    Policy.CONSOLE: {MAR, BEA, ADMIN, AUD},
    Policy.MARKETING: {MAR, BEA, ADMIN},
    Policy.SUPERVISION: {BEA, ADMIN},
}
EVERYBODY = ("", ANA, LUIS, BEA, ADMIN, MAR, AUD, EX)
# Routes whose address names something that belongs to the team "tienda".
OWNED = ("case_id", "message_id", "contact_id", "raw_id", "correction_id", "event_id")
# Routes whose form names something that is not there.
NAMED = ("/admin/promises/end",)


def _values(rule: Rule) -> dict[str, object]:
    """An object of the team "tienda" for each part of the address."""
    if rule.rule.startswith("/console/"):
        return _of_marketing(rule)
    if rule.rule.startswith("/admin/tokens/"):
        return {"number": _a_token()}
    known = _known()
    case_id = known["case_id"]
    made: dict[str, Callable[[], int]] = {
        "number": _an_incident,
        "correction_id": lambda: _a_correction(case_id),
        "event_id": lambda: _a_retagging(case_id),
        "goal_id": _a_goal,
        "macro_id": _a_macro,
        "exclusion_id": lambda: _an_opt_out(known["contact_id"]),
    }
    return {name: made[name]() if name in made else known[name] for name in rule.arguments}


def _known() -> dict[str, Any]:
    """What is in the shop already."""
    with reading() as session:
        message = session.scalars(
            select(Message)
            .join(Case, Case.id == Message.case_id)
            .join(Mailbox, Mailbox.id == Case.mailbox_id)
            .where(Mailbox.team == "tienda", Message.subject == "Factura", Message.raw_id > 0)
        ).one()
        failed = session.scalars(select(RawMail.id).where(RawMail.fate == Fate.FAILED)).one()
        eva = session.scalars(select(Agent.id).where(Agent.address == EX)).one()
        contact = session.get_one(Contact, message.case.contact_id)
        return {
            "case_id": message.case_id,
            "message_id": message.id,
            "contact_id": contact.id,
            "raw_id": failed,
            "agent_id": eva,
            "name": "all",
            "code": "angry",
            "part": message.attachments[-1]["part"],
            "filename": "icon.svg",
            "leaf_code": "money.billing",
            "mailbox_id": session.scalars(select(Mailbox.id).order_by(Mailbox.id)).first(),
            "identifier_id": contact.identifiers[0].id,
            "key": "volume",
            # These are looked for within the case, and nobody may have one there.
            **dict.fromkeys(("mail_id", "file_id", "proposal_id", "other_id"), 1),
        }


def _of_marketing(rule: Rule) -> dict[str, object]:
    known: dict[str, object] = {"which": "out", "version": 1}
    if "messages" in rule.rule:
        known["number"] = _a_telling()
    elif rule.arguments:
        known["number"], known["gate_id"] = a_list("Correo\nuno@x.example\n", by=ADMIN)
    return {name: known[name] for name in rule.arguments}


def _a_token() -> int:
    with transaction() as session:
        text = tokens.issue(session, "Boletines", frozenset({tokens.Scope.CHECK}))
        made = select(tokens.Token.id).where(tokens.Token.prefix == text.split("_")[1])
        session.flush()
        return session.scalars(made).one()


def _a_telling() -> int:
    now = clock.now()
    with transaction() as session:
        tokens.issue(session, "Boletines", frozenset())
        session.flush()
        hook = Webhook(token_id=1, url="https://x.example", sealed="", created_at=now)
        session.add(hook)
        session.flush()
        told = Telling(
            webhook_id=hook.id, event="x", payload={}, created_at=now, due_at=now, attempts=0
        )
        session.add(told)
        session.flush()
        return told.id


def _a_correction(case_id: int) -> int:
    with transaction() as session:
        made = Correction(case_id=case_id, field=Field.TYPE, now="x", by=BEA, at=clock.now())
        session.add(made)
        session.flush()
        return made.id


def _a_retagging(case_id: int) -> int:
    with transaction() as session:
        made = Event(case_id=case_id, what=What.RETAGGED, by=BEA, at=clock.now())
        session.add(made)
        session.flush()
        return made.id


def _an_opt_out(contact_id: int) -> int:
    with transaction() as session:
        made = Exclusion(
            contact_id=contact_id, reason=Reason.OPT_OUT_HEARD, severity=Severity.HARD, topics=[],
            starts_at=clock.now(), origin="x", evidence="x", note="", created_at=clock.now(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def _a_goal() -> int:
    with transaction() as session:
        made = AlarmGoal(way=Way.MAIL, address=ADMIN, language="es", created_at=clock.now())
        session.add(made)
        session.flush()
        return made.id


def _a_macro() -> int:
    with transaction() as session:
        made = Macro(name="x", text_es="Hola", changed_at=clock.now(), changed_by=BEA)
        session.add(made)
        session.flush()
        return made.id


def _an_incident() -> int:
    with transaction() as session:
        made = Incident(
            title="x", words=["xyz"], since=clock.now(), opened_at=clock.now(), opened_by=BEA
        )
        return incident.begin(session, made).id


def _rules(app: Flask) -> list[Rule]:
    signed_in = [
        rule
        for rule in app.url_map.iter_rules()
        if policy_of(app.view_functions[rule.endpoint]) not in WITHOUT_SESSION
    ]
    return sorted(signed_in, key=lambda rule: rule.rule)


def _path(app: Flask, rule: Rule) -> str:
    method = "GET" if "GET" in (rule.methods or ()) else "POST"
    return app.url_map.bind("localhost").build(rule.endpoint, _values(rule), method=method)


def _ask(visitor: Visitor, rule: Rule, path: str, *, partial: bool) -> int:
    if "GET" in (rule.methods or ()):
        response = visitor.get(path, partial=partial)
        response.close()
        return response.status_code
    return visitor.post(path, partial=partial, type="money.refund", mood="neutral").status_code


def _visitors(visitor: Visitor, enter: Enter, who: tuple[str, ...]) -> dict[str, Visitor]:
    return {one: enter(one) if one else visitor for one in who}


@pytest.mark.parametrize(
    ("partial", "everybody"),
    [(False, EVERYBODY), (True, ("", LUIS, ADMIN, EX))],
    ids=["page", "fragment"],
)
def test_nobody_gets_what_is_not_theirs(
    app: Flask, visitor: Visitor, enter: Enter, partial: bool, everybody: tuple[str, ...]
) -> None:
    visitors = _visitors(visitor, enter, everybody)
    wrong = []
    # All addresses first: the visits change what they name.
    paths = [(rule, _path(app, rule)) for rule in _rules(app)]
    for rule, path in paths:
        policy = policy_of(app.view_functions[rule.endpoint])
        for who, one in visitors.items():
            if rule.endpoint == "signin.sign_out":
                continue
            status = _ask(one, rule, path, partial=partial)
            if not _as_it_should(status, rule, policy, who, partial=partial):
                wrong.append((rule.rule, who or "anonymous", status))
    assert not wrong, "\n".join(map(str, wrong))


def _as_it_should(status: int, rule: Rule, policy: Policy, who: str, *, partial: bool) -> bool:
    if policy is Policy.EVERYONE:
        # The token of a session that is no more fits nothing.
        return status in (200, 303, 422) or (who == EX and status == 403)
    if who in ("", EX):
        # What a form of theirs sent is kept in the form of the sign-in.
        sends_a_form = who == EX and "POST" in (rule.methods or ())
        return status == (401 if partial or sends_a_form else 303)
    if who not in MAY[policy]:
        return status == 403
    if who == LUIS and set(OWNED) & rule.arguments:
        # A form that says nothing may be refused before anything is looked for.
        return status in (404, 422)
    # Who may, gets an answer or a refusal that speaks of the thing itself.
    return status in (200, 204, 302, 303, 400, 409, 422, *_of_the_thing(rule))


def _of_the_thing(rule: Rule) -> tuple[int, ...]:
    """Nothing of that name is there, or it is somebody else's own."""
    absent = {"number", "code", "name", "macro_id", "file_id", "event_id", "version"}
    absent &= rule.arguments
    own = "withdrawal" in rule.rule or rule.rule.startswith("/views/<code>")
    return (404,) * bool(absent or rule.rule in NAMED) + (403,) * own


def test_a_route_without_a_policy_cannot_be_declared() -> None:
    pages = Pages("careless", __name__)
    with pytest.raises(NoPolicy, match="secret does not say who may use it"):

        @pages.get("/secret")
        def secret() -> str:
            return ""


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    assert all(policy_of(view) for view in app.view_functions.values())


def test_lists_and_searches_show_a_team_its_own_cases_alone(enter: Enter) -> None:
    ana, luis = enter(ANA), enter(LUIS)
    for path in ("/inbox/all", "/search?q=tarifa", "/exclusions"):
        assert "Distribuciones Hnos. Pérez" not in ana.get(path).text
        assert "Distribuciones Hnos. Pérez" in luis.get(path).text
    assert "Whitcombe" in ana.get("/inbox/all").text
    assert "Whitcombe" not in luis.get("/inbox/all").text


def test_marketing_learns_of_an_address_but_sees_no_list_of_people(enter: Enter) -> None:
    mar = enter(MAR)
    page = mar.post("/exclusions", address="nora@correo.example").text
    assert "nora@correo.example está en tregua" in page
    assert "Whitcombe" not in page
    assert "/cases/" not in page


def test_a_disabled_agent_is_out_at_once(enter: Enter) -> None:
    luis, admin = enter(LUIS), enter(ADMIN)
    assert luis.get("/inbox/all").status_code == 200
    with reading() as session:
        number = session.scalars(select(Agent.id).where(Agent.address == LUIS)).one()
    assert admin.post(f"/admin/users/{number}/activity", active="no").status_code == 303
    assert luis.get("/inbox/all").status_code == 303


def test_what_needs_neither_session_nor_token_is_listed(app: Flask) -> None:
    open_to_all = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if policy_of(app.view_functions[rule.endpoint]) is Policy.PUBLIC
    }
    assert open_to_all == {
        *("/healthz", "/readyz", "/metrics", "/.well-known/jwks.json", "/v1/openapi.json"),
        *("/contact/<mailbox>", "/help", "/help/<slug>", "/satisfaction/<token>"),
        *("/solved/<token>", "/welcome/<token>", "/mail/<token>", "/mail/<token>/stop"),
        *("/mail/<token>/stop/<topic>", "/mail/confirm/<said>"),
    }
    assert "Set-Cookie" not in app.test_client().get("/help").headers
