"""One mailbox's mail keeps coming in, whatever its server does. One thread a mailbox."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from cases import clock, signing
from cases.mailbox import grants
from cases.mailbox.xoauth import GrantLost, ProviderAway
from inbox.intake.accounts import account_of, ways_in
from inbox.intake.imap import Account, Connection, FolderRefused, ImapFailure, SignInRefused
from inbox.intake.poller import health
from inbox.intake.poller.backfill import backfill
from inbox.intake.poller.catching_up import (
    Reading,
    begin,
    catch_up,
    cursor_of,
    has_news,
    second_look,
)
from inbox.intake.poller.places import Past, places
from inbox.intake.poller.pulse import Pulse
from inbox.settings import settings
from inbox.spool import Place

FIRST_PAUSE, LONGEST_PAUSE, LASTING_PAUSE = 2.0, 45.0, 600.0
SECOND_LOOK_SECONDS, LOOK_SECONDS = 600.0, 5.0
OUTSIDE = (ImapFailure, GrantLost, ProviderAway, signing.Tampered, SQLAlchemyError)


@dataclass
class Watch:
    """What one thread knows of its mailbox beyond one connection."""

    mailbox_id: int
    stop: threading.Event
    pulse: Pulse = field(default_factory=Pulse)
    failures: int = 0
    renewed: bool = False
    """A token was renewed because the server refused it: not a second time in a row."""
    refused: Counter[int] = field(default_factory=Counter)
    looked_at: dict[Place, float] = field(default_factory=dict)
    """When the next second look is due, of the folders that were opened over this connection."""
    backfills: dict[Place, Iterator[int]] = field(default_factory=dict)


def watch(one: Watch) -> None:
    """Keep one mailbox's mail coming in until it is paused."""
    while not one.stop.is_set():
        try:
            account = account_of(one.mailbox_id)
            if account is None:
                return
            _stay(one, account)
        except OUTSIDE as failure:
            one.failures += 1
            health.note_failure(one.mailbox_id, failure)
            _rest(one, _pause(one, failure))


def _rest(one: Watch, seconds: float) -> None:
    """Wait, unless somebody mends what was wrong."""
    until = time.monotonic() + seconds
    before = _ways_in(one.mailbox_id)
    while (left := until - time.monotonic()) > 0 and not one.stop.wait(min(left, LOOK_SECONDS)):
        if _ways_in(one.mailbox_id) != before:
            return


def _ways_in(mailbox_id: int) -> tuple[object, ...]:
    try:
        return ways_in(mailbox_id)
    except SQLAlchemyError:
        return ()


def _pause(one: Watch, failure: Exception) -> float:
    if isinstance(failure, SignInRefused) and not one.renewed:
        one.renewed = True
        if grants.forget_token(one.mailbox_id):
            return 0.0
    lasting = isinstance(failure, (SignInRefused, GrantLost, signing.Tampered))
    return pause_after(one.failures, lasting=lasting)


def pause_after(failures: int, *, lasting: bool = False) -> float:
    """Seconds to wait after so many failures: doubled each time, with jitter."""
    longest = LASTING_PAUSE if lasting else min(FIRST_PAUSE * 2 ** min(failures, 9), LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  jitter is no secret


def _stay(one: Watch, account: Account) -> None:
    """Hold one connection: catch up, wait for news, catch up…"""
    with Connection(account, one.pulse.beat, one.refused) as connection:
        one.pulse.hold(connection)
        one.backfills.clear()
        one.looked_at.clear()
        try:
            wanted = places(one.mailbox_id)
            while not one.stop.is_set():
                _round(one, connection, wanted)
                if account_of(one.mailbox_id) != account or places(one.mailbox_id) != wanted:
                    return
        finally:
            one.pulse.hold(None)


def read_once(mailbox_id: int) -> int:
    """Read a mailbox to its end, old mail that is wished for too; how many mails were stored."""
    account = account_of(mailbox_id)
    if account is None:
        return 0
    began, stored, trouble = clock.now(), 0, ""
    with Connection(account) as connection:
        for place, past in places(mailbox_id).items():
            try:
                stored += _read(Reading(place, past, connection))
            except FolderRefused as refused:
                trouble = str(refused)
    health.note_success(mailbox_id, began, trouble)
    return stored


def _read(at: Reading) -> int:
    at.connection.open(at.place.folder)
    begin(at)
    return catch_up(at) + second_look(at) + sum(backfill(at))


def _round(one: Watch, connection: Connection, wanted: dict[Place, Past]) -> None:
    began, trouble = clock.now(), ""
    for place, past in wanted.items():
        try:
            _visit(one, Reading(place, past, connection))
        except FolderRefused as refused:
            trouble = str(refused)
    # While a renumbered folder is not looked through, nobody knows whether all is here.
    if not any(cursor_of(place).recounting for place in one.backfills):
        health.note_success(one.mailbox_id, began, trouble)
    one.failures, one.renewed = 0, False
    if not one.backfills:
        _wait(one, connection, *next(iter(wanted.items())))


def _visit(one: Watch, at: Reading) -> None:
    if at.connection.folder.name != at.place.folder:
        if at.place in one.looked_at and at.place not in one.backfills and not has_news(at):
            return
        at.connection.open(at.place.folder)
        begin(at)
    elif at.place not in one.looked_at:
        begin(at)
    catch_up(at)
    if time.monotonic() > one.looked_at.get(at.place, 0.0):
        one.looked_at[at.place] = time.monotonic() + SECOND_LOOK_SECONDS
        second_look(at)
    _backfill_some(one, at)
    health.note_life(one.mailbox_id)


def _backfill_some(one: Watch, at: Reading) -> None:
    """A batch of old mail between two looks for new mail."""
    work = one.backfills.get(at.place)
    if work is None and cursor_of(at.place).backfill_from is not None:
        work = one.backfills[at.place] = backfill(at)
    if work is not None and next(work, None) is None:
        del one.backfills[at.place]


def _wait(one: Watch, connection: Connection, main: Place, past: Past) -> None:
    """For news of the main folder; polling stays the floor, whatever IDLE promises."""
    if not connection.can_idle():
        one.stop.wait(settings().poll_seconds)
        return
    if connection.folder.name != main.folder:
        connection.open(main.folder)
        begin(Reading(main, past, connection))
    connection.wait(min(settings().idle_seconds, settings().poll_seconds))
