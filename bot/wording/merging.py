"""Several mails to one person become one that reads well. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """What one mail says, in pieces that can stand beside those of others."""

    facts: str = ""
    question: str = ""
    closing: str = ""

    def as_row(self) -> dict[str, str]:
        return asdict(self)


def merged(several: Sequence[Parts]) -> Parts:
    """All facts, then all questions, then one farewell; what two say alike is said once."""
    return Parts(
        facts=_together(parts.facts for parts in several),
        question=_together(parts.question for parts in several),
        closing=next((parts.closing for parts in several if parts.closing.strip()), ""),
    )


def _together(texts: Iterable[str]) -> str:
    said: dict[str, str] = {}
    for text in texts:
        for paragraph in text.strip().split("\n\n"):
            key = " ".join(paragraph.lower().split())
            if key:
                said.setdefault(key, paragraph.strip())
    return "\n\n".join(said.values())


def tidy(text: str) -> str:
    """No more than one empty line between paragraphs, and none around them."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip()
