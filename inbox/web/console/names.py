"""What the console calls things: classes, groups, decisions, states, and failures of lists."""

from babel.numbers import format_decimal, format_percent

from cases.capacity.load import Verdict
from cases.exclusions.gates import Going, Status
from cases.exclusions.matrix import Action, CampaignClass
from cases.exclusions.reasons import Group
from cases.exclusions.spellings import Match
from cases.language import current
from cases.language import gettext as _
from inbox.passage import Outcome
from inbox.web.chips import Chip
from inbox.web.console.lists import reading
from inbox.web.console.lists.rows import State


def campaign_class(value: CampaignClass) -> str:
    return {
        CampaignClass.PROMOTIONAL: _("Promotion"),
        CampaignClass.NEWSLETTER: _("Newsletter"),
        CampaignClass.DRIP: _("Series of mails"),
        CampaignClass.SURVEY: _("Survey"),
        CampaignClass.COLLECTIONS: _("Demand for payment"),
        CampaignClass.SERVICE_NOTICE: _("Service notice"),
        CampaignClass.TRANSACTIONAL: _("Transactional mail"),
        CampaignClass.SAFETY_LEGAL: _("Safety and law"),
    }[value]


def group(value: str) -> str:
    return {
        Group.CARE: _("Customer care"),
        Group.CONSENT: _("Consent"),
        Group.DELIVERABILITY: _("Address"),
        Group.PRESSURE: _("Too many mails"),
        Group.APPROVAL: _("Needs approval"),
    }[Group(value)]


def group_hint(value: str) -> str:
    return {
        Group.CARE: _("Something is going on with them"),
        Group.CONSENT: _("They do not want it"),
        Group.DELIVERABILITY: _("Mail does not arrive"),
        Group.PRESSURE: _("They have had enough for now"),
        Group.APPROVAL: _("Somebody has to look first"),
    }[Group(value)]


def action(value: Action) -> str:
    return {
        Action.ALLOW: _("May be sent"),
        Action.REVIEW: _("After a look"),
        Action.EXCLUDE: _("Held back"),
    }[value]


def decision(value: Going | None) -> Chip:
    known = {
        Going.GO: Chip("circle-check", _("Go"), "ok"),
        Going.REVIEW: Chip("eye", _("Go, without those to be looked at"), "warn"),
        Going.WAVES: Chip("layers", _("In waves"), "warn"),
        Going.NO_GO: Chip("pause", _("Wait"), "danger"),
    }
    return known[value] if value is not None else Chip("hourglass", _("Not asked yet"), "quiet")


def outcome(value: Outcome) -> str:
    """What became of people at the gate, above their number."""
    return {
        Outcome.PASSED: _("Got it"),
        Outcome.DROPPED: _("Held back"),
        Outcome.PARKED: _("Waiting"),
        Outcome.EXPIRED: _("Waited too long"),
        Outcome.REFUSED: _("Cannot be delivered"),
    }[value]


def verdict(value: Verdict) -> Chip:
    return {
        Verdict.GO: Chip("circle-check", _("Go"), "ok"),
        Verdict.WAVES: Chip("layers", _("In waves"), "warn"),
        Verdict.NO_GO: Chip("pause", _("Wait"), "danger"),
        Verdict.UNKNOWN: Chip("hourglass", _("Not enough data yet"), ""),
    }[value]


def status(value: Status) -> Chip:
    return {
        Status.OPEN: Chip("hourglass", _("Being brought"), "quiet"),
        Status.SEALED: Chip("check", _("Answered"), ""),
        Status.HONOURED: Chip("circle-check", _("Sent as allowed"), "ok"),
        Status.UNASKED: Chip("triangle-alert", _("Sent around the truce"), "danger"),
        Status.UNREPORTED: Chip("circle-help", _("Nobody said what was sent"), "warn"),
    }[value]


def list_state(value: State) -> Chip:
    return {
        State.WAITING: Chip("hourglass", _("Waits its turn"), ""),
        State.WORKING: Chip("rotate-cw", _("Being read"), ""),
        State.READY: Chip("circle-check", _("Ready"), "ok"),
        State.FAILED: Chip("triangle-alert", _("Cannot be read"), "danger"),
        State.SENT: Chip("send", _("Sent"), "ok"),
        State.FORGOTTEN: Chip("x", _("Deleted"), "quiet"),
    }[value]


def unreadable(why: str) -> str:
    return {
        reading.NO_ADDRESSES: _(
            "No column with e-mail addresses was found. Export the list as CSV with one person"
            " in each line, and try again."
        ),
        reading.OPEN_QUOTE: _(
            "A quotation mark is opened and never closed. Export the list again as CSV."
        ),
        reading.WORKBOOK: _(
            "This is no Excel workbook that can be read here (.xlsx without a password). Save the"
            " list as CSV, and try again."
        ),
        reading.EMPTY: _("The list is empty."),
    }.get(why, _("The list cannot be read."))


def encoding(value: str) -> str:
    known = {"cp1252": "Latin-1 (Windows)", "utf-8": "UTF-8", "utf-8-sig": "UTF-8"}
    return known.get(value, "UTF-16")


def separator(value: str) -> str:
    return {";": _("semicolon"), ",": _("comma"), "\t": _("tab"), "|": "|"}.get(value, _("none"))


def matching(value: str) -> str:
    """Which addresses were taken for one person."""
    return _("other spellings too") if value == Match.LOOSE else _("as they are written")


def touch(kind: str) -> str:
    """What a mail or talk that weighs on people is called."""
    others = {
        "talk": _("Call or meeting"),
        "agent": _("Mail of an agent"),
        "bot": _("Automatic mail"),
    }
    return others[kind] if kind in others else campaign_class(CampaignClass(kind))


def tenths(value: float) -> str:
    """A number with one decimal, as it is written in that language."""
    return str(format_decimal(value, "#,##0.0", locale=current()))


def share(value: float) -> str:
    """A part of a whole in per cent."""
    return str(format_percent(value, "#,##0.# %", locale=current()))
