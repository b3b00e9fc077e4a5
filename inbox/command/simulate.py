"""`tregua simulate`: what would become of the mails of an mbox; nothing is sent or kept."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot import policy, situation
from bot import rules as own_rules
from bot.rules import Rule
from cases import clock, filing
from cases.case import Case
from cases.contact import normalised
from cases.db import scratch
from cases.filing.arrival import Arrival
from cases.language import gettext as _
from cases.mail import Mail
from cases.merging import final
from inbox.intake.jail import Unreadable, parse_safely
from inbox.intake.known import BadRules, BotRule, Known, read_bot_rules
from inbox.intake.mbox import read_mbox
from inbox.intake.stubs import stub

BATCH = 200


@click.command(help=_("Replay an mbox through origin, threading and policy in a scratch database."))
@click.option("--mbox", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--own", multiple=True, help=_("An address of ours; may be repeated."))
@click.option("--authserv", multiple=True, help=_("A server whose verdicts are trusted."))
@click.option("--rules", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trust", type=click.Choice(["all"]), help=_("all: every sender takes part."))
@click.option("--jsonl", "as_json", is_flag=True, help=_("One JSON object a mail."))
def simulate(
    mbox: Path,
    own: tuple[str, ...],
    authserv: tuple[str, ...],
    rules: Path | None,
    trust: str | None,
    as_json: bool,
) -> None:
    known = _known(own, authserv, rules)
    believed = filing.Policy(trust == "all", servers_vouch=bool(authserv), own=known.own)
    with scratch() as session:
        for row in replay(session, mbox, known, believed, _own_rules(rules)):
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else _as_line(row))


def _known(own: tuple[str, ...], authserv: tuple[str, ...], rules: Path | None) -> Known:
    return Known(
        own=frozenset(address.lower() for address in own),
        authserv_ids=frozenset(server.lower() for server in authserv),
        bots=_bots(rules) if rules else (),
    )


def _bots(file: Path) -> tuple[BotRule, ...]:
    try:
        return read_bot_rules(file)
    except BadRules as wrong:
        raise click.UsageError(str(wrong)) from wrong


def _own_rules(file: Path | None) -> tuple[Rule, ...]:
    """The admin's own rules; they may stand in one file with the bots'."""
    try:
        return own_rules.read(file) if file else ()
    except own_rules.BadRule as wrong:
        raise click.UsageError(str(wrong)) from wrong


def _as_line(row: dict[str, object]) -> str:
    return f"{row['n']:>5}  {row['case']:>5}  {row['decision']:<8} {row['rule']} · {row['reason']}"


def replay(
    session: Session,
    mbox: Path,
    known: Known,
    believed: filing.Policy,
    rules: tuple[Rule, ...] = (),
) -> Iterator[dict[str, object]]:
    """One row a mail, in the order of the file, with the case that it ends in.

    A later mail may show that two cases are one, so rows are given when all are filed.
    """
    rows: list[tuple[dict[str, object], Case]] = []
    with mbox.open("rb") as lines:
        numbered = enumerate(read_mbox(lines))
        sent = _SentSoFar()
        while batch := list(islice(numbered, BATCH)):
            arrivals = [Arrival(mail, _when(mail)) for mail in _opened(batch, known)]
            filed = filing.file_all(session, arrivals, believed)
            for (n, _content), arrival, one in zip(batch, arrivals, filed, strict=True):
                rows.append((_row(n, arrival, one, sent, rules), one.case))
    for row, case in rows:
        yield row | {"case": str(final(session, case).id)}


def _opened(batch: Iterable[tuple[int, bytes]], known: Known) -> Iterator[Mail]:
    contents = dict(batch)
    for n, mail in parse_safely(contents.items(), known):
        yield stub(contents[n], mail.reason) if isinstance(mail, Unreadable) else mail


def _when(mail: Mail) -> datetime:
    """A mailbox file knows no arrival, so the Date header stands in, unless it is in the future."""
    now = clock.now()
    return min(mail.sent_at, now) if mail.sent_at is not None else now


class _SentSoFar:
    """The replies that would have left, for the limits by address, domain and words."""

    def __init__(self) -> None:
        self._sent: dict[str, list[tuple[str, datetime, str]]] = defaultdict(list)

    def before(self, address: str, at: datetime) -> situation.Sent:
        """What that address, its domain and all with the same words got until then."""
        address = normalised(address)
        day, hour = at - timedelta(hours=24), at - timedelta(hours=1)
        sent = situation.Sent()
        for to, when, said in self._sent[situation.domain_of(address)]:
            sent.to_address[to] += day < when <= at
            if hour < when <= at:
                sent.to_domain[situation.domain_of(to)] += 1
                sent.note(situation.domain_of(to), said)
        return sent

    def add(self, address: str, at: datetime, said: str) -> None:
        """One more would have left."""
        address = normalised(address)
        self._sent[situation.domain_of(address)].append((address, at, said))


def _row(
    n: int, arrival: Arrival, filed: filing.Filed, sent: _SentSoFar, rules: tuple[Rule, ...]
) -> dict[str, object]:
    sender = arrival.mail.sender.address
    about = situation.of(arrival, filed, sent.before(sender, arrival.at), arrival.at)
    decision = policy.decide(about, rules)
    replies = isinstance(decision, policy.Reply)
    if replies:
        sent.add(sender, arrival.at, filed.case.snippet)
    return {
        "n": n,
        "message_id": arrival.mail.message_id,
        "case": str(filed.case.id),
        "rule": filed.rule,
        "decision": "reply" if replies else "silence",
        "reason": decision.reason,
    }
