"""The tokens of the sandbox, and the mailboxes by which each meets its own weather."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.mailbox import Mailbox
from cases.signing import fingerprint
from inbox.tokens import Scope, Token

SENDER = (Scope.FEED_READ, Scope.CHECK, Scope.GATE)
FULL = (
    *(*SENDER, Scope.FEED_GROUPS, Scope.FEED_REASONS, Scope.FEED_RAW, Scope.RECEIPTS_READ),
    *(Scope.TOUCHES_WRITE, Scope.SUPPRESSIONS_WRITE, Scope.WEBHOOKS, Scope.LOAD_READ),
)
TOKENS: dict[str, tuple[Scope, ...]] = {
    "full": FULL,
    "plain": SENDER,
    "behind": FULL,
    "stopped": FULL,
    "spent": FULL,
}
"""Name -> scopes. Nobody real is behind them, so their secrets may stand in the docs."""
LATE = {
    "good": timedelta(0),
    "behind": timedelta(minutes=5),
    "stopped": timedelta(hours=1),
}
"""Since when the mailbox of that name has not been read."""
KEY = "00112233445566778899aabbccddeeff" * 2
"""Of the keyed hashes; that of the vectors of the protocol."""


def text(name: str) -> str:
    """A token as programs send it."""
    return f"trg_{name}_sandbox"


def settle(session: Session, now: datetime) -> None:
    """Make the mailboxes and the tokens."""
    for name in LATE:
        nobody = {"imap_host": "imap.example.com", "imap_user": name, "created_at": now}
        session.add(Mailbox(address=_box(name), **nobody))
    session.flush()
    stay_late(session, now)
    rows = session.execute(select(Mailbox.address, Mailbox.id))
    boxes = {row.address: row.id for row in rows}
    for name, scopes in TOKENS.items():
        session.add(
            Token(
                name=name,
                prefix=name,
                secret_hash=fingerprint("sandbox"),
                hash_key=KEY,
                scopes=sorted(scopes),
                mailboxes=[boxes[_box(name if name in LATE else "good")]],
                quota=1 if name == "spent" else None,
                created_at=now,
            )
        )


def _box(name: str) -> str:
    return f"{name}@example.com"


def stay_late(session: Session, now: datetime) -> None:
    """Time passes, and mail stays as far behind as it was."""
    for name, late in LATE.items():
        box = update(Mailbox).where(Mailbox.address == _box(name))
        session.execute(box.values(last_ok_at=now - late))
