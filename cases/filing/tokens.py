"""The case number in a subject: a hint for people, and for threading of participants alone."""

import re

_TOKEN = re.compile(r"\[#(\d{1,12})\]")


def subject_token(case_id: int) -> str:
    """How the number stands in a subject we write."""
    return f"[#{case_id}]"


def subject_tokens(subject: str) -> tuple[int, ...]:
    """The case numbers a subject names, the last one first: newer tokens are put behind."""
    return tuple(int(number) for number in reversed(_TOKEN.findall(subject[:2000])[:10]))
