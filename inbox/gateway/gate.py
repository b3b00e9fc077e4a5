"""What the gate does with a mail: pass it to some, drop it for others, or park it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from bot.smtp import PermanentFailure, TemporaryFailure, Uncertain
from cases import clock
from cases.contact import Kind, normalised
from cases.db import reading, transaction
from cases.exclusions import touches
from cases.exclusions.matrix import FAILS_CLOSED
from cases.pressure import WEIGHTS
from inbox.gateway import passing
from inbox.gateway.parking import Parking
from inbox.gateway.passing import Marketing, Outcome

log = logging.getLogger(__name__)

ACCEPTED = "250 2.0.0 taken"
LATER = "451 4.3.0 try again later"
Send = Callable[[str, str, bytes], None]
"""Sender, recipient, content; raises what bot.smtp raises."""
Fresh = Callable[[], bool]
"""Whether the feed can be believed now."""


@dataclass(frozen=True)
class Gate:
    """The gate, with the way on behind it."""

    send: Send
    fresh: Fresh
    parking: Parking
    parks_for: timedelta
    _looking: Lock = field(default_factory=Lock)

    def take(self, mail: Marketing) -> str:
        """What the sender is told. Never a 5xx: tools take that for a dead address, for ever."""
        now = clock.now()
        try:
            believed = self._believed(mail)
            held = self._held(mail, now) if believed else set()
        except SQLAlchemyError:
            log.exception("the feed cannot be read")
            believed, held = mail.campaign_class not in FAILS_CLOSED, set()
        if not believed:
            return self._park(mail, now, "the feed is behind")
        dropped = mail.to([one for one in mail.recipients if one in held])
        keep(dropped, Outcome.DROPPED, now)
        return self._pass(mail.to([one for one in mail.recipients if one not in held]), now)

    def _believed(self, mail: Marketing) -> bool:
        return mail.campaign_class not in FAILS_CLOSED or self.fresh()

    def _held(self, mail: Marketing, now: datetime) -> set[str]:
        with reading() as session:
            return passing.held(session, mail, now)

    def _park(self, mail: Marketing, now: datetime, reason: str) -> str:
        self.parking.put(mail, now)
        keep(mail, Outcome.PARKED, now, reason=reason)
        return ACCEPTED

    def _pass(self, mail: Marketing, now: datetime) -> str:
        """Send to each apart, so that one refusal never costs another their mail."""
        passed: list[str] = []
        for n, one in enumerate(mail.recipients):
            try:
                self.send(mail.sender, one, mail.content)
            except PermanentFailure as failure:
                keep(mail.to([one]), Outcome.REFUSED, now, reason=str(failure))
                continue
            except TemporaryFailure as failure:
                keep(mail.to(passed), Outcome.PASSED, now)
                if not n:
                    return LATER
                # Some have it already, so the rest waits here and not with the sender.
                return self._park(mail.to(mail.recipients[n:]), now, str(failure))
            except Uncertain:
                log.warning("the relay broke off; perhaps one mail of marketing was lost")
            passed.append(one)
        keep(mail.to(passed), Outcome.PASSED, now)
        return ACCEPTED

    def look_again(self) -> int:
        """Send what is parked if the feed can be believed again; how many mails were settled."""
        # Two who look at once would send the same mail twice.
        with self._looking:
            return self._look_again()

    def _look_again(self) -> int:
        settled = 0
        for path, mail, since in self.parking.waiting():
            now = clock.now()
            if now - since > self.parks_for:
                keep(mail, Outcome.EXPIRED, now, reason="parked too long")
            elif not self.fresh():
                continue
            elif self.take(mail) == LATER:
                return settled
            self.parking.take(path)
            settled += 1
        return settled


def keep(mail: Marketing, outcome: Outcome, now: datetime, *, reason: str = "") -> None:
    """Write down what became of them; a database that is away must not stop the mail."""
    if not mail.recipients:
        return
    try:
        with transaction() as session:
            passing.write_down(session, mail, outcome, now, reason=reason)
            if outcome is Outcome.PASSED:
                touches.record(session, [_touch(mail, one, now) for one in mail.recipients])
    except SQLAlchemyError:
        log.exception(
            "%s recipients %s, and it could not be written down", len(mail.recipients), outcome
        )


def _touch(mail: Marketing, recipient: str, now: datetime) -> dict[str, object]:
    value = normalised(recipient)
    return {
        "kind": Kind.ADDRESS,
        "value": value,
        "source": "smtp-gate",
        "event_id": f"{now.isoformat()}:{value}"[:400],
        "campaign": mail.campaign,
        "campaign_class": mail.campaign_class.value,
        "weight": WEIGHTS[mail.campaign_class],
        "sent_at": now,
    }
