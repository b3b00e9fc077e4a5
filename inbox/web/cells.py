"""Cells of tables that people open with a spreadsheet, which must take nothing for a formula."""

import re

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
_NUMBER = re.compile(r"[+-]?[\d .,()/-]{1,40}")


def safe(cell: str) -> str:
    """A cell that a spreadsheet shows and never runs."""
    return f"'{cell}" if cell.lstrip(" \u00a0\ufeff").startswith(_RISKY) else cell


def safe_but_numbers(cell: str) -> str:
    """The same for tables that come back to where they are from: numbers and telephones stay."""
    return cell if _NUMBER.fullmatch(cell) else safe(cell)
