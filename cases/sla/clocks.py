"""What we owe and until when: a function of a case's moments, a policy and a calendar. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from cases import hours
from cases.hours import Calendar, NeverOpen, Stretch
from cases.sla.moments import Kind, Moment
from cases.sla.policy import PAUSING, Pause, Policy, Target

RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)


@dataclass(frozen=True)
class Clock:
    """One promise, from the moment it was made until it was kept, broken or no longer asked for."""

    target: Target
    started_at: datetime
    owed: timedelta
    calendar: Calendar = field(repr=False)
    warn_part: float = 0.75
    pauses: tuple[Stretch, ...] = ()
    paused_since: datetime | None = None
    until: datetime | None = None
    """The instant that was named; then no business time is counted."""
    ended_at: datetime | None = None
    ended_by: int | None = None
    """The event that ended it."""
    met: bool = False
    """Ended by what was promised; else by the end of the matter."""

    @cached_property
    def due_at(self) -> datetime | None:
        """The instant at which the promise is broken; None while the clock stands before it."""
        return self.until or self._after(self.owed)

    @cached_property
    def warn_at(self) -> datetime | None:
        """When little of the time is left."""
        if self.until is not None:
            return self.started_at + (self.until - self.started_at) * self.warn_part
        return self._after(self.owed * self.warn_part)

    def _after(self, owed: timedelta) -> datetime | None:
        if self.paused_since is not None and self.spent(self.paused_since) < owed:
            return None
        try:
            return hours.due(self.calendar, self.started_at, owed, self.pauses)
        except NeverOpen:
            # Too few hours for such a promise: in ten years nobody waits for it any more.
            return None

    def spent(self, at: datetime) -> timedelta:
        """The business time that had passed by then."""
        at = min(at, self.paused_since) if self.paused_since is not None else at
        return hours.elapsed(self.calendar, self.started_at, at, self.pauses)

    def broken_at(self, now: datetime) -> datetime | None:
        """The instant it was broken, as seen at `now`; None if it was not, or not yet."""
        end = self.ended_at or now
        if self.until is None and end - self.started_at <= self.owed:
            return None  # Less time has passed on any clock, so no calendar need be asked.
        due = self.due_at
        return due if due is not None and due < end else None


@dataclass(frozen=True)
class Clocks:
    """All promises of a case."""

    running: tuple[Clock, ...] = ()
    done: tuple[Clock, ...] = ()
    waiting_since: datetime | None = None
    """Arrival of the oldest mail that nobody has answered."""
    answered_at: datetime | None = None
    """When a person first answered."""

    def due_of(self, *targets: Target) -> datetime | None:
        """Until when we owe one of those."""
        dues = [one.due_at for one in self.running if one.target in targets or not targets]
        return min((due for due in dues if due is not None), default=None)

    @property
    def due_at(self) -> datetime | None:
        """Until when we owe something, whatever it is."""
        return self.due_of()

    def first_broken(self, now: datetime) -> datetime | None:
        """The instant of the first promise that was broken."""
        broken = (one.broken_at(now) for one in (*self.done, *self.running))
        return min((at for at in broken if at is not None), default=None)


def clocks(moments: Iterable[Moment], policy: Policy, calendar: Calendar) -> Clocks:
    """The promises that follow from what happened."""
    told = _Telling(policy, calendar)
    for moment in moments:
        _MEANING[moment.kind](told, moment)
    return Clocks(
        tuple(told.running.values()), tuple(told.done), told.waiting_since, told.answered_at
    )


@dataclass(frozen=True)
class _Closing:
    """How things stood when the case was closed, should the closing prove a mistake."""

    at: datetime
    running: dict[Target, Clock]
    done: int
    waiting_since: datetime | None
    answered: Moment | None = None
    """An answer that was given after it, without opening the case again."""


@dataclass
class _Telling:
    """How things stand while the story of a case is told."""

    policy: Policy
    calendar: Calendar
    running: dict[Target, Clock] = field(default_factory=dict)
    done: list[Clock] = field(default_factory=list)
    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    paused_since: datetime | None = None
    pausing: set[Pause] = field(default_factory=set)
    """The states that let the clocks stand now."""
    closing: _Closing | None = None
    open: bool = True

    def start(self, target: Target, moment: Moment) -> None:
        """Start a clock, or set one that runs back to a mail that arrived earlier."""
        owed, running = self.policy.of(target), self.running.get(target)
        if running is not None:
            if moment.at < running.started_at:
                self.running[target] = replace(running, started_at=moment.at)
            return
        if owed is None and moment.until is None:
            return
        paused = max(self.paused_since, moment.at) if self.paused_since else None
        self.running[target] = Clock(
            target,
            moment.at,
            owed or timedelta(0),
            self.calendar,
            self.policy.warn_at,
            paused_since=paused if target in PAUSING else None,
            until=moment.until,
        )

    def end(self, target: Target, moment: Moment, *, met: bool) -> None:
        clock = self.running.pop(target, None)
        if clock is not None:
            clock = _unpaused(clock, moment.at)
            self.done.append(replace(clock, ended_at=moment.at, ended_by=moment.event_id, met=met))

    def wrote(self, moment: Moment) -> None:
        if not self.open:
            self.open, self.closing = True, None
        self.run(moment)
        self.waiting_since = min(self.waiting_since or moment.at, moment.at)
        # A case that was closed without an answer and comes back still waits for its first one.
        self.start(RESPONSES[self.answered_at is not None], moment)
        self.start(Target.RESOLUTION, moment)

    def owed(self, moment: Moment) -> None:
        """Only the answer owed changes; whether the case was closed meanwhile was a mistake."""
        self.reopened(moment)
        standing = [one for target in RESPONSES if (one := self.running.pop(target, None))]
        self.waiting_since = moment.until
        if moment.until is None:
            return
        self.run(moment)
        self.start(RESPONSES[self.answered_at is not None], Moment(Kind.WROTE, moment.until))
        for one in standing:
            if one.target in self.running and one.started_at == moment.until:
                self.running[one.target] = _unpaused(one, moment.at)

    def answered(self, moment: Moment) -> None:
        for target in RESPONSES:
            self.end(target, moment, met=True)
        self.answered_at = self.answered_at or moment.at
        self.waiting_since = None
        if self.closing is not None and not self.open:
            answered = self.closing.answered or moment
            self.closing = replace(self.closing, answered=answered, waiting_since=None)
        self.informed(moment)

    def informed(self, moment: Moment) -> None:
        self.end(Target.KEEP_INFORMED, moment, met=True)
        if self.open:
            self.start(Target.KEEP_INFORMED, moment)

    def waited(self, moment: Moment) -> None:
        self.pause(Pause.WAITING, moment)

    def laid_aside(self, moment: Moment) -> None:
        self.pause(Pause.SNOOZED, moment)

    def pause(self, why: Pause, moment: Moment) -> None:
        if not self.open or why not in self.policy.pauses:
            return
        self.pausing.add(why)
        if self.paused_since is None:
            self.paused_since = moment.at
            self.running = {
                target: replace(clock, paused_since=max(moment.at, clock.started_at))
                if target in PAUSING
                else clock
                for target, clock in self.running.items()
            }

    def resumed(self, moment: Moment) -> None:
        self.go_on(Pause.WAITING, moment)

    def taken_up(self, moment: Moment) -> None:
        self.go_on(Pause.SNOOZED, moment)

    def go_on(self, why: Pause, moment: Moment) -> None:
        """The clocks run again, unless the case is in another such state."""
        self.pausing.discard(why)
        if not self.pausing:
            self.run(moment)

    def run(self, moment: Moment) -> None:
        self.pausing.clear()
        self.paused_since = None
        self.running = {
            target: _unpaused(clock, moment.at) for target, clock in self.running.items()
        }

    def closed(self, moment: Moment) -> None:
        if not self.open:
            return
        self.closing = _Closing(moment.at, self.running, len(self.done), self.waiting_since)
        self.running = dict(self.running)
        for target in tuple(self.running):
            self.end(target, moment, met=target is Target.RESOLUTION)
        self.open, self.waiting_since, self.paused_since = False, None, None
        self.pausing.clear()

    def reopened(self, moment: Moment) -> None:
        if self.open:
            return
        self.open, before = True, self.closing
        if before is None:
            self.start(Target.RESOLUTION, moment)
            return
        del self.done[before.done :]
        self.waiting_since, self.closing = before.waiting_since, None
        standing = {
            target: replace(clock, paused_since=clock.paused_since or before.at)
            for target, clock in before.running.items()
        }
        self.running = {target: _unpaused(one, moment.at) for target, one in standing.items()}
        if before.answered is not None:
            for target in RESPONSES:
                self.end(target, before.answered, met=True)

    def call_promised(self, moment: Moment) -> None:
        if self.open:
            self.start(Target.CALL_BACK, moment)

    def called(self, moment: Moment) -> None:
        self.end(Target.CALL_BACK, moment, met=True)


def _unpaused(clock: Clock, at: datetime) -> Clock:
    if clock.paused_since is None:
        return clock
    pause = ((clock.paused_since, at),) if at > clock.paused_since else ()
    return replace(clock, pauses=(*clock.pauses, *pause), paused_since=None)


_MEANING: dict[Kind, Callable[[_Telling, Moment], None]] = {
    Kind.WROTE: _Telling.wrote,
    Kind.OWED: _Telling.owed,
    Kind.ANSWERED: _Telling.answered,
    Kind.INFORMED: _Telling.informed,
    Kind.WAITED: _Telling.waited,
    Kind.RESUMED: _Telling.resumed,
    Kind.LAID_ASIDE: _Telling.laid_aside,
    Kind.TAKEN_UP: _Telling.taken_up,
    Kind.CLOSED: _Telling.closed,
    Kind.REOPENED: _Telling.reopened,
    Kind.CALL_PROMISED: _Telling.call_promised,
    Kind.CALLED: _Telling.called,
}
