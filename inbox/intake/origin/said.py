"""What one rule about the speaker answers."""

from collections.abc import Callable
from dataclasses import dataclass

from cases.mail import Mail, Origin
from inbox.intake.known import Known


@dataclass(frozen=True, slots=True)
class Said:
    """An origin, and by which sign it was told."""

    origin: Origin
    rule: str
    bot: str | None = None
    customer: str | None = None


Rule = Callable[[Mail, Known], Said | None]
