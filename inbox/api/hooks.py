"""Webhooks and what is to be told to them: rows first, so that nothing is lost on the way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from cases.exclusions import feed
from cases.exclusions.asking import Question
from cases.exclusions.rows import FeedChange
from inbox.api.seeing import KINDS, Form, say, view_of
from inbox.tokens import Token
from inbox.webhook import Happening, Telling, Webhook

AT_ONCE = 500


def living(at: datetime) -> Select[Webhook]:
    """The webhooks that are told: what a token may not ask any more, it is not told either."""
    with_token = select(Webhook).join(Token, Token.id == Webhook.token_id)
    return with_token.where(Webhook.disabled_at.is_(None), Token.living(at))


def announce(
    session: Session, event: Happening, payload: dict[str, Any], *, at: datetime, token_id: int
) -> None:
    """Have the webhooks of that token told."""
    hooks = session.scalars(living(at).where(Webhook.token_id == token_id)).all()
    _tell(session, hooks, [(event, payload)], at)


def announce_to_all(
    session: Session, said: Sequence[tuple[Happening, dict[str, Any]]], *, at: datetime
) -> None:
    """Have all webhooks told that want it."""
    _tell(session, session.scalars(living(at).order_by(Webhook.id)).all(), said, at)


def _tell(
    session: Session,
    hooks: Sequence[Webhook],
    said: Sequence[tuple[Happening, dict[str, Any]]],
    at: datetime,
) -> None:
    wanted = [(hook, *one) for one in said for hook in hooks if one[0] in hook.events]
    _keep(session, wanted, at)


def tell_one(
    session: Session, hook: Webhook, event: Happening, payload: dict[str, Any], *, at: datetime
) -> None:
    """Have that webhook told."""
    _keep(session, [(hook, event, payload)], at)


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
    hooks = session.scalars(living(at).order_by(Webhook.id).with_for_update(of=Webhook)).all()
    # As it is once the webhooks are ours: whoever had them before told of all until then.
    head = feed.head(session)
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
