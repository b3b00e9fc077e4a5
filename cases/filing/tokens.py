"""The case number in a subject: a hint for people, and for threading of participants alone."""

import re

_TOKEN = re.compile(r"\[#([0-9]{1,12})\]")
# The database counts no further, and would fail when asked.
HIGHEST = 2**31 - 1


def subject_token(case_id: int) -> str:
    """How the number stands in a subject we write."""
    return f"[#{case_id}]"


def subject_tokens(subject: str) -> tuple[int, ...]:
    """The case numbers a subject names, the last one first: newer tokens are put behind."""
    named = (int(number) for number in reversed(_TOKEN.findall(subject[:2000])[:10]))
    return tuple(number for number in named if number <= HIGHEST)
