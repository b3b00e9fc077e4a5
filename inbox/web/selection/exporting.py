"""Cases as a table for a spreadsheet, where no cell can be taken for a formula."""

import csv
import io
from collections.abc import Iterable

from cases.language import gettext as _
from inbox.web import words
from inbox.web.cells import safe
from inbox.web.listed import Line


def table(cases: Iterable[Line]) -> str:
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
    for line in cases:
        lines.writerow([safe(cell) for cell in _cells(line)])
    return written.getvalue()


def _cells(line: Line) -> list[str]:
    case, agent = line.case, line.assignee
    times = (case.opened_at, case.last_at, case.due_at)
    return [
        *(str(case.id), words.subject(case), line.who, line.address or ""),
        *(words.state(case.state), agent.name if agent else "", words.type_name(case.type)),
        words.mood(case.sentiment, case.anger),
        *(at.isoformat(timespec="seconds") if at else "" for at in times),
    ]
