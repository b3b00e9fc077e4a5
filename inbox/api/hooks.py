"""Webhooks and what is to be told to them: rows first, so that nothing is lost on the way."""

import base64
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import signing
from cases.db import Base
from cases.exclusions import feed
from cases.exclusions.asking import Question
from cases.exclusions.rows import FeedChange, Seq
from inbox.api.seeing import KINDS, Form, say, view_of
from inbox.tokens import Token

AT_ONCE = 500


class Happening(StrEnum):
    """What a webhook can be told."""

    UPSERTED = "exclusion.upserted"
    RELEASED = "exclusion.released"
    EPOCH_CHANGED = "feed.epoch_changed"
    LOAD_CHANGED = "load.changed"
    UNASKED = "gate.unasked"
    EXPIRING = "receipt.expiring"
    CASE_OPENED = "case.opened"
    MESSAGE_RECEIVED = "message.received"
    CASE_HANDED_OVER = "case.handed_over"
    REPLY_SENT = "reply.sent"
    REPLY_EDITED = "reply.edited"
    REPLY_SILENCED = "reply.silenced"
    CASE_CLOSED = "case.closed"


class Webhook(Base):
    """An address that wants to be told. The secret is sealed."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("token.id"), index=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(default=list)
    sealed: Mapped[str]
    epoch: Mapped[str] = mapped_column(default="")
    seq: Mapped[int] = mapped_column(Seq, default=0)
    """Up to which change of the feed it was told."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    def secret(self) -> bytes:
        """The key its messages are signed with."""
        text_ = signing.unseal(self.sealed, row=f"webhook:{self.url}")
        return base64.b64decode(text_.removeprefix("whsec_"))


_DUE = text("done_at IS NULL")


class Telling(Base):
    """One message to one webhook, tried until it is taken."""

    __tablename__ = "webhook_telling"
    __table_args__ = (
        Index("ix_webhook_telling_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"), index=True)
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]


def new_secret() -> str:
    """A secret as the Standard Webhooks write it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def announce(
    session: Session, event: Happening, payload: dict[str, Any], *, at: datetime, token_id: int
) -> None:
    """Have the webhooks of that token told."""
    hooks = session.scalars(
        select(Webhook).where(Webhook.token_id == token_id, Webhook.disabled_at.is_(None))
    )
    _keep(session, [(hook, event, payload) for hook in hooks if event in hook.events], at)


def _keep(
    session: Session, said: list[tuple[Webhook, Happening, dict[str, Any]]], at: datetime
) -> None:
    rows = [
        {
            "webhook_id": hook.id,
            "event": event.value,
            "payload": {"type": event.value, "timestamp": say(at), "data": payload},
            "created_at": at,
            "due_at": at,
            "attempts": 0,
            "error": "",
        }
        for hook, event, payload in said
    ]
    if rows:
        session.execute(insert(Telling), rows)


def announce_changes(session: Session, at: datetime) -> int:
    """Have all webhooks told what changed in the feed since they were last told."""
    head = feed.head(session)
    hooks = session.scalars(
        select(Webhook).where(Webhook.disabled_at.is_(None)).with_for_update()
    ).all()
    if head is None:
        return 0
    said: list[tuple[Webhook, Happening, dict[str, Any]]] = []
    for hook in hooks:
        if hook.epoch != head.epoch or hook.seq < head.pruned:
            said.append((hook, Happening.EPOCH_CHANGED, {"epoch": head.epoch, "seq": head.seq}))
            hook.epoch, hook.seq = head.epoch, head.seq
        else:
            said += [(hook, event, data) for event, data in _since(session, hook)]
    wanted = [one for one in said if one[1] in one[0].events]
    _keep(session, wanted, at)
    return len(wanted)


def _since(session: Session, hook: Webhook) -> list[tuple[Happening, dict[str, Any]]]:
    """Thin by design: a keyed hash and until when, for the token's own eyes."""
    view = view_of(session.get_one(Token, hook.token_id), Question(), Form.HMAC).under(session)
    columns = (FeedChange.seq, FeedChange.kind, FeedChange.value, FeedChange.holds)
    rows = session.execute(
        select(*columns).where(FeedChange.seq > hook.seq).order_by(FeedChange.seq).limit(AT_ONCE)
    ).all()
    told: dict[Happening, list[dict[str, Any]]] = {Happening.UPSERTED: [], Happening.RELEASED: []}
    for seq, kind, value, holds in rows:
        spans = view.spans(holds)
        item = {"kind": KINDS[kind], "hash": view.name(value), "seq": seq}
        if spans:
            told[Happening.UPSERTED].append({**item, "until": say(spans[0].until)})
        else:
            told[Happening.RELEASED].append(item)
        hook.seq = seq
    return [(event, {"items": items}) for event, items in told.items() if items]
