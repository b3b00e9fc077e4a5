"""Where a registered bot is told what happens in cases: one address, on the bot's page."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.registry import OutsideBot
from cases import signing
from cases.exclusions import feed
from inbox.webhook import Happening, Webhook

TOLD = (
    *(Happening.CASE_OPENED, Happening.MESSAGE_RECEIVED, Happening.CASE_HANDED_OVER),
    *(Happening.REPLY_SENT, Happening.REPLY_EDITED, Happening.REPLY_SILENCED),
    Happening.CASE_CLOSED,
)


def of(session: Session, bot: OutsideBot) -> Webhook | None:
    """The webhook that the bot follows now."""
    living = select(Webhook).where(Webhook.token_id == bot.token_id, Webhook.disabled_at.is_(None))
    return session.scalars(living.order_by(Webhook.id.desc()).limit(1)).first()


def addresses(session: Session) -> dict[int, str]:
    """Token -> where its program is told."""
    living = select(Webhook.token_id, Webhook.url).where(Webhook.disabled_at.is_(None))
    return {row[0]: row[1] for row in session.execute(living.order_by(Webhook.id))}


def listen(session: Session, bot: OutsideBot, url: str, at: datetime) -> str:
    """Tell the bot there from now on, and nowhere else; gives the secret, which is shown once."""
    mine = Webhook.token_id == bot.token_id
    for hook in session.scalars(select(Webhook).where(mine, Webhook.disabled_at.is_(None))):
        hook.disabled_at = at
    if not url or bot.token_id is None:
        session.flush()
        return ""
    secret = signing.new_hook_secret()
    head = feed.lock(session)
    hook = Webhook(
        token_id=bot.token_id,
        url=url,
        events=[event.value for event in TOLD],
        sealed=signing.seal(secret, row=f"webhook:{url}"),
        epoch=head.epoch,
        seq=head.seq,
        created_at=at,
    )
    session.add(hook)
    session.flush()
    return secret
