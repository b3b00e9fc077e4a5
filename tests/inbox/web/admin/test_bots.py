"""Outside bots: registered with a token that is shown once, and a webhook of their own."""

import re

import pytest
from sqlalchemy import select

from bot.kinds import Mode
from bot.registry import OutsideBot
from cases.db import reading
from inbox.tokens import Token, recognise
from inbox.web.admin import bot_webhooks
from inbox.webhook import Webhook
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN, BEA

BOT = {
    "name": "mensajero",
    "mode": "draft",
    "addresses": "Avisos@carrier.example\n",
    "headers": "X-Mailer: carrier*\n",
    "subjects": "Su envío",
    "customer": "body:Pedido",
    "webhook": "https://bots.example/hook",
}


def _bot() -> OutsideBot:
    with reading() as session:
        return session.scalars(select(OutsideBot).where(OutsideBot.name == "mensajero")).one()


def test_a_new_bot_gets_a_token_that_is_shown_once_and_works(enter: Enter) -> None:
    admin = enter(ADMIN)
    page = admin.post("/admin/bots", **BOT).text
    found = re.search(r"trg_[0-9a-f]+_[\w-]+", page)
    assert found is not None
    assert "whsec_" in page
    bot = _bot()
    with reading() as session:
        token = recognise(session, found[0])
        assert token is not None
        assert token.id == bot.token_id
    assert (bot.mode, bot.addresses, bot.headers, bot.customer) == (
        Mode.DRAFT,
        ["avisos@carrier.example"],
        {"x-mailer": "carrier*"},
        "body:Pedido",
    )
    again = admin.get(f"/admin/bots/{bot.id}").text
    assert "trg_" not in again
    assert "whsec_" not in again


def test_a_webhook_that_moves_has_a_new_secret_and_the_old_one_ends(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/bots", **BOT)
    bot = _bot()
    kept = admin.post(f"/admin/bots/{bot.id}", **BOT)
    assert kept.status_code == 303
    page = admin.post(f"/admin/bots/{bot.id}", **{**BOT, "webhook": "https://b.example/x"}).text
    assert "whsec_" in page
    with reading() as session:
        hooks = session.scalars(select(Webhook).order_by(Webhook.id)).all()
        assert [hook.disabled_at is None for hook in hooks] == [False, True]
        assert bot_webhooks.of(session, bot).url == "https://b.example/x"
        assert hooks[1].secret()
    admin.post(f"/admin/bots/{bot.id}", **{**BOT, "webhook": ""})
    with reading() as session:
        assert bot_webhooks.of(session, bot) is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("addresses", "nobody"),
        ("headers", "no colon"),
        ("customer", "somewhere"),
        ("webhook", "http://plain.example/"),
        ("webhook", "https://user@host.example/"),
        ("mode", "loud"),
    ],
)
def test_what_cannot_be_registers_nothing(enter: Enter, field: str, typed: str) -> None:
    answer = enter(ADMIN).post("/admin/bots", **{**BOT, field: typed})
    assert answer.status_code == 422
    with reading() as session:
        assert session.scalars(select(OutsideBot.id)).all() == []
        assert session.scalars(select(Token.id)).all() == []


def test_the_list_shows_when_a_bot_was_last_seen_to_whom_may_look(enter: Enter) -> None:
    enter(ADMIN).post("/admin/bots", **BOT)
    page = enter(BEA).get("/admin/bots").text
    assert "mensajero" in page
    assert "nunca" in page
    assert enter(BEA).post("/admin/bots", **BOT).status_code == 403
