"""How a matter ended, as the agent who closed it said."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a matter."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    COMPENSATED = "compensated"
    PASSED_ON = "passed_on"
    NOT_SOLVED = "not_solved"
    NOTHING_TO_DO = "nothing_to_do"
