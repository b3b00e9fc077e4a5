"""What the gate does with a mail: pass it to some, drop it for others, or park it."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.smtp import Away, BeforeBody, PermanentFailure, TemporaryFailure, Uncertain
from cases import clock
from cases.db import reading
from cases.exclusions.matrix import FAILS_CLOSED
from inbox.gateway import passing
from inbox.gateway.keeping import keep
from inbox.gateway.parking import Parked, Parking
from inbox.gateway.passing import Marketing
from inbox.gateway.settings import settings
from inbox.gateway.underway import Trip, UnderWay
from inbox.passage import Outcome

log = logging.getLogger(__name__)

ACCEPTED = "250 2.0.0 taken"
LATER = "451 4.3.0 try again later"
BEHIND = "the feed is behind"
TRIED_FOR = timedelta(days=5)
"""How long an invoice is tried for, as mail servers do (RFC 5321, 4.5.4.1)."""
PATIENCE = 3
"""So many that still cannot go, and the relay is taken to be away until the next look."""
Send = Callable[[str, str, bytes, BeforeBody], None]
"""Sender, recipient, content, what to do before the body; raises what bot.delivery.smtp raises."""
Fresh = Callable[[], bool]
"""Whether the feed can be believed now."""


@dataclass(frozen=True)
class Settled:
    """What is so of a mail by now."""

    reached: bool
    """Whether somebody has it, or it is over for somebody."""
    waiting: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Gate:
    """The gate, with the way on behind it."""

    send: Send
    fresh: Fresh
    parking: Parking
    under_way: UnderWay
    parks_for: timedelta

    def take(self, mail: Marketing) -> tuple[str, Trip]:
        """What the sender is told, and what is over as soon as they are told.

        Never a 5xx: tools take that for a dead address, for ever.
        """
        trip, now = self.under_way.trip(mail), clock.now()
        mail = mail.named(trip.name)
        settled = self._settle(mail, trip, now)
        if not settled.waiting:
            return ACCEPTED, trip
        if not settled.reached and settled.reason != BEHIND:
            log.warning("the relay takes no mail now: %s", _without_names(settled.reason))
            trip.goes_on()
            return LATER, trip
        # Some have it already, or nobody can say who may: the rest waits here, not with the sender.
        rest = self.parking.put(mail.to(settled.waiting), now, settled.reason)
        keep(rest, Outcome.PARKED, now, reason=settled.reason)
        trip.has_taken(rest.recipients)
        return ACCEPTED, trip

    def _settle(
        self, mail: Marketing, trip: Trip, now: datetime, *, believing: bool = False
    ) -> Settled:
        had, rest = mail.divided({one for one in mail.recipients if trip.has(one)})
        # The gate may have died before it could write down that they have it.
        keep(had, Outcome.PASSED, now, known_stay=True)
        settled = self._decide(rest, trip, now, believing=believing)
        return replace(settled, reached=settled.reached or bool(had.recipients))

    def _decide(self, mail: Marketing, trip: Trip, now: datetime, *, believing: bool) -> Settled:
        try:
            if not believing and not self._believed(mail):
                return Settled(reached=False, waiting=mail.recipients, reason=BEHIND)
            held = self._held(mail, now)
        except SQLAlchemyError:
            log.exception("the feed cannot be read")
            if mail.campaign_class in FAILS_CLOSED:
                return Settled(reached=False, waiting=mail.recipients, reason=BEHIND)
            held = set()
        dropped, free = mail.divided(held)
        keep(dropped, Outcome.DROPPED, now)
        return self._pass(free, trip, now)

    def _believed(self, mail: Marketing) -> bool:
        return mail.campaign_class not in FAILS_CLOSED or self.fresh()

    def _held(self, mail: Marketing, now: datetime) -> set[str]:
        with reading() as session:
            return passing.held(session, mail, now, settings().gate_match)

    def _pass(self, mail: Marketing, trip: Trip, now: datetime) -> Settled:
        """Send to each apart, so that one refusal never costs another their mail."""
        passed: list[str] = []
        later: list[str] = []
        rest, reason = deque(mail.recipients), ""
        while rest:
            one = rest.popleft()
            try:
                trip.once(one, partial(self._send, mail, one))
            except PermanentFailure as failure:
                keep(mail.to([one]), Outcome.REFUSED, now, reason=str(failure))
            except TemporaryFailure as failure:
                later.append(one)
                reason = str(failure)
                if isinstance(failure, Away) or len(later) == PATIENCE:
                    break
            else:
                passed.append(one)
        keep(mail.to(passed), Outcome.PASSED, now)
        # Who could not get it comes last, so that they never stand before all others.
        return Settled(bool(passed), (*rest, *later), reason)

    def _send(self, mail: Marketing, recipient: str, mark: BeforeBody) -> None:
        """Of marketing rather none than two, of an invoice rather two than none."""
        must_arrive = mail.campaign_class not in FAILS_CLOSED
        try:
            self.send(mail.sender, recipient, mail.content, _yes if must_arrive else mark)
        except Uncertain as doubt:
            if must_arrive:
                raise Away(str(doubt)) from doubt
            log.warning("the relay broke off; perhaps one mail of marketing was lost")
        if must_arrive:
            mark()

    def look_again(self, over: Callable[[], bool] = lambda: False) -> int:
        """Send what is parked if the feed can be believed again; how many mails were settled."""
        # Two who look at once would send the same mail twice.
        with self.parking.alone() as mine:
            if not mine:
                return 0
            self.under_way.sweep()
            return self._look(over)

    def _look(self, over: Callable[[], bool]) -> int:
        settled = failed = 0
        # Who cannot go now is not even read: there may be a whole campaign of them.
        came_before = None if self.fresh() else clock.now() - self.parks_for
        for parked in self.parking.waiting(came_before):
            if over() or failed == PATIENCE:
                break
            if self._is_too_late(parked):
                self.drop(parked, "parked too long")
            elif not self.release(parked):
                self.parking.put_last(parked)
                failed += 1
                continue
            settled += 1
        return settled

    def _is_too_late(self, parked: Parked) -> bool:
        must_arrive = parked.mail.campaign_class not in FAILS_CLOSED
        return clock.now() - parked.since > (TRIED_FOR if must_arrive else self.parks_for)

    def drop(self, parked: Parked, reason: str) -> None:
        """Nobody gets it any more."""
        keep(parked.mail, Outcome.EXPIRED, clock.now(), reason=reason)
        self.parking.take(parked)

    def release(self, parked: Parked, *, believing: bool = False) -> bool:
        """Let it go to those who may get it now; whether that settled it for all of them."""
        trip = self.under_way.trip(parked.mail, parked.name)
        settled = self._settle(parked.mail, trip, clock.now(), believing=believing)
        if settled.waiting:
            self.parking.keep_for(parked, settled.waiting)
        else:
            self.parking.take(parked)
        trip.over()
        return not settled.waiting


def _without_names(reason: str) -> str:
    """What we say ourselves, or the number alone: servers name people in their answers."""
    return reason[:3] if reason[:3].isdigit() else reason


def _yes() -> bool:
    return True
