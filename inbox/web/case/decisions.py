"""The page of a case with all that bots decided in it, and everything they knew."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response

from bot.outlook import decisions
from cases.db import reading
from cases.language import gettext as _
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.visible import the_case

pages = Pages("decisions", __name__)
SHOWN, LONGEST = 100, 200


@pages.get("/cases/<int:case_id>/decisions")
@allow(Policy.CASES)
def page(case_id: int) -> Response:
    """The newest first."""
    with reading() as session:
        case = the_case(session, case_id)
        return show(
            session,
            "case/decisions.html",
            title=_("What bots decided"),
            case=case,
            decided=decisions.of_case(session, case.id, SHOWN),
            most=SHOWN,
            known=known,
        )


def known(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values as they were kept; those of a group stand under its name."""
    for name, value in sorted(inputs.items()):
        if isinstance(value, Mapping):
            yield from ((f"{name}.{part}", said) for part, said in known(value))
        else:
            yield name, _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", []):
        return "–"
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return said[:LONGEST]
