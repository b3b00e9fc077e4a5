"""The card of what the truce held back: for which reasons, and how much of what was to be sent."""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.exclusions.reasons import Group
from cases.language import gettext as _
from cases.reporting import holding
from cases.reporting.scope import Scope
from inbox.web.console import names
from inbox.web.reports.card import Card
from inbox.web.reports.parts import counted, part


def kept_back(session: Session, scope: Scope, _now: datetime) -> Card:
    """Mails of marketing that were not sent since somebody asked before."""
    now, before = holding.held_back(session, scope)
    most = max(now.groups.values(), default=1)
    return Card(
        "kept_back",
        _("Held back by the truce"),
        _(
            "Of the audiences that senders asked about in the span: to whom no mail went, by what "
            "held them back. Who asks again about the same people asks once; all senders, "
            "whatever is chosen above."
        ),
        _("Nobody asked about an audience in this span."),
        (_("Reason"), _("People"), _("before")),
        [(names.group(group), now.groups[group], before.groups[group]) for group in Group]
        if now.audiences
        else [],
        [
            counted(now.held, before.held, _("mails held back")),
            part(
                now.held, now.asked, _("of all that were to be sent"), (before.held, before.asked)
            ),
            counted(now.audiences, before.audiences, _("audiences asked about")),
        ],
        bars=[now.groups[group] / most for group in Group],
    )
