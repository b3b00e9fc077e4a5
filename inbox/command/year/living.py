"""The year is lived: mails are filed and tagged, agents answer, marketing asks and sends."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from statistics import median

from sqlalchemy import select

from bot import answers
from cases import clock
from cases.case import Case
from cases.contact import Kind
from cases.db import FILING, reading, transaction
from cases.exclusions.asking import Question, Verdict
from cases.exclusions.deciding import decide
from cases.exclusions.reasons import Group, Reason
from cases.exclusions.rows import Exclusion
from cases.filing import Filed, file_all
from cases.filing.arrival import Arrival, Belief
from cases.mail import Address, Mail, Trust
from cases.mailbox import Mailbox, Mode
from cases.promises import breaches
from classifiers.labels import Labels, Text
from inbox.command.year import shop as shops
from inbox.command.year.shop import BEGINS, DAY, HOUR, Letter, Post, Shop, address
from inbox.command.year.working import TURN, Desk, hire, open_at
from inbox.intake import chosen, tagging

BOX = "soporte@shop.example"
WRITES_AGAIN, AGAIN_AFTER = 0.2, 20.0
"""The part of the answered who write once more, and after how many hours."""
QUIET = 60 * DAY
"""What follows the year, so that all has an end that will have one."""
CAMPAIGN_DAYS, ASKS_AT = (1, 3), 8


@dataclass
class Told:
    """What was seen in the year."""

    mails: int = 0
    shares: list[float] = field(default_factory=list)
    campaigns: int = 0
    sent: int = 0
    held: int = 0
    to_complainers: int = 0


class Year:
    """The shop with all that goes on in it."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.told = shop, Told()
        self.chance = random.Random(shop.seed + 1)  # noqa: S311  a game, and no secret
        self.desk = Desk(self.chance, shop.agents)
        self.people = [address(n) for n in range(shop.people)]
        self.letters = shops.exam()
        self.labels: dict[Letter, Labels] = {}
        self.late: list[tuple[Post, str]] = []
        """Who will write again, and to which mail of ours."""
        with clock.at(BEGINS):
            self.agent, self.box = hire(), _open_box()

    def live(self) -> dict[str, object]:
        """Turn by turn to its end, and the quiet weeks after it."""
        coming = list(shops.post(self.shop))
        turns = [BEGINS + n * TURN for n in range(self.shop.days * (DAY // TURN) + 1)]
        place = 0
        for begins, ends in pairwise(turns):
            first = place
            while place < len(coming) and coming[place].at < ends:
                place += 1
            with clock.at(ends):
                self._turn(coming[first:place], begins)
        self._rest(turns[-1])
        with clock.at(turns[-1] + QUIET):
            breaches.sweep()
            return self._figures()

    def _turn(self, posts: Sequence[Post], begins: datetime) -> None:
        again = [one for one in self.late if one[0].at <= clock.now()]
        self.late = [one for one in self.late if one[0].at > clock.now()]
        if arriving := [*((one, "") for one in posts), *again]:
            self._file(arriving)
        if open_at(begins):
            breaches.sweep()
            self._answer()
        if begins.hour == ASKS_AT:
            self._market(sends=begins.weekday() in CAMPAIGN_DAYS)

    def _file(self, arriving: Sequence[tuple[Post, str]]) -> None:
        with transaction(lock=FILING) as session:
            box = session.get_one(Mailbox, self.box)
            mails = [self._mail(one, follows) for one, follows in arriving]
            arrivals = [Arrival(mail, clock.now(), mailbox=box) for mail in mails]
            filed = file_all(session, arrivals, Belief())
        self.told.mails += len(filed)
        for (one, _follows), done in zip(arriving, filed, strict=True):
            letter = one.letter
            truth = {"complaint": letter.complaint, "refuses": letter.refuses}
            self.desk.hear(done.case.id, address(one.who), clock.now(), **truth)
        self._tag([one.letter for one, _follows in arriving], filed)

    def _mail(self, one: Post, follows: str) -> Mail:
        text = one.letter.text.replace("{n}", str(4000 + self.told.mails))
        return replace(
            Mail(),
            message_id=f"y{one.who}.{one.at.timestamp():.3f}@correo.example",
            sender=Address(address(one.who), f"C {one.who}"),
            to=(Address(BOX),),
            subject=" ".join(text.split()[:5]),
            text=text,
            new_text=text,
            sent_at=one.at,
            references=(follows,) if follows else (),
            trust=Trust.PASS,
        )

    def _tag(self, letters: Sequence[Letter], filed: Sequence[Filed]) -> None:
        if unread := {letter for letter in letters if letter not in self.labels}:
            self.labels |= _labels(sorted(unread, key=lambda letter: letter.text))
        said = [
            (Text(str(done.message.id), "", letter.text), self.labels[letter])
            for letter, done in zip(letters, filed, strict=True)
        ]
        tagging.tag([text for text, _ in said], [replace(of, id=text.id) for text, of in said])

    def _answer(self) -> None:
        self.desk.close_quiet(self.agent)
        for case_id, mail in self.desk.work(self.agent):
            if self.chance.random() < WRITES_AGAIN:
                self.late.append((self._once_more(case_id), mail))

    def _once_more(self, case_id: int) -> Post:
        with reading() as session:
            who = answers.recipient(session, session.get_one(Case, case_id))
        at = clock.now() + self.chance.expovariate(1 / AGAIN_AFTER) * HOUR
        return Post(at, int(who.partition("@")[0][1:]), self.chance.choice(self.letters))

    def _market(self, *, sends: bool) -> None:
        """What a newsletter tool is told this morning."""
        with reading() as session:
            verdicts = decide(session, Kind.ADDRESS, self.people, Question(), clock.now()).held
        self.told.shares.append(_resting(verdicts.values()) / len(self.people))
        if sends:
            self.told.campaigns += 1
            self.told.held += len(verdicts)
            self.told.sent += len(self.people) - len(verdicts)
            complaining = set(self.desk.complaining.values())
            self.told.to_complainers += len(complaining - set(verdicts))

    def _rest(self, end: datetime) -> None:
        """Nobody writes any more; what waits is answered and closed."""
        self.late.clear()
        for n in range(1, 15 * (DAY // TURN)):
            now = end + n * TURN
            if open_at(now):
                with clock.at(now):
                    self._answer()
                    self.late.clear()

    def _figures(self) -> dict[str, object]:
        now, told = clock.now(), self.told
        with reading() as session:
            verdicts = decide(session, Kind.ADDRESS, self.people, Question(), now).held
            heard = session.scalars(
                select(Exclusion.case_id).where(
                    Exclusion.reason == Reason.OPT_OUT_HEARD, Exclusion.lifted_at.is_(None)
                )
            ).all()
        left = sum(not self.desk.refused[case_id] for case_id in heard if case_id)
        wrong = self.desk.slips + left
        return {
            "people": self.shop.people,
            "days": self.shop.days,
            "seed": self.shop.seed,
            "mails": told.mails,
            "truce_median": round(median(told.shares), 4),
            "truce_peak": round(max(told.shares), 4),
            "campaigns": told.campaigns,
            "marketing_mails": told.sent,
            "held_back": told.held,
            "complaints_mailed": told.to_complainers,
            "refusals_confirmed": self.desk.confirmed,
            "refusals_undone": self.desk.undone,
            "slips_of_agents": self.desk.slips,
            "false_opt_outs": wrong,
            "false_opt_outs_per_10000": round(10_000 * wrong / self.shop.people, 2),
            "trapped": _resting(verdicts.values()),
        }


def _resting(verdicts: Iterable[Verdict]) -> int:
    """How many are on truce; who refused advertising is not: it is what they want."""
    spans = [one.span for one in verdicts]
    return sum(span is not None and span.group is not Group.CONSENT for span in spans)


def _labels(letters: Sequence[Letter]) -> dict[Letter, Labels]:
    """What the classifiers say of each text."""
    texts = [Text(str(n), "", one.text) for n, one in enumerate(letters)]
    return dict(zip(letters, chosen.model().classify(texts), strict=True))


def _open_box() -> int:
    box = Mailbox(address=BOX, imap_host="", imap_user=BOX, mode=Mode.SEND, created_at=clock.now())
    with transaction() as session:
        session.add(box)
        session.flush()
        return box.id
