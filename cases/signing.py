"""Signatures that only we can make, on ids, addresses and links; and secrets at rest.

HMAC-SHA-256 cut to 128 bits (RFC 2104, section 5), compared in constant time.
"""

import base64
import hashlib
import hmac
import re
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cases.settings import settings

_OUR_ID = re.compile(r"tregua\.c(\d{1,12})\.([a-z2-7]{8})\.([a-z2-7]{26})@([^\s@<>]{1,255})")
_OUR_TAG = re.compile(r"c(\d{1,12})\.([a-z2-7]{26})")
_HOOK = "whsec_"


class Tampered(Exception):
    """A stored secret does not open: another key, another row, or changed bytes."""


def sign(purpose: str, text: str) -> str:
    """26 letters and digits that prove that we said the text, for that purpose alone."""
    return _mac(settings().secret(), purpose, text)


def verify(purpose: str, text: str, mac: str) -> bool:
    """Whether we signed it, with the secret of today or one from before."""
    # As bytes, since text with other letters than ASCII cannot be compared so.
    said = mac.lower().encode()
    keys = [settings().secret(), *settings().old_secrets()]
    # All keys are compared, so that the time says nothing about which one fits.
    fits = [hmac.compare_digest(_mac(key, purpose, text).encode(), said) for key in keys]
    return any(fits)


def _mac(key: bytes, purpose: str, text: str) -> str:
    digest = hmac.digest(_key(key, purpose), text.encode(), "sha256")[:16]
    return base64.b32encode(digest).decode().lower().rstrip("=")


@lru_cache(maxsize=64)
def _key(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"tregua/{purpose}".encode(), "sha256")


def new_message_id(case_id: int, domain: str) -> str:
    """A fresh signed Message-ID, without angle brackets, that tells us its case when it returns."""
    nonce = base64.b32encode(secrets.token_bytes(5)).decode().lower()
    mac = sign("message-id", f"{case_id}.{nonce}@{domain.lower()}")
    return f"tregua.c{case_id}.{nonce}.{mac}@{domain.lower()}"


def case_of_message_id(message_id: str) -> int | None:
    """The case that one of our Message-IDs speaks of, or None if we did not make it."""
    found = _OUR_ID.fullmatch(message_id.lower())
    if found is None:
        return None
    case_id, nonce, mac, domain = found.groups()
    return int(case_id) if verify("message-id", f"{case_id}.{nonce}@{domain}", mac) else None


def plus_address(address: str, case_id: int) -> str:
    """The mailbox's address with a signed tag: soporte+c7.<mac>@…"""
    local, _, domain = address.partition("@")
    return f"{local}+c{case_id}.{sign('plus-address', f'{case_id}@{domain.lower()}')}@{domain}"


def case_of_plus_address(address: str) -> int | None:
    """The case that a signed plus-address speaks of, or None."""
    local, _, domain = address.lower().partition("@")
    found = _OUR_TAG.fullmatch(local.partition("+")[2])
    if found is None or not verify("plus-address", f"{found[1]}@{domain}", found[2]):
        return None
    return int(found[1])


def seal(secret: str, *, row: str) -> str:
    """The secret encrypted for that row alone (AES-256-GCM), so that swapping rows fails."""
    return base64.urlsafe_b64encode(seal_bytes(secret.encode(), row=row)).decode()


def unseal(sealed: str, *, row: str) -> str:
    """The secret of that row; raises Tampered."""
    try:
        return unseal_bytes(base64.urlsafe_b64decode(sealed), row=row).decode()
    except (Tampered, ValueError) as wrong:
        said = f"the secret of {row} does not open with this installation's key"
        raise Tampered(said) from wrong


def seal_bytes(content: bytes, *, row: str) -> bytes:
    """The same for content of any length."""
    nonce = secrets.token_bytes(12)
    cipher = AESGCM(_key(settings().secret(), "at-rest"))
    return nonce + cipher.encrypt(nonce, content, row.encode())


def unseal_bytes(sealed: bytes, *, row: str) -> bytes:
    """The content of that row; raises Tampered."""
    for key in (settings().secret(), *settings().old_secrets()):
        try:
            cipher = AESGCM(_key(key, "at-rest"))
            return cipher.decrypt(sealed[:12], sealed[12:], row.encode())
        except (InvalidTag, ValueError) as wrong:
            failure = wrong
    raise Tampered(f"{row} does not open with this installation's key") from failure


def new_hook_secret() -> str:
    """A secret that signs messages to a webhook, as the Standard Webhooks write it."""
    return _HOOK + base64.b64encode(secrets.token_bytes(32)).decode()


def unseal_hook_key(sealed: str, *, row: str) -> bytes:
    """The key that such a secret stands for; raises Tampered."""
    return base64.b64decode(unseal(sealed, row=row).removeprefix(_HOOK))


def fingerprint(text: str) -> str:
    """SHA-256 in hex: for tokens and contents, never for guessable personal data."""
    return hashlib.sha256(text.encode()).hexdigest()
