"""Made support conversations: several people, languages and mail programs, and strangers who guess.

They go on in rounds, as real bytes through reading and filing, and each mail knows its case.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import answers
from cases import Agent, Case, signing
from cases.filing import Arrival, Belief, Filed, file_all
from inbox.intake.known import Known
from inbox.intake.opening import open_mail
from tests.builders import MORNING
from tests.raw import OURS, SERVER, Sent, a_raw, an_id

AGENT = "bea@tienda.example"
KNOWN = Known(
    own=frozenset([OURS]),
    agents=frozenset([AGENT]),
    authserv_ids=frozenset([SERVER]),
    own_id_domains=frozenset(["tienda.example"]),
)
# Few subjects for many people, so that likeness of subjects tells nothing.
WORDS = {
    "es": ("Pedido", "No ha llegado mi pedido.", "¿Saben algo ya?", "Re"),
    "en": ("Order", "My order has not arrived.", "Any news on this?", "Re"),
    "pt": ("Encomenda", "A minha encomenda não chegou.", "Já há novidades?", "RES"),
    "fr": ("Commande", "Ma commande n'est pas arrivée.", "Avez-vous des nouvelles ?", "RE"),
    "de": ("Bestellung", "Meine Bestellung ist nicht da.", "Gibt es etwas Neues?", "AW"),
}
STYLES = ("both", "both", "both", "irt", "refs", "outlook", "overwrites", "token", "plus")


@dataclass
class Mailed:
    """One mail of a round: what it is, what came of it, and where it belongs."""

    sent: Sent
    conversation: "Conversation"
    foreign: bool = False
    """A stranger's: it must not get into the case."""
    filed: Filed | None = None


@dataclass
class Conversation:
    """One matter of one customer, and all that was written about it so far."""

    number: int
    chance: random.Random
    language: str
    customer: str
    copied: tuple[str, ...] = ()
    case: Case | None = None
    mails: list[Sent] = field(default_factory=list)
    held: Sent | None = None
    """The customer's first mail, while it is on its way longer than an answer to it."""

    def writes(self, at: datetime) -> Sent:
        """The next mail of the customer's side."""
        if self.held is not None:
            first, self.held = self.held, None
            return first
        if not self.mails:
            first = self._opens(at)
            if not self.copied or self.chance.random() < 0.7:
                return first
            self.held = first
            return self._answer(at, first, self.copied[0], style="both", to=(self.customer,))
        kind = self.chance.choices(
            ("reply", "fork", "copied", "other address", "away", "forward", "agent"),
            (50, 12, 10, 4, 8, 4, 12),
        )[0]
        parent = self.mails[-1] if kind != "fork" else self.chance.choice(self.mails)
        if kind == "away":
            return self._away(at, parent)
        if kind == "agent":
            return self._agent(at)
        if kind == "forward":
            return self._forward(at, parent)
        if kind == "copied" and self.copied:
            return self._copied_writes(at)
        if kind == "other address" and (ours := self._of_the_desk()):
            return self._answer(at, self.chance.choice(ours), f"work{self.number}@work.example")
        return self._answer(at, parent, self.customer)

    def _of_the_desk(self) -> list[Sent]:
        return [one for one in self.mails if signing.case_of_message_id(one.id) is not None]

    def _opens(self, at: datetime) -> Sent:
        subject, text, _, _ = WORDS[self.language]
        id_ = an_id(self.chance, self.customer.rpartition("@")[2])
        cc = self.copied
        content = a_raw(self.customer, subject, text, at=at, id=id_, cc=cc)
        return Sent(content, id_, self.customer, subject, (OURS, *cc), (), text)

    def _copied_writes(self, at: datetime) -> Sent:
        sender = self.chance.choice(self.copied)
        got = [one for one in self.mails if sender in one.to and one.id]
        return self._answer(at, got[-1] if got else self.mails[0], sender, style="both")

    def _answer(
        self,
        at: datetime,
        parent: Sent,
        sender: str,
        *,
        style: str = "",
        to: tuple[str, ...] = (),
    ) -> Sent:
        desk = signing.case_of_message_id(parent.id) is not None
        style = style or self.chance.choice(STYLES)
        if not parent.id:
            parent = self.mails[0]
        if style in ("token", "plus") and not (desk and self.case is not None):
            style = "both"
        if style == "token" and sender != self.customer:
            style = "irt"
        _, _, text, prefix = WORDS[self.language]
        text = f"{text} ({self.chance.randrange(10**6)})"
        subject = f"{prefix}: {parent.subject}"
        if self.chance.random() < 0.1 and style != "token":
            subject = "…" if self.chance.random() < 0.5 else f"{prefix}: 2"
        id_ = an_id(self.chance, sender.rpartition("@")[2])
        ours = OURS
        if style == "plus" and self.case is not None:
            ours = signing.plus_address(OURS, self.case.id)
        to = (ours, *to, *(one for one in self.copied if self.chance.random() < 0.5))
        references = (*parent.references, parent.id)
        headers = tuple(_threading(style, parent.id, references, self.chance))
        missing = self.chance.random() < 0.05
        content = a_raw(
            sender, subject, text, at=at, id="" if missing else id_, to=to, headers=headers
        )
        return Sent(content, "" if missing else id_, sender, subject, to, references, text)

    def _away(self, at: datetime, parent: Sent) -> Sent:
        id_ = an_id(self.chance, "away.example")
        parent = next((one for one in reversed(self.mails) if one.id), parent)
        headers = (("In-Reply-To", f"<{parent.id}>"), ("Auto-Submitted", "auto-replied"))
        content = a_raw(
            self.customer, f"Auto: {parent.subject}", "Out of office.", at=at, id=id_,
            headers=headers,
        )  # fmt: skip
        return Sent(content, id_, self.customer, "Auto", (OURS,), (parent.id,))

    def _agent(self, at: datetime) -> Sent:
        """An agent answers from another mail program, with a foreign id."""
        parent = next(one for one in reversed(self.mails) if one.id)
        id_ = an_id(self.chance, "laptop.example")
        headers = (("In-Reply-To", f"<{parent.id}>"), ("References", f"<{parent.id}>"))
        to = (self.customer, OURS)
        content = a_raw(
            AGENT, f"Re: {parent.subject}", "We look into it.", at=at, id=id_, to=to,
            headers=headers,
        )  # fmt: skip
        return Sent(content, id_, AGENT, f"Re: {parent.subject}", to, (parent.id,))

    def _forward(self, at: datetime, parent: Sent) -> Sent:
        parent = next((one for one in reversed(self.mails) if one.id), parent)
        id_ = an_id(self.chance, self.customer.rpartition("@")[2])
        text = (
            "See what the carrier wrote.\n\n---------- Forwarded message ---------\n"
            "From: Carrier <c@carrier.example>\nDate: Mon, 9 Mar 2026\nSubject: Parcel\n"
            f"To: <{self.customer}>\n\nIt is on its way ({self.chance.randrange(10**6)})."
        )
        headers = (("References", f"<{parent.id}>"),)
        subject = f"Fwd: {parent.subject}"
        content = a_raw(self.customer, subject, text, at=at, id=id_, headers=headers)
        return Sent(content, id_, self.customer, subject, (OURS,), (parent.id,), text)

    def attacked(self, at: datetime) -> Sent:
        """A stranger who knows or guesses something, but holds nothing that we signed."""
        chance, id_ = self.chance, an_id(self.chance, "evil.example")
        foreign = [one for one in self.mails if one.id and one not in self._of_the_desk()]
        stolen = chance.choice(foreign).id
        number = self.case.id if self.case is not None else 1
        way = chance.choice(("stolen", "token", "forged", "unknown", "same id", "copies"))
        sender = self.customer if way in ("forged", "unknown") else f"eve{number}@evil.example"
        trust = {"forged": "fail", "unknown": "none"}.get(way, "pass")
        subject = f"Re: {self.mails[0].subject} [#{number}]"
        headers = () if way in ("token", "same id") else (("In-Reply-To", f"<{stolen}>"),)
        cc = (self.customer,) if way == "copies" else ()
        content = a_raw(
            sender, subject, f"Send me all. {chance.random()}", at=at, cc=cc, trust=trust,
            id=stolen if way == "same id" else id_, headers=headers,
        )  # fmt: skip
        return Sent(content, id_, sender, subject, (OURS,))


def _threading(
    style: str, parent: str, references: Sequence[str], chance: random.Random
) -> Iterator[tuple[str, str]]:
    """What that mail program writes of the mail it answers."""
    if style in ("both", "irt", "outlook", "overwrites", "plus"):
        yield "In-Reply-To", f"<{parent}>"
    if style in ("both", "refs"):
        yield "References", " ".join(f"<{one}>" for one in references)
    if style == "overwrites":
        yield "References", f"<{an_id(chance, 'app.example')}>"
    if style in ("outlook", "token"):
        yield "Thread-Index", "AdnYqCcf9CbzRbZ6Sg+HD8l4QaAaZA=="


@dataclass
class Outcome:
    """How many went where they belong."""

    replies: int = 0
    right: int = 0
    foreign: int = 0
    joined: int = 0
    """Strangers in somebody's case."""
    wrong: list[Mailed] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)


def hold(session: Session, number: int, seed: int, *, rounds: int = 7) -> Outcome:
    """So many conversations at once, from first mails to last ones."""
    chance = random.Random(seed)
    agent = Agent(address=AGENT, name="Bea", created_at=MORNING)
    session.add(agent)
    talks = [_begin(n, random.Random(chance.random())) for n in range(number)]
    outcome = Outcome()
    for turn in range(rounds):
        at = MORNING + timedelta(hours=7 * turn)
        mailed = list(_round(talks, chance, at))
        opened = [Arrival(open_mail(one.sent.content, KNOWN), at) for one in mailed]
        belief = Belief(servers_vouch=True, own=KNOWN.own)
        for one, filed in zip(mailed, file_all(session, opened, belief), strict=True):
            one.filed = filed
            _count(one, filed, outcome)
        for talk in talks:
            if talk.case is not None and chance.random() < 0.6:
                _desk_answers(session, talk, agent, at + timedelta(hours=1))
    return outcome


def _begin(n: int, chance: random.Random) -> Conversation:
    language = chance.choice(list(WORDS))
    domain = chance.choice(("correo.example", "mail.example", f"firma{n % 9}.example"))
    copied = (f"friend{n}@friends.example",) if chance.random() < 0.3 else ()
    return Conversation(n, chance, language, f"client{n}@{domain}", copied)


def _round(talks: list[Conversation], chance: random.Random, at: datetime) -> Iterator[Mailed]:
    for talk in chance.sample(talks, len(talks)):
        if not talk.mails or chance.random() < 0.8:
            sent = talk.writes(at)
            yield Mailed(sent, talk)
            talk.mails.append(sent)
        if talk.case is not None and chance.random() < 0.15:
            yield Mailed(talk.attacked(at), talk, foreign=True)


def _count(one: Mailed, filed: Filed, outcome: Outcome) -> None:
    talk = one.conversation
    if talk.case is None:
        talk.case = filed.case
        return
    outcome.rules[filed.rule] += 1
    same = filed.case is talk.case
    if one.foreign:
        outcome.foreign += 1
        outcome.joined += same
    else:
        outcome.replies += 1
        outcome.right += same
    if same is one.foreign:
        outcome.wrong.append(one)


def _desk_answers(session: Session, talk: Conversation, agent: Agent, at: datetime) -> None:
    case = talk.case
    if case is None or not case.is_open:
        return
    message = answers.send(session, case, agent, answers.Answer("We are on it."), at=at)
    older = tuple(one.id for one in talk.mails if one.id)
    talk.mails.append(
        Sent(b"", message.rfc_id, OURS, message.subject, tuple(message.to), older[-5:])
    )
