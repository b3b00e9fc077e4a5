"""Telephone numbers as they are matched: E.164, whatever people write between the digits. Pure."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\s()./\-‐-―]+")
_WHOLE = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST_TEXT = 60

# Country -> its code, the trunk prefix that falls away abroad, and how long a number is there.
PLANS: dict[str, tuple[str, str, int, int]] = {
    "ES": ("34", "", 9, 9),
    "PT": ("351", "", 9, 9),
    "FR": ("33", "0", 9, 9),
    "DE": ("49", "0", 7, 12),
    "IT": ("39", "", 8, 11),
    "GB": ("44", "0", 9, 10),
    "IE": ("353", "0", 8, 9),
    "AD": ("376", "", 6, 9),
    "US": ("1", "1", 10, 10),
    "CA": ("1", "1", 10, 10),
    "MX": ("52", "", 10, 10),
    "CO": ("57", "", 10, 10),
    "AR": ("54", "0", 10, 11),
    "CL": ("56", "", 9, 9),
    "PE": ("51", "0", 8, 9),
    "EC": ("593", "0", 8, 9),
    "UY": ("598", "0", 8, 8),
    "BR": ("55", "0", 10, 11),
}


class NotAPhone(ValueError):
    """The text is no telephone number that can be called from abroad."""


def e164(text: str, country: str = "") -> str:
    """The number as +34600111222; a national one needs its country. Raises NotAPhone."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).strip().removeprefix("tel:")
    digits = _BETWEEN.sub("", plain.replace("(0)", ""))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    whole = digits if digits.startswith("+") else _from_home(digits, country.upper())
    if len(text) > _LONGEST_TEXT or not whole.isascii() or not _WHOLE.fullmatch(whole):
        raise NotAPhone("this is no telephone number with its country")
    return whole


def _from_home(digits: str, country: str) -> str:
    """A number as it is dialled inside its country, made whole; "" where it cannot be."""
    if country not in PLANS or not digits.isdecimal():
        return ""
    code, trunk, shortest, longest = PLANS[country]
    bare = digits.removeprefix(trunk) if len(digits) > shortest else digits
    return f"+{code}{bare}" if shortest <= len(bare) <= longest else ""
