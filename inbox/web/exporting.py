"""Cases as a table for a spreadsheet, where no cell can be taken for a formula."""

import csv
import io
from collections.abc import Iterable

from cases.agent import Agent
from cases.case import Case
from cases.language import gettext as _
from inbox.web import rows, words
from inbox.web.cells import safe


def table(cases: Iterable[tuple[Case, Agent | None]]) -> str:
    """The cases, one a line, below what each column is."""
    written = io.StringIO()
    # With its mark at the front a spreadsheet reads the letters as they are.
    written.write("\ufeff")
    lines = csv.writer(written)
    lines.writerow(
        [
            *(_("Number"), _("Subject"), _("Customer"), _("Address"), _("State"), _("Assignee")),
            *(_("Type"), _("Mood"), _("Opened"), _("Last written"), _("Deadline")),
        ]
    )
    for case, agent in cases:
        lines.writerow([safe(cell) for cell in _cells(case, agent)])
    return written.getvalue()


def _cells(case: Case, agent: Agent | None) -> list[str]:
    times = (case.opened_at, case.last_at, case.due_at)
    return [
        *(str(case.id), words.subject(case), rows.called(case.contact), case.contact.address),
        *(words.state(case.state), agent.name if agent else "", words.type_name(case.type)),
        words.mood(case.sentiment, case.anger),
        *(at.isoformat(timespec="seconds") if at else "" for at in times),
    ]
