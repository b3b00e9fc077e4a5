"""Through which relay a mail leaves: its mailbox's own, or the one of the installation."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Self

from sqlalchemy import select

from bot.delivery.smtp import Relay, SignInFailure, TemporaryFailure, Way, usual_way
from bot.outbox import OutgoingMail
from cases import signing
from cases.case import Case
from cases.db import reading
from cases.language import gettext as _
from cases.mailbox import Mailbox, grants
from cases.mailbox.xoauth import GrantLost, ProviderAway

log = logging.getLogger(__name__)
HERE = frozenset({"127.0.0.1", "::1", "localhost"})


class Relays:
    """Connections kept for one run through the outbox, one to each relay."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._open: dict[int | None, Relay] = {}
        self._owner: dict[int, int] = {}
        self._own = _with_their_own()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_about: object) -> None:
        self._stack.close()

    def learn(self, mails: Sequence[OutgoingMail]) -> None:
        """Look up whose the mails are, all at once; nothing to ask where all share one relay."""
        if not self._own:
            return
        wanted = {mail.case_id for mail in mails}
        with reading() as session:
            rows = session.execute(
                select(Case.id, Case.mailbox_id).where(
                    Case.id.in_(wanted), Case.mailbox_id.in_(self._own)
                )
            )
            self._owner |= {case_id: mailbox_id for case_id, mailbox_id in rows if mailbox_id}

    def of(self, mail: OutgoingMail) -> Relay:
        """The connection that the mail leaves by. Raises TemporaryFailure."""
        mailbox_id = self._owner.get(mail.case_id)
        if mailbox_id not in self._open:
            way = usual_way() if mailbox_id is None else way_of(mailbox_id)
            self._open[mailbox_id] = self._stack.enter_context(Relay(way))
        return self._open[mailbox_id]

    def refused(self, mail: OutgoingMail) -> None:
        """The relay did not know us: the next run asks with a new token."""
        mailbox_id = self._owner.get(mail.case_id)
        if mailbox_id is not None and grants.forget_token(mailbox_id):
            log.warning("the relay of mailbox %s refused its token", mailbox_id)


def way_of(mailbox_id: int) -> Way:
    """How the mailbox's mail leaves. Raises TemporaryFailure where no token is to be had."""
    with reading() as session:
        box = session.get_one(Mailbox, mailbox_id)
    if not box.smtp_host:
        return usual_way()
    user = box.smtp_user or box.imap_user
    try:
        grant = {} if box.sealed_smtp_password else box.grant()
        token = grants.token(mailbox_id, grant) if grant else ""
        password = "" if token else box.smtp_password()
    except (GrantLost, signing.Tampered) as lost:
        raise SignInFailure(str(lost)) from lost
    except ProviderAway as away:
        raise TemporaryFailure(str(away)) from away
    user = user if token or password else ""
    if user and box.smtp_security == "none" and box.smtp_host not in HERE:
        raise SignInFailure(_("{host}: the password would go in clear.", host=box.smtp_host))
    return Way(box.smtp_host, box.smtp_port, box.smtp_security, user, password, token)


def _with_their_own() -> frozenset[int]:
    with reading() as session:
        return frozenset(session.scalars(select(Mailbox.id).where(Mailbox.smtp_host != "")))
