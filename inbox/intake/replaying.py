"""Mails once more through origin, threading and policy, in a scratch database: nothing is sent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from bot import policy, situation
from bot.rules import Rule
from cases import clock, filing
from cases.case import Case
from cases.contact import normalised
from cases.filing.arrival import Arrival
from cases.mail import Mail
from cases.merging import final
from inbox.intake import circumstances
from inbox.intake.jail import Unreadable, parse_safely
from inbox.intake.known import Known
from inbox.intake.mbox import read_mbox
from inbox.intake.stubs import stub

BATCH = 200


def replay(
    session: Session,
    mbox: Path,
    known: Known,
    believed: filing.Belief,
    rules: tuple[Rule, ...] = (),
) -> Iterator[dict[str, object]]:
    """One row a mail, in the order of the file, with the case that it ends in.

    A later mail may show that two cases are one, so rows are given when all are filed.
    """
    rows: list[tuple[dict[str, object], Case]] = []
    with mbox.open("rb") as lines:
        numbered = enumerate(read_mbox(lines))
        sent = SentSoFar()
        while batch := list(islice(numbered, BATCH)):
            arrivals = [Arrival(mail, when(mail)) for mail in opened(batch, known)]
            arrivals = circumstances.consider(session, arrivals)
            filed = filing.file_all(session, arrivals, believed)
            for (n, _content), arrival, one in zip(batch, arrivals, filed, strict=True):
                rows.append((_row(n, arrival, one, sent, rules), one.case))
    for row, case in rows:
        yield row | {"case": str(final(session, case).id)}


def opened(batch: Iterable[tuple[int, bytes]], known: Known) -> Iterator[Mail]:
    """The mails of a batch; one that cannot be read is as much as its header tells."""
    contents = dict(batch)
    for n, mail in parse_safely(contents.items(), known):
        yield stub(contents[n], mail.reason) if isinstance(mail, Unreadable) else mail


def when(mail: Mail) -> datetime:
    """A mailbox file knows no arrival, so the Date header stands in, unless it is in the future."""
    now = clock.now()
    return min(mail.sent_at, now) if mail.sent_at is not None else now


class SentSoFar:
    """The replies that would have left, for the limits by address, domain and words."""

    def __init__(self) -> None:
        self._sent: dict[str, list[tuple[str, datetime, str]]] = defaultdict(list)

    def before(self, address: str, at: datetime) -> situation.Sent:
        """What that address, its domain and all with the same words got until then."""
        address = normalised(address)
        day, hour = at - timedelta(hours=24), at - timedelta(hours=1)
        sent = situation.Sent()
        for to, left, said in self._sent[situation.domain_of(address)]:
            sent.to_address[to] += day < left <= at
            if hour < left <= at:
                sent.to_domain[situation.domain_of(to)] += 1
                sent.note(situation.domain_of(to), said)
        return sent

    def add(self, address: str, at: datetime, said: str) -> None:
        """One more would have left."""
        address = normalised(address)
        self._sent[situation.domain_of(address)].append((address, at, said))


def _row(
    n: int, arrival: Arrival, filed: filing.Filed, sent: SentSoFar, rules: tuple[Rule, ...]
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
