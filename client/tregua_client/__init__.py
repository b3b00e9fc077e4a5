"""Asks Tregua who must not be written to now, and proves that it asked."""

from tregua_client.asking import Verdict
from tregua_client.client import Client
from tregua_client.gate import Gate
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
)

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
    "Receipt",
    "Refusal",
    "Verdict",
    "verify",
]
