"""The pages that somebody may open, by name: for the commands, small screens, and the settings."""

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
    about: str = ""
    """What is found or decided there, in a sentence."""


def places(agent: Agent) -> list[Place]:
    """Those that the agent may open."""
    running = (one for group in settings(agent).values() for one in group)
    return [*_open(_daily(), agent), *running]


def settings(agent: Agent) -> dict[str, list[Place]]:
    """The pages behind the settings that the agent may open, by what they are about."""
    groups = {
        _("People and programs"): _people(),
        _("Mail"): _mail(),
        _("Promises"): _promises(),
        _("Meaning"): _meaning(),
        _("Bots"): _bots(),
        _("Truce"): _truce(),
        _("Running it"): _running(),
    }
    return {name: some for name, group in groups.items() if (some := _open(group, agent))}


def _open(group: tuple[Place, ...], agent: Agent) -> list[Place]:
    return [one for one in group if may(agent, one.policy)]


def _daily() -> tuple[Place, ...]:
    return (
        Place("search", _("Search"), "/search", Policy.CASES),
        Place("mail-plus", _("New message"), "/messages/new", Policy.CASES),
        Place("users", _("Customers"), "/contacts", Policy.CASES),
        Place("list-filter", _("All views"), "/views", Policy.CASES),
        Place("circle-pause", _("On truce"), "/exclusions", Policy.SIGNED_IN),
        Place("send", _("Marketing"), "/console", Policy.CONSOLE),
        Place("megaphone", _("Incidents"), "/incidents", Policy.CASES),
        Place("phone", _("Log a call"), "/calls", Policy.CASES),
        Place("triangle-alert", _("Problems"), "/failures", Policy.CASES),
        Place("bell", _("Notifications"), "/notifications", Policy.CASES),
        Place("user", _("My profile"), "/profile", Policy.SIGNED_IN),
        Place("keyboard", _("Keys and habits"), "/preferences/keys", Policy.SIGNED_IN),
        Place("chart-column", _("Reports"), "/reports", Policy.OPERATIONS),
        Place("settings", _("Settings"), "/admin", Policy.OPERATIONS),
    )


def _people() -> tuple[Place, ...]:
    return (
        Place(
            *("users", _("Users"), "/admin/users", Policy.OPERATIONS),
            _("Who may sign in, as what, and who needs two steps for it."),
        ),
        Place(
            *("code", _("API tokens"), "/admin/tokens", Policy.OPERATIONS),
            _("The keys of programs: what each may do, and when it last did."),
        ),
        Place(
            *("user", _("Data quality"), "/quality", Policy.ADMIN),
            _("People who are known twice, and what a program told wrongly."),
        ),
    )


def _mail() -> tuple[Place, ...]:
    return (
        Place(
            *("mails", _("Mailboxes"), "/admin/mailboxes", Policy.OPERATIONS),
            _("Which mailboxes are read and sent from, and how that goes."),
        ),
        Place(
            *("hourglass", _("How long it is kept"), "/admin/retention", Policy.OPERATIONS),
            _("After how many days words and names leave closed cases."),
        ),
    )


def _promises() -> tuple[Place, ...]:
    return (
        Place(
            *("clock", _("Promises"), "/admin/promises", Policy.OPERATIONS),
            _("How soon customers get an answer and a solution."),
        ),
        Place(
            *("sun", _("Business hours"), "/admin/calendars", Policy.OPERATIONS),
            _("When you work, and which days are holidays."),
        ),
    )


def _meaning() -> tuple[Place, ...]:
    return (
        Place(
            *("tag", _("Types"), "/admin/taxonomy", Policy.OPERATIONS),
            _("What cases can be about, in both languages."),
        ),
        Place(
            *("layers", _("Classifiers"), "/admin/classifiers", Policy.OPERATIONS),
            _("How well mails are understood, and what was learnt from corrections."),
        ),
    )


def _bots() -> tuple[Place, ...]:
    return (
        Place(
            *("bot", _("Rules of bots"), "/admin/rules", Policy.OPERATIONS),
            _("When a bot writes, and when it keeps silent."),
        ),
        Place(
            *("file-text", _("Templates"), "/admin/templates", Policy.OPERATIONS),
            _("The words of every automatic mail, Spanish beside English."),
        ),
        Place(
            *("circle-help", _("Articles"), "/admin/articles", Policy.OPERATIONS),
            _("The help that suggestions quote and customers read."),
        ),
        Place(
            *("pause", _("Switches"), "/admin/switches", Policy.OPERATIONS),
            _("Silence one kind of mail, or all bots, at once."),
        ),
        Place(
            *("zap", _("Outside bots"), "/admin/bots", Policy.OPERATIONS),
            _("Bots of others that propose answers, and what they may do."),
        ),
        Place(
            *("eye", _("Simulator"), "/admin/simulator", Policy.OPERATIONS),
            _("What a rule would have sent over the last days, before it is switched on."),
        ),
    )


def _truce() -> tuple[Place, ...]:
    return (
        Place(
            *("circle-pause", _("Reasons for a truce"), "/admin/reasons", Policy.OPERATIONS),
            _("Which reason holds back which campaign, and for how long."),
        ),
        Place(
            *("megaphone", _("Topics"), "/admin/topics", Policy.OPERATIONS),
            _("What people can want to be written about, or not."),
        ),
        Place(
            *("send", _("Integrations"), "/console/integrations", Policy.CONSOLE),
            _("How fresh the copies of marketing are, and what was told to webhooks."),
        ),
    )


def _running() -> tuple[Place, ...]:
    return (
        Place(
            *("list-checks", _("Queues"), "/admin/queues", Policy.OPERATIONS),
            _("What waits, what failed, and whether everything is there."),
        ),
        Place(
            *("bell", _("Alarms"), "/admin/alarms", Policy.OPERATIONS),
            _("What is wrong now, and who is told of it."),
        ),
        Place(
            *("archive", _("Audit log"), "/admin/audit", Policy.OPERATIONS),
            _("Who changed what, in a chain that shows if a line was touched."),
        ),
        Place(
            *("circle-check", _("First steps"), "/admin/steps", Policy.ADMIN),
            _("What a new installation still needs, and its example data."),
        ),
    )
