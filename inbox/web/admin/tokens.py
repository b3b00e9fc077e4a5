"""The keys of programs: what each may do and when it last did; made, renewed and revoked."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox import tokens
from inbox.tokens import Limits, Scope, Token
from inbox.web import notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.console.frame import HARD, SOFT
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("tokens", __name__, url_prefix="/admin/tokens")
LONGEST_NAME = 80
DAYS = ("30", "90", "365", "")
"""After how many days a token ends; the last choice is never."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is shown once and never again."""

    name: str
    text: str
    key: str


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All tokens, the revoked ones last."""
    with reading() as session:
        return _shown(session)


def _shown(
    session: Session, *, fresh: Fresh | None = None, refusal: str = "", status: int = 200
) -> Response:
    order, at = (Token.revoked_at.is_not(None), Token.name, Token.id), url_for("tokens.page")
    return show(
        session,
        "admin/tokens.html",
        title=_("API tokens"),
        status=status,
        tokens=paging.page(session, _asked(), order, lambda row: row[0], at=at),
        asked=paging.asked("q", "state"),
        scopes=[(one, means(one)) for one in Scope],
        days=DAYS,
        fresh=fresh,
        refusal=refusal,
        typed=request.form,
        soft=SOFT,
        hard=HARD,
        notice=notices.from_address(),
    )


def _asked() -> Select[Token]:
    """The tokens that the filters let through."""
    said, query, now = paging.asked("q", "state"), select(Token), clock.now()
    if "q" in said:
        query = query.where(Token.name.icontains(said["q"], autoescape=True))
    ended = Token.expires_at.is_not(None) & (Token.expires_at <= now)
    states = {
        "works": Token.revoked_at.is_(None) & ~ended,
        "expired": Token.revoked_at.is_(None) & ended,
        "revoked": Token.revoked_at.is_not(None),
    }
    chosen = states.get(said.get("state", ""))
    return query if chosen is None else query.where(chosen)


def means(scope: Scope) -> str:
    """What a token with that scope may do, in words."""
    return {
        Scope.FEED_READ: _("take the list of who is on truce, and what changes in it"),
        Scope.FEED_GROUPS: _("see in it how urgent each is and which group it belongs to"),
        Scope.FEED_REASONS: _("see in it why somebody is on truce"),
        Scope.FEED_RAW: _("see in it addresses in clear, not only their hashes"),
        Scope.CHECK: _("ask about addresses before sending, a thousand a day"),
        Scope.GATE: _("ask about whole audiences and get receipts, without a limit"),
        Scope.TOUCHES_WRITE: _("tell what was sent, opened and clicked"),
        Scope.SUPPRESSIONS_WRITE: _("tell who unsubscribed or bounced elsewhere"),
        Scope.WEBHOOKS: _("be called when something changes"),
        Scope.LOAD_READ: _("see how busy the agents are, to choose the hour of a campaign"),
        Scope.RECEIPTS_READ: _("read receipts of earlier questions"),
        Scope.BOT_READ: _("read the cases a bot is asked about"),
        Scope.BOT_PROPOSE: _("propose answers, which rules and people judge"),
        Scope.BOT_NOTE: _("write notes that customers do not see"),
        Scope.CONTACTS_WRITE: _("tell facts about customers"),
        Scope.ORDERS_WRITE: _("tell orders and where they are"),
        Scope.METRICS_READ: _("read how the installation stands, for its monitoring"),
    }[scope]


@pages.post("")
@allow(Policy.ADMIN)
def issue() -> AnyResponse:
    """A new token. This answer is the only place where its secret stands."""
    name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
    wanted, days = request.form.getlist("scope"), request.form.get("days", "")
    with transaction() as session:
        if not name or not wanted or not frozenset(wanted) <= frozenset(Scope) or days not in DAYS:
            said = _("A token needs a name and at least one thing it may do.")
            return _shown(session, refusal=said, status=422)
        ends = clock.now() + timedelta(days=int(days)) if days else None
        scopes = frozenset(map(Scope, wanted))
        text = tokens.issue(session, name, scopes, Limits(expires_at=ends))
        session.flush()
        made = _named(session, text.split("_")[1])
        _note(session, "token.issued", made, scopes=made.scopes, days=days)
        return _shown(session, fresh=Fresh(made.name, text, made.hash_key))


def _named(session: Session, prefix: str) -> Token:
    return session.scalars(select(Token).where(Token.prefix == prefix)).one()


def _note(session: Session, what: str, token: Token, **data: object) -> None:
    about = f"{token.name} ({token.prefix})"
    audit.note(session, by=agent().address, what=what, about=about, **data)


@pages.post("/<int:number>/rotation")
@allow(Policy.ADMIN)
def rotate(number: int) -> AnyResponse:
    """Another secret; the one of before works for a week more."""
    with transaction() as session:
        token = _living(session, number)
        text = tokens.rotate(token)
        _note(session, "token.rotated", token)
        return _shown(session, fresh=Fresh(token.name, text, token.hash_key))


@pages.post("/<int:number>/revocation")
@allow(Policy.ADMIN)
def revoke(number: int) -> AnyResponse:
    """It works no longer, from this moment."""
    with transaction() as session:
        token = _living(session, number)
        token.revoked_at = clock.now()
        _note(session, "token.revoked", token)
    return redirect(url_for("tokens.page", done=f"saved.{number}"), 303)


def _living(session: Session, number: int) -> Token:
    token = session.get_one(Token, number)
    return token if token.revoked_at is None else abort(409)
