"""Asks Tregua who must not be written to now, and proves that it asked."""

from tregua_client.asking import Verdict
from tregua_client.client import Client
from tregua_client.gate import Gate, Override
from tregua_client.mirror import Mirror
from tregua_client.receipt import Receipt, verify
from tregua_client.refusals import (
    FeedStale,
    Forged,
    LeaseExpired,
    NoAnswer,
    NoGo,
    NotAllowed,
    Refusal,
    Sandbox,
    TooMany,
)
from tregua_client.retrying import Patience
from tregua_client.version import __version__

__all__ = [
    "Client",
    "FeedStale",
    "Forged",
    "Gate",
    "LeaseExpired",
    "Mirror",
    "NoAnswer",
    "NoGo",
    "NotAllowed",
    "Override",
    "Patience",
    "Receipt",
    "Refusal",
    "Sandbox",
    "TooMany",
    "Verdict",
    "__version__",
    "verify",
]
