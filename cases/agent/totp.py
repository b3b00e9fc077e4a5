"""Codes that change every half minute (RFC 6238 on RFC 4226). Knows nothing of who has them."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP, DIGITS, SLACK = 30, 6, 1
"""A clock may be half a minute off to either side (RFC 6238, section 5.2)."""


def new_secret() -> str:
    """160 bits, as RFC 4226 advises, in base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(secret: str, *, who: str, issuer: str) -> str:
    """The secret as authenticator apps take it."""
    label = quote(f"{issuer}:{who}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"


def step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The half minute that the code belongs to, if it fits and is later than `after`."""
    now = int(at.timestamp()) // STEP
    said = "".join(code.split())
    steps = range(now - SLACK, now + SLACK + 1)
    # All are compared, so that the time says nothing about which one fits.
    # As bytes, since text with other letters than ASCII cannot be compared so.
    fitting = [
        one for one in steps if hmac.compare_digest(code_at(secret, one).encode(), said.encode())
    ]
    return next((one for one in fitting if one > after), None)


def code_at(secret: str, step: int) -> str:
    """The code of that half minute (RFC 4226, section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)
