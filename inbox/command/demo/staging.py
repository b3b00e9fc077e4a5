"""Before the curtain: tables, the people who may sign in, the mailbox, a token for the feed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.agent import Agent, Role
from cases.db import transaction
from cases.macro import Macro, Then
from cases.mailbox import Mailbox, Mode
from inbox import schema, tokens
from inbox.command.demo.place import Place
from inbox.command.demo.script import Staff, cast
from inbox.command.users import an_agent
from inbox.embedded.processes import LOOPBACK
from inbox.tokens import Scope, Token


def prepare(place: Place) -> None:
    """Bring the installation to where the day can begin or go on."""
    schema.upgrade()
    with transaction() as session:
        for one in cast().staff:
            _let_in(session, one, place.passwords[one.address])
        _open_mailbox(session, place)
        _write_ready_answers(session)
        if session.scalars(select(Token.id)).first() is None:
            scopes = {Scope.FEED_READ, Scope.FEED_GROUPS, Scope.FEED_REASONS, Scope.CHECK}
            place.token = tokens.issue(session, "demo", frozenset(scopes))


def _let_in(session: Session, one: Staff, password: str) -> None:
    known = session.scalars(select(Agent).where(Agent.address == one.address)).first()
    if known is None:
        session.add(an_agent(one.address, one.name, Role(one.role), one.language, password))


def _write_ready_answers(session: Session) -> None:
    if session.scalars(select(Macro.id)).first() is not None:
        return
    by, at = cast().shop.address, clock.now()
    for one in cast().ready:
        texts = {"text_es": one.es.strip(), "text_en": one.en.strip()}
        session.add(
            Macro(name=one.name, then=Then(one.then), changed_by=by, changed_at=at, **texts)
        )


def _open_mailbox(session: Session, place: Place) -> None:
    shop = cast().shop
    box = session.scalars(select(Mailbox).where(Mailbox.address == shop.address)).first()
    if box is None:
        box = Mailbox(
            address=shop.address,
            name=shop.name,
            imap_host=LOOPBACK,
            imap_security="none",
            imap_user=shop.address,
            mode=Mode.SEND,
            created_at=clock.now(),
        )
        box.keep_password(place.passwords[shop.address])
        session.add(box)
    box.imap_port = place.imap_port
