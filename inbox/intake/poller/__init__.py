"""The loop: each mailbox has a thread that spools what is new; two more run errands, look out."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cases import language
from cases.db import reading
from cases.mailbox import Mailbox
from cases.settings import settings
from inbox.intake.poller import errands, lookout
from inbox.intake.poller.watching import Watch, watch

log = logging.getLogger(__name__)

LOOK_FOR_MAILBOXES = 15.0


@dataclass(frozen=True, slots=True)
class _Watched:
    watch: Watch
    thread: threading.Thread


def poll(stop: threading.Event) -> None:
    """Watch all mailboxes until told to stop; mailboxes that are added later too."""
    # What is said of a mailbox is read on its page, so it is said in the shop's language.
    language.choose(settings().language)
    for besides in (errands.run, lookout.run):
        _thread(besides, stop).start()
    watched: dict[int, _Watched] = {}
    while not stop.is_set():
        for mailbox_id in _to_watch():
            if mailbox_id not in watched or not watched[mailbox_id].thread.is_alive():
                watched[mailbox_id] = _begin(mailbox_id, stop)
        for mailbox_id, one in watched.items():
            if one.watch.pulse.is_stuck():
                log.warning("mailbox %s hangs; its connection is cut", mailbox_id)
                one.watch.pulse.cut()
        stop.wait(LOOK_FOR_MAILBOXES)


def _begin(mailbox_id: int, stop: threading.Event) -> _Watched:
    one = Watch(mailbox_id, stop)
    thread = _thread(watch, one)
    thread.start()
    return _Watched(one, thread)


def _thread(target: Callable[..., None], *args: object) -> threading.Thread:
    """A thread that speaks the language of this one: it would begin in English otherwise."""
    return threading.Thread(target=copy_context().run, args=(target, *args), daemon=True)


def _to_watch() -> Sequence[int]:
    try:
        lookout.give_sign()
        with reading() as session:
            return session.scalars(select(Mailbox.id).where(~Mailbox.paused)).all()
    except SQLAlchemyError:
        log.warning("the database is away; the mailboxes are asked for again soon")
        return ()
