"""Setting up the second proof of the sign-in: the secret, the first code, the codes on paper."""

from flask import Response, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock
from cases.agent import second_factor, signed_in_by, totp
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.signin import guesses, sessions, square_code
from inbox.web.who import agent

pages = Pages("second_factor", __name__, url_prefix="/profile/second-factor")


@pages.get("")
@allow(Policy.SIGNED_IN)
def page() -> Response:
    """The secret of an authenticator to be, or what there is already."""
    with reading() as session:
        return _shown(session, second_factor.begun(session, agent().id))


@pages.post("/beginning")
@allow(Policy.SIGNED_IN)
def begin() -> AnyResponse:
    """Make the secret, which counts for nothing before the first code fits."""
    with transaction() as session:
        if second_factor.of(session, agent().id) is None:
            second_factor.begin(session, agent().id, at=clock.now())
    return redirect(url_for("second_factor.page"), 303)


def _shown(
    session: Session,
    begun: second_factor.SecondFactor | None,
    *,
    refusal: str = "",
    paper: list[str] | None = None,
    status: int = 200,
) -> Response:
    secret = begun.secret() if begun is not None else ""
    link = totp.address(secret, who=agent().address, issuer=second_factor.ISSUER)
    return show(
        session,
        "profile/second_factor.html",
        title=_("Two-step sign-in"),
        status=status,
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        link=link,
        code=square_code.drawn(link, _("Square code for the authenticator")) if secret else "",
        factor=second_factor.of(session, agent().id),
        must=agent().role in second_factor.roles(session),
        paper=paper,
        refusal=refusal,
    )


@pages.post("")
@allow(Policy.SIGNED_IN)
def confirm() -> AnyResponse:
    """The first code of the authenticator: from now on it is asked for."""
    mine, code, place = agent(), request.form.get("code", ""), request.remote_addr or ""
    with transaction() as session:
        # Apart from what follows: who else signs in waits for the count, and not for a page.
        allowed = guesses.may_guess(session, f"second:{mine.address}", place, at=clock.now())
    with transaction() as session:
        if second_factor.of(session, mine.id) is not None:
            return redirect(url_for("second_factor.page"), 303)
        begun = second_factor.begin(session, mine.id, at=clock.now())
        if not allowed:
            said = _("Too many tries. Wait a quarter of an hour.")
            return _shown(session, begun, refusal=said, status=429)
        paper = second_factor.confirm(session, begun, code, at=clock.now())
        if paper is None:
            said = _("This code does not fit. Look whether the clock of the phone is right.")
            return _shown(session, begun, refusal=said, status=422)
        session.flush()
        guesses.forget(session, f"second:{mine.address}", place)
        sessions.follow_factor_rules(session)
        sessions.end_others(session, mine.id, g.secret)
        audit.note(session, by=mine.address, what="user.second_factor", about=mine.address)
        return _shown(session, None, paper=paper)


@pages.post("/paper")
@allow(Policy.SIGNED_IN)
def renew_paper() -> AnyResponse:
    """Other codes on paper, for who has lost them or used them up."""
    return _with_proof(renew=True)


@pages.post("/removal")
@allow(Policy.SIGNED_IN)
def remove() -> AnyResponse:
    """The password alone is enough again, where the role allows it."""
    return _with_proof(renew=False)


def _with_proof(*, renew: bool) -> AnyResponse:
    """What weakens the sign-in asks for the password again: a browser may be left alone."""
    mine, place = agent(), request.remote_addr or ""
    with transaction() as session:
        allowed = guesses.may_guess(session, mine.address, place, at=clock.now())
    with reading() as session:
        password = request.form.get("password", "")[:1000]
        known = allowed and signed_in_by(session, mine.address, password) is not None
    with transaction() as session:
        factor = second_factor.of(session, mine.id)
        if factor is None:
            return redirect(url_for("second_factor.page"), 303)
        if not known:
            said = _("This is not your current password.")
            return _shown(session, None, refusal=said, status=422)
        if renew:
            return _shown(session, None, paper=second_factor.renew_paper(factor))
        second_factor.take_away(session, mine.id)
        sessions.follow_factor_rules(session)
        audit.note(session, by=mine.address, what="user.second_factor_off", about=mine.address)
    return redirect(url_for("profile.page", done="saved.0"), 303)
