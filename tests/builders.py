"""Mails, cases and people for tests: say only what the test is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from cases import Address, Mail, Origin, Speaker
from cases.filing.arrival import Arrival
from classifiers.labels import Guess, Labels, Sentiment

# A Tuesday morning in opening hours.
MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
_numbers = count(1)


def a_mail(text: str = "No llega mi pedido", **values: Any) -> Mail:
    """A customer's mail from ana@cliente.example to soporte@tienda.example."""
    n = next(_numbers)
    said: dict[str, Any] = {
        "message_id": f"m{n}@cliente.example",
        "sender": Address("ana@cliente.example", "Ana"),
        "to": (Address("soporte@tienda.example"),),
        "subject": text[:40],
        "text": text,
        "new_text": text,
        "sent_at": MORNING,
    }
    if isinstance(values.get("sender"), str):
        values["sender"] = Address(values["sender"])
    return replace(Mail(), **(said | values))


def some_labels(**values: Any) -> Labels:
    """What the classifiers say of an angry mail about a parcel."""
    said: dict[str, Any] = {
        "id": "",
        "language": "es",
        "type": "fulfil.delivery",
        "secondary": None,
        "probability": 0.9,
        "top3": (Guess("fulfil.delivery", 0.9),),
        "complaint": 0.8,
        "negative": 0.9,
        "sentiment": Sentiment.NEGATIVE,
        "anger": 1.5,
        "urgency": 0.5,
        "signals": (),
        "evidence": (),
        "needs_review": False,
        "model": "m1",
    }
    return Labels(**(said | values))


def spoken_by(origin: Origin, **values: Any) -> Speaker:
    """A speaker of that origin."""
    return Speaker(origin, "said so by the test", origin is Origin.CUSTOMER, "test", **values)


def an_arrival(
    mail: Mail | str = "No llega mi pedido", *, minutes: float = 0, **values: Any
) -> Arrival:
    """A mail that arrived that many minutes after MORNING."""
    content = a_mail(mail) if isinstance(mail, str) else mail
    return Arrival(content, at=MORNING + timedelta(minutes=minutes), **values)
