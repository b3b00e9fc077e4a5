"""Shares as people of each language read them."""

from babel.numbers import format_decimal

from cases.language import current


def percent(share: float | None) -> str:
    """One digit behind the point; a dash where nothing was measured."""
    if share is None:
        return "–"
    return f"{format_decimal(share * 100, '0.0', locale=current())} %"
