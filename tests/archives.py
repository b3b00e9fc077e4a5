"""Made mailing-list archives: threads as trees, with the truth that References tell (JWZ)."""

import random
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from tests.builders import MORNING
from tests.raw import an_id


@dataclass(frozen=True)
class Posted:
    """One mail of an archive and the thread it belongs to."""

    thread: int
    id: str
    subject: str
    sender: str
    text: str
    minute: int
    references: tuple[str, ...] = ()

    @property
    def old_program(self) -> bool:
        """Half of the mails name only the mail they answer, as programs once did."""
        return sum(self.id.encode()) % 2 == 0

    def content(self, *, references: bool = True, in_reply_to: bool = True) -> bytes:
        """The mail as bytes, with the headers that were kept."""
        references = references and not self.old_program
        fields = [("From", self.sender), ("To", "list@lists.example"), ("Subject", self.subject)]
        fields.append(("Date", format_datetime(MORNING + timedelta(minutes=self.minute))))
        fields.append(("Message-ID", f"<{self.id}>"))
        if references and self.references:
            fields.append(("References", " ".join(f"<{one}>" for one in self.references)))
        if in_reply_to and self.references:
            fields.append(("In-Reply-To", f"<{self.references[-1]}>"))
        head = "".join(f"{name}: {value}\n" for name, value in fields)
        return f"{head}\n{self.text}\n".encode()


def an_archive(threads: int, seed: int, *, lost: float = 0.1, late: int = 0) -> list[Posted]:
    """Threads side by side, many with the same subject; some mails are lost, some come late."""
    chance = random.Random(seed)
    posted = [one for n in range(threads) for one in _thread(n, chance)]
    posted.sort(key=lambda one: one.minute + chance.randint(-late, late) if late else one.minute)
    return [one for one in posted if chance.random() >= lost]


def _thread(n: int, chance: random.Random) -> list[Posted]:
    subject = f"Question about part {n % 5}"
    mails: list[Posted] = []
    minute = chance.randrange(5000)
    for k in range(min(40, 1 + int(chance.expovariate(0.25)))):
        parent = chance.choice(mails) if mails else None
        minute = (parent.minute if parent else minute) + chance.randint(2, 600)
        said = subject if not parent else f"Re: {subject}" if chance.random() < 0.9 else f"New {k}"
        older = (*parent.references, parent.id)[-10:] if parent else ()
        sender = f"p{chance.randrange(60)}@people.example"
        id_ = an_id(chance, "people.example")
        mails.append(Posted(n, id_, said, sender, f"Words {n} {k}", minute, older))
    return mails
