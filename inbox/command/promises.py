"""`tregua sla`: what is promised, when we are open, and what another promise would have meant."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Mailbox, calendars, clock, sla
from cases.case import Case
from cases.db import reading, transaction
from cases.hours import BadHours, NeverOpen
from cases.language import gettext as _
from cases.language import say_number
from cases.promises import preview
from cases.retelling import retold
from cases.sla import book as books
from cases.sla import spans, words
from cases.sla.book import BadPolicy, Scope
from cases.sla.clocks import clocks
from cases.sla.moments import moments
from cases.sla.policy import Pause, Policy, Target
from cases.sla.spans import NoSpan

Command = Callable[..., None]


class Time(click.ParamType[timedelta]):
    """Business time, such as 4h, 90m or 1h30m."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            found = spans.read(value)
        except NoSpan:
            found = None
        if found is None:
            self.fail(_("{value} is no time; write e.g. 4h or 90m", value=value), param, ctx)
        return found


def promising(command: Command) -> Command:
    """The options that say what is promised, and to whom."""
    for target in Target:
        name = target.value.replace("_", "-")
        command = click.option(f"--{name}", target.value, type=Time())(command)
    for option in (
        click.option("--calendar", default=books.DEFAULT, show_default=True),
        click.option("--mailbox", default="", help=_("Only mail to that address of ours.")),
        click.option("--type", "type_", default="", help=_("Only that type or branch.")),
        click.option("--tier", default="", help=_("Only customers of that tier.")),
    ):
        command = option(command)
    return command


@click.group("sla", help=_("What is promised, and what another promise would have meant."))
def group() -> None:
    """The commands about promises."""


@group.command("show", help=_("All promises and calendars that hold now."))
def show() -> None:
    with transaction() as session:
        book = books.kept_up(session)
        for row in {row.name: row for row in book.policies}.values():
            if not row.retired:
                click.echo(_policy_line(session, row))
        for name in {row.name: None for row in book.calendars}:
            click.echo(_calendar_line(name, book))


def _policy_line(session: Session, row: books.SlaPolicy) -> str:
    policy = row.value()
    times = [
        f"{words.target_name(target)} {words.say_span(owed)}"
        for target in Target
        if (owed := policy.of(target)) is not None
    ]
    box = session.get(Mailbox, row.mailbox_id) if row.mailbox_id is not None else None
    scope = " ".join(filter(None, (box.address if box else "", row.type, row.tier)))
    return f"{row.name} v{row.version}  {scope or _('for all')}  ·  {', '.join(times) or '–'}"


def _calendar_line(name: str, book: books.Book) -> str:
    row = book.calendar_row(name, clock.now())
    if row is None:
        return name
    days = " ".join(f"{day}={said}" for day, said in sorted(row.days.items()))
    place = f"{row.country} {row.region}".strip()
    return f"{name} v{row.version}  {row.zone}  {row.opening_hours}  {place}  {days}".rstrip()


@group.command("preview", help=_("What a promise would have made of the last days."))
@promising
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True)
def preview_it(days: int, calendar: str, mailbox: str, type_: str, tier: str, **times: Any) -> None:
    now = clock.now()
    with reading() as session:
        scope = Scope(_mailbox_id(session, mailbox), type_, tier)
        hours = books.read(session).calendar(calendar, now)
        since = now - timedelta(days=days)
        found = preview.over(session, Policy(**times), hours, scope, since=since, now=now)
    click.echo(_("{number} cases in {days} days", number=say_number(found.cases), days=days))
    for target in Target:
        click.echo(_outcome_line(target, found))
    if found.newly_broken:
        late = ", ".join(map(str, found.newly_broken))
        click.echo(_("Would have been late and was not: {cases}", cases=late))


def _outcome_line(target: Target, found: preview.Preview) -> str:
    return _(
        "{name}: {kept} kept, {broken} broken; as promised now {kept_now} and {broken_now}",
        name=words.target_name(target),
        kept=found.then.kept[target],
        broken=found.then.broken[target],
        kept_now=found.now.kept[target],
        broken_now=found.now.broken[target],
    )


@group.command("promise", help=_("Promise this to cases that open from now on."))
@click.argument("name")
@promising
@click.option("--warn-at", type=click.FloatRange(0.05, 1), default=0.75, show_default=True)
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    type=click.Choice([one.value for one in Pause]),
    default=[Pause.WAITING.value],
    help=_("Its clocks stand while a case waits for the customer, or is laid aside."),
)
@click.option("--retire", is_flag=True, help=_("Promise it no longer."))
def promise(
    name: str,
    calendar: str,
    mailbox: str,
    type_: str,
    tier: str,
    warn_at: float,
    pauses: tuple[str, ...],
    retire: bool,
    **times: timedelta | None,
) -> None:
    with transaction() as session:
        values: dict[str, Any] = {
            key: int(owed.total_seconds()) if owed is not None else None
            for key, owed in times.items()
        }
        values |= {"mailbox_id": _mailbox_id(session, mailbox), "type": type_, "tier": tier}
        values |= {"pauses": " ".join(sorted(set(pauses)))}
        values |= {"calendar": calendar, "warn_at": warn_at, "retired": retire, "by": "tregua sla"}
        try:
            made = books.publish(session, name, values, at=clock.now())
        except BadPolicy as wrong:
            raise click.UsageError(retold(str(wrong))) from wrong
    said = _(
        "{name} is now version {version}; older cases keep theirs", name=name, version=made.version
    )
    click.echo(said)


def _mailbox_id(session: Session, address: str) -> int | None:
    if not address:
        return None
    found = session.scalar(select(Mailbox.id).where(Mailbox.address == address.lower()))
    if found is None:
        raise click.UsageError(_("there is no mailbox {address}", address=address))
    return found


@group.command("hours", help=_("When we are open, for cases that open from now on."))
@click.argument("name", default=books.DEFAULT)
@click.option("--open", "opening_hours", help=_('Such as "mon-fri 09:00-14:00 16:00-19:00".'))
@click.option("--zone", help=_("Such as Europe/Madrid."))
@click.option("--country", help=_("Whose holidays are kept, such as ES."))
@click.option("--region", help=_("Such as MD."))
@click.option("--day", "days", multiple=True, help=_("2026-12-24=closed, =open or =10:00-13:00."))
def hours(name: str, days: tuple[str, ...], **said: str | None) -> None:
    values: dict[str, Any] = {key: text for key, text in said.items() if text is not None}
    with transaction() as session:
        books.kept_up(session)
        before = calendars.newest(session, name) or calendars.newest(session, books.DEFAULT)
        if before is not None:
            values = calendars.as_values(before) | values
        own = (day.partition("=") for day in days)
        values["days"] = values.get("days", {}) | {day: text for day, _equals, text in own}
        try:
            calendars.publish(session, name, values | {"by": "tregua sla"}, at=clock.now())
        except (BadHours, NeverOpen) as wrong:
            raise click.UsageError(retold(str(wrong))) from wrong
        books.forget(session)
        click.echo(_calendar_line(name, books.read(session)))


@group.command("explain", help=_("How the dues of a case came about."))
@click.argument("case_id", type=int)
def explain(case_id: int) -> None:
    with reading() as session:
        case = session.get(Case, case_id)
        if case is None:
            raise click.UsageError(_("there is no case {number}", number=case_id))
        told = moments(case.events)
        if not told:
            raise click.UsageError(_("case {number} owes nothing", number=case_id))
        policy, calendar = sla.promised(case, case.policy_id, told, books.read(session))
        for one in clocks(told, policy, calendar).running:
            click.echo(f"{words.target_name(one.target)}: {words.explain(one)}")
