"""The pages that somebody may open, by name: for the commands, and for small screens."""

from dataclasses import dataclass

from cases.agent import Agent
from cases.language import gettext as _
from inbox.web.access import Policy, may


@dataclass(frozen=True, slots=True)
class Place:
    """A page and its name."""

    icon: str
    says: str
    href: str
    policy: Policy


def places(agent: Agent) -> list[Place]:
    """Those that the agent may open."""
    return [one for one in (*_daily(), *_running()) if may(agent, one.policy)]


def _daily() -> tuple[Place, ...]:
    return (
        Place("search", _("Search"), "/search", Policy.CASES),
        Place("layers", _("All views"), "/views", Policy.CASES),
        Place("circle-pause", _("On truce"), "/exclusions", Policy.SIGNED_IN),
        Place("send", _("Marketing"), "/console", Policy.CONSOLE),
        Place("megaphone", _("Incidents"), "/incidents", Policy.CASES),
        Place("sticky-note", _("Log a call"), "/calls", Policy.CASES),
        Place("triangle-alert", _("Problems"), "/failures", Policy.CASES),
        Place("bell", _("Notifications"), "/notifications", Policy.CASES),
        Place("keyboard", _("Keys and habits"), "/preferences/keys", Policy.SIGNED_IN),
    )


def _running() -> tuple[Place, ...]:
    return (
        Place("users", _("Users"), "/admin/users", Policy.OPERATIONS),
        Place("mails", _("Mailboxes"), "/admin/mailboxes", Policy.OPERATIONS),
        Place("user", _("Data quality"), "/quality", Policy.ADMIN),
        Place("tag", _("Types"), "/admin/taxonomy", Policy.OPERATIONS),
        Place("layers", _("Classifiers"), "/admin/classifiers", Policy.OPERATIONS),
        Place("bot", _("Bots"), "/admin/rules", Policy.OPERATIONS),
        Place("circle-pause", _("Reasons for a truce"), "/admin/reasons", Policy.OPERATIONS),
        Place("list-checks", _("Queues"), "/admin/queues", Policy.OPERATIONS),
        Place("clock", _("Promises"), "/admin/promises", Policy.OPERATIONS),
        Place("sun", _("Business hours"), "/admin/calendars", Policy.OPERATIONS),
        Place("tag", _("Topics"), "/admin/topics", Policy.OPERATIONS),
        Place("bell", _("Alarms"), "/admin/alarms", Policy.OPERATIONS),
    )
