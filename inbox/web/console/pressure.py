"""How much mail people have had of late, and how much is enough."""

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.db import reading
from cases.exclusions import refading
from cases.exclusions.policies import in_force
from cases.exclusions.pressing import holds_from, is_enforced, limits_of_all, usual
from cases.exclusions.touches import Pressure, together
from cases.language import gettext as _
from cases.pressure import WEIGHTS, Load, faded
from inbox.web.access import Pages, Policy, allow
from inbox.web.console import charts, names
from inbox.web.console.frame import shown
from inbox.web.console.limits import lines

pages = Pages("pressure", __name__, url_prefix="/console/pressure")
SAMPLE = 20_000
STEPS = 12


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """The distribution with the cap in it."""
    with reading() as session:
        policy = in_force(session)
        chosen, cap = policy.chosen, limits_of_all(policy, clock.now()).at(clock.now()).cap
        scores = _scores(session)
        step = max(cap / 6, 0.1)
        counts = [0] * STEPS
        for score in scores:
            counts[min(int(score / step), STEPS - 1)] += 1
        named = [_step(n, step) for n in range(STEPS)]
        return shown(
            session,
            "pressure",
            title=_("Pressure"),
            chosen=chosen,
            fading=refading.underway(session),
            cap=cap,
            limits=[one for one in lines(policy.ceilings, usual(policy)) if not one.is_over],
            start=holds_from(session),
            holds=is_enforced(session, clock.now()),
            people=len(scores),
            sampled=len(scores) == SAMPLE,
            table=list(zip(named, counts, strict=True)),
            chart=charts.bars(
                [
                    (
                        names.tenths(n * step),
                        count,
                        "warn" if n * step >= cap else "ok",
                    )
                    for n, count in enumerate(counts)
                ]
            ),
            over=sum(score >= cap for score in scores),
            proposed=_proposed(scores),
            weights=sorted(WEIGHTS.items(), key=lambda one: -one[1]),
        )


def _scores(session: Session) -> list[float]:
    """What weighs on people now, of the first so many: names say nothing about mail."""
    now, half_life = clock.now(), in_force(session).chosen.pressure_half_life
    columns = (Pressure.score, Pressure.at, Pressure.ours, Pressure.ours_at)
    rows = session.execute(
        select(*columns).order_by(Pressure.kind, Pressure.value).limit(SAMPLE)
    ).all()
    loads = (together(Load(row[0], row[1]), row[2], row[3], half_life) for row in rows)
    return [faded(load.score, now - load.at, half_life) for load in loads if load.at is not None]


def _step(n: int, step: float) -> str:
    if n == STEPS - 1:
        return _("{number} and more", number=names.tenths(n * step))
    return f"{names.tenths(n * step)} – {names.tenths((n + 1) * step)}"


def _proposed(scores: list[float]) -> float | None:
    """The cap that only one in twenty would meet; nothing is proposed from few people."""
    if len(scores) < STEPS * 10:
        return None
    return round(sorted(scores)[int(len(scores) * 0.95)], 1)
