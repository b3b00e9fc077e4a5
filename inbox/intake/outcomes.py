"""What one set of rules makes of mails that are looked at once more; remembers what it said."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot import policy, situation
from bot.kinds import Mode
from bot.policy import Situation
from bot.rules import Rule, case_fields, that_fit
from bot.switches import Switches
from cases import clock
from cases.filing import Filed
from cases.filing.arrival import Arrival
from cases.mail import Origin
from inbox.intake.replaying import SentSoFar

DAY = timedelta(days=1)
WORSE = 0.2
SHOWN = 100
Did = dict[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One mail, and where it was filed."""

    arrival: Arrival
    filed: Filed

    def as_row(self) -> dict[str, Any]:
        """What a table shows of it."""
        case = self.filed.case
        return {
            "subject": self.arrival.mail.subject[:SHOWN],
            "origin": self.arrival.mail.origin.value,
            "case": case.id,
            "contact": case.contact_id,
            "type": case.type,
            "mood": case.sentiment,
            "due": case.due_at.isoformat() if case.due_at is not None else "",
        }


def labelled(filed: Filed, row: dict[str, Any]) -> None:
    """Let the case take what the classifiers said, as it does when they say it."""
    if not row or filed.again:
        return
    message, case = filed.message, filed.case
    message.labels, message.tagged_at = row, clock.now()
    case.type = case.type or str(row.get("type", ""))
    case.sentiment, case.anger = str(row.get("sentiment", "")), float(row.get("anger", 0.0))


@dataclass
class Side:
    """One set of rules, with what it would have said so far."""

    rules: tuple[Rule, ...]
    switches: Switches
    sent: SentSoFar = field(default_factory=SentSoFar)
    spoke: dict[int, datetime] = field(default_factory=dict)
    """Case -> when it was last answered by itself."""
    contacts: Counter[int] = field(default_factory=Counter)
    moods: dict[int, float] = field(default_factory=dict)

    def decide(self, seen: Seen) -> list[Did]:
        """All that it would do about the mail, in order."""
        about = self._filed(seen)
        first = policy.decide(about, self.rules)
        did = [_said(first)]
        if isinstance(first, policy.Reply):
            self._spoke(seen)
        if about.origin is Origin.CUSTOMER and seen.filed.message.tagged_at is not None:
            did += self._after_labels(seen, self._tagged(seen, about))
        return did

    def _filed(self, seen: Seen) -> Situation:
        """What is known when it is filed."""
        sender = seen.arrival.mail.sender.address
        sent = self.sent.before(sender, seen.arrival.at)
        sent.switches = self.switches
        about = situation.of(seen.arrival, seen.filed, sent, seen.arrival.at)
        if about.origin is Origin.CUSTOMER:
            self.contacts[seen.filed.case.id] += 1
        return about

    def _tagged(self, seen: Seen, about: Situation) -> Situation:
        """What is known once it is classified."""
        case, labels, at = seen.filed.case, seen.filed.message.labels, seen.arrival.at
        before, anger = self.moods.get(case.id), float(labels.get("anger", 0.0))
        self.moods[case.id] = anger
        change = anger - before if before is not None else 0.0
        course = "same" if abs(change) < WORSE else "worse" if change > 0 else "better"
        late = case.due_at is not None and case.due_at < at
        return replace(
            about,
            tagged=True,
            type=case.type,
            confidence=float(labels.get("p", 0.0)),
            sentiment=str(labels.get("sentiment", "")),
            course=course if before is not None else "",
            contacts=self.contacts[case.id],
            sla="none" if case.due_at is None else "late" if late else "running",
            bots_spoke=at - self.spoke.get(case.id, at - 2 * DAY) <= DAY,
        )

    def _after_labels(self, seen: Seen, tagged: Situation) -> list[Did]:
        did = [one for rule in that_fit(tagged, self.rules) for one in _actions(rule, tagged)]
        own = policy.speaking_rule(tagged, self.rules)
        if own is not None and own.speaks and own.needs_labels:
            decision = policy.decision_of(own)
            did.append(_said(decision))
            if isinstance(decision, policy.Reply):
                self._spoke(seen)
        return did

    def _spoke(self, seen: Seen) -> None:
        self.sent.add(seen.arrival.mail.sender.address, seen.arrival.at, seen.filed.case.snippet)
        self.spoke[seen.filed.case.id] = seen.arrival.at


def _said(decision: policy.Decision) -> Did:
    if isinstance(decision, policy.Reply):
        return {"do": "answer", "what": decision.template, "by": decision.rule}
    return {"do": "silence", "what": decision.reason, "by": decision.rule}


def _actions(rule: Rule, tagged: Situation) -> list[Did]:
    """What the rule does beside answering."""
    does = [("set", pair) for pair in case_fields.pairs(rule.set)]
    does += [("assign", rule.assign), ("tag", ", ".join(rule.tag)), ("note", rule.note[:SHOWN])]
    does.append(("escalate", "yes" if rule.escalate else ""))
    answers = rule.mode is not Mode.SEND and rule.reply and policy.silenced(tagged) is None
    does.append(("draft", rule.reply if answers else ""))
    tried = rule.mode is Mode.SHADOW
    done = [(do, what) for do, what in does if what]
    return [{"do": "tried" if tried else do, "what": what, "by": rule.label} for do, what in done]
