"""What webhooks are told because time passes: the load turned, or a receipt is about to end."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.capacity.load_now import Answer, Asked, ask
from cases.exclusions.gates import Gate, Status
from inbox.api import hooks
from inbox.api.seeing import say
from inbox.api.telling import is_behind
from inbox.tokens import Token
from inbox.webhook import Happening, Webhook

AHEAD = timedelta(minutes=5)
"""So long before its end a receipt is said to be ending."""


def warn(session: Session, now: datetime) -> int:
    """Have told what turned since the last look; how many messages that made."""
    return _load(session, now) + _receipts(session, now)


def _load(session: Session, now: datetime) -> int:
    """The verdict on support's load, where it is another than the webhook was last told."""
    told = 0
    living = hooks.living(now).add_columns(Token).order_by(Webhook.id)
    for hook, token in session.execute(living).all():
        if Happening.LOAD_CHANGED not in hook.events:
            continue
        answer = ask(session, Asked(degraded=is_behind(session, token, now)), now)
        before, turned = hook.load.partition(">")[0], _turn(hook, answer.judgement.verdict.value)
        if turned:
            hooks.tell_one(session, hook, Happening.LOAD_CHANGED, _said(answer, before), at=now)
            told += 1
    return told


def _turn(hook: Webhook, seen: str) -> bool:
    """Whether the load is now another than the webhook was told.

    It counts once it was seen twice in a row: at a border it would be told to and fro.
    """
    told, _, coming = hook.load.partition(">")
    # Who has just subscribed has asked for changes, and this is none.
    turned = bool(told) and told != seen and coming == seen
    hook.load = seen if turned or seen == told or not told else f"{told}>{seen}"
    return turned


def _said(answer: Answer, before: str) -> dict[str, object]:
    judged = answer.judgement
    return {
        "verdict": judged.verdict.value,
        "before": before,
        "decision": answer.refusal.value if answer.refusal is not None else "go",
        "max_per_hour": judged.max_per_hour,
        "not_before": say(judged.not_before),
    }


def _receipts(session: Session, now: datetime) -> int:
    """Campaigns under way whose lease ends soon: refresh, or stop."""
    gates = session.scalars(
        select(Gate)
        .where(Gate.status == Status.SEALED, Gate.jti != Gate.expiring_told)
        .where(Gate.lease_until > now, Gate.lease_until <= now + AHEAD)
        .with_for_update()
    ).all()
    for gate in gates:
        gate.expiring_told = gate.jti
        said = {"gate": gate.id, "jti": gate.jti, "lease_until": say(gate.lease_until)}
        hooks.announce(session, Happening.EXPIRING, said, at=now, token_id=gate.token_id)
    return len(gates)
