"""Why nothing may be sent. Each has the exit code of the command."""


class Refusal(Exception):
    """Nothing may be sent; the text says why."""

    code = 1


class NoGo(Refusal):
    """The answer is no."""

    code = 20


class Forged(Refusal):
    """The receipt was not signed by that installation, or is about something else."""

    code = 20


class Sandbox(Refusal):
    """All people there are invented, and nobody said that they may be; or the other way round."""


class FeedStale(Refusal):
    """What is known is too old, or the other side says that it is behind."""

    code = 30


class LeaseExpired(Refusal):
    """The answer for this audience is too old to go on sending."""

    code = 31


class NotAllowed(Refusal):
    """The token is unknown, or may not ask that."""

    code = 40


class NoAnswer(Refusal):
    """There was no answer, or none that can be understood."""

    code = 50


class TooMany(NoAnswer):
    """More was asked about than the token may; the text says of what."""


class Gone(Refusal):
    """The changes since a cursor are no longer kept: a snapshot is needed."""

    code = 30
