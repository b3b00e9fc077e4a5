"""What the classifiers are worth: figures, drawings, versions, and the way back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import queues
from cases.correcting import taught
from cases.correcting.training_words import reason
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.settings import settings
from classifiers import places, taxonomy, versions
from inbox.web import notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import plots
from inbox.web.fragments import show
from inbox.web.shares import percent

pages = Pages("evaluation", __name__, url_prefix="/admin/classifiers")


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """The model in use and those before it."""
    with reading() as session:
        known = versions.listed(settings().data)
        used = next(one for one in known if one.in_use)
        figures = _figures(used.worth)
        latest = versions.latest(settings().data)
        return show(
            session,
            "admin/classifiers.html",
            title=_("Classifiers"),
            used=used,
            known=known,
            worth=used.worth,
            figures=figures,
            drawn=_drawn(figures),
            degraded=not places.encoder_is_there(),
            corrections=taught.count(session),
            latest=latest,
            outcome=reason(str(latest.get("reason", ""))),
            latest_at=datetime.fromisoformat(latest["at"]) if "at" in latest else None,
            mistakes=plots.mistakes(figures.get("confusion", {})),
            leaves=taxonomy.leaves(),
            plots=plots,
            percent=percent,
            notice=notices.from_address(),
        )


def _figures(worth: Mapping[str, Any]) -> dict[str, Any]:
    """Those on the frozen texts; without any, those on texts that were left out in training."""
    found = worth.get("frozen") or worth.get("left_out") or {}
    return dict(found)


def _drawn(figures: Mapping[str, Any]) -> dict[str, Any]:
    curve = figures.get("curve", [])
    return {
        "confusion": plots.confusion(figures.get("confusion", {}), taxonomy.codes()),
        "calibration": plots.calibration(figures.get("calibration", [])),
        "share": plots.line(curve, "share"),
        "fine": plots.line(curve, "fine"),
    }


@pages.get("/figures.json")
@allow(Policy.OPERATIONS)
def figures() -> Response:
    """The same for programs."""
    with reading() as session:
        return jsonify(_told(session))


def _told(session: Session) -> dict[str, Any]:
    known = versions.listed(settings().data)
    used = next(one for one in known if one.in_use)
    return {
        "model": {"name": used.name, **used.about},
        "degraded": not places.encoder_is_there(),
        "figures": _figures(used.worth),
        "texts_per_s": used.worth.get("texts_per_s"),
        "corrections": taught.count(session),
        "latest_training": versions.latest(settings().data),
        "versions": [{"name": one.name, "in_use": one.in_use, **one.about} for one in known],
        "taxonomy": taxonomy.version(),
    }


@pages.post("/model")
@allow(Policy.ADMIN)
def choose() -> AnyResponse:
    """Use that version from now on."""
    try:
        versions.use(settings().data, request.form.get("name", ""))
    except versions.NoSuchVersion:
        return redirect(url_for("evaluation.page", done="gone.0"), 303)
    return redirect(url_for("evaluation.page", done="saved.0"), 303)


@pages.post("/return")
@allow(Policy.ADMIN)
def back() -> AnyResponse:
    """Use what was used before."""
    try:
        versions.back(settings().data)
    except (versions.NothingBefore, versions.NoSuchVersion):
        return redirect(url_for("evaluation.page", done="gone.0"), 303)
    return redirect(url_for("evaluation.page", done="saved.0"), 303)


@pages.post("/training")
@allow(Policy.ADMIN)
def train() -> AnyResponse:
    """Learn anew now, in the process that tags."""
    with transaction() as session:
        queues.wake(session, queues.TAG, "inbox.intake.nightly.retrain")
    return redirect(url_for("evaluation.page", done="training.0"), 303)
