"""Plays the day: sends its mails, and does in the inbox what its agents do. Never twice."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import select

from bot import answers
from bot.delivery.smtp import TemporaryFailure
from cases import clock
from cases.agent import Agent
from cases.case import take
from cases.db import reading, transaction
from cases.history import What
from cases.message import Message
from inbox.command.demo import letters, post
from inbox.command.demo.letters import Thread
from inbox.command.demo.place import Place
from inbox.command.demo.post import Letter
from inbox.command.demo.script import Step, cast, day, step

LOOK = 0.2
Found = TypeVar("Found")


class Interrupted(Exception):
    """The demo was told to end while a step waited for its turn."""


class Actor:
    """Plays the steps that have not happened yet, `pause` seconds apart."""

    def __init__(self, place: Place, stopping: threading.Event, pause: float) -> None:
        self._place = place
        self._stopping = stopping
        self._pause = pause
        self._sent: set[str] = set()
        self._last = day()[0]
        self.finished = threading.Event()
        self.doing = ""

    def play(self) -> None:
        """All steps, in their order; returns early when the demo ends."""
        with suppress(Interrupted):
            self._sent = {mail.message_id for mail in self._mailbox(cast().shop.address)}
            for one in day():
                self.doing = one.id
                if one.agent:
                    self._act(one)
                    continue
                self._last = one
                if letters.message_id(one, self._place.seed) not in self._sent:
                    self._send(one)
                    self._wait(self._pause)
            self.finished.set()

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Interrupted

    def _until(self, look: Callable[[], Found | None]) -> Found:
        while (found := look()) is None:
            self._wait(LOOK)
        return found

    def _mailbox(self, address: str) -> list[Letter]:
        return post.mailbox(self._place, address)

    def _send(self, one: Step) -> None:
        sender = cast().address(one.sender).address
        envelope = sender if one.envelope is None else one.envelope
        content = letters.write(one, self._place.seed, self._thread(one))
        recipients = [cast().shop.address]
        if one.to in cast().customers:
            recipients.append(cast().address(one.to).address)
        self._until(lambda: _handed_over(envelope, recipients, content))

    def _thread(self, one: Step) -> Thread:
        if one.follows:
            before = step(one.follows)
            return Thread((letters.message_id(before, self._place.seed),))
        if one.answers:
            ours = self._until(lambda: self._ours(step(one.answers)))
            reader = cast().address(one.reads or one.sender).address
            read = self._until(lambda: self._received(reader, ours))
            return Thread((*read.references, read.message_id), read.text)
        return Thread()

    def _received(self, reader: str, rfc_id: str) -> Letter | None:
        return next((mail for mail in self._mailbox(reader) if mail.message_id == rfc_id), None)

    def _ours(self, about: Step) -> str | None:
        """The Message-ID of the agent's answer, or of the automatic reply to that mail."""
        with reading() as session:
            if about.agent:
                return session.scalars(
                    select(Message.rfc_id)
                    .where(Message.by == _staff(about.agent))
                    .where(Message.text == about.text)
                ).first()
            return session.scalars(
                select(Message.rfc_id).where(
                    Message.case_id == self._filed(about), Message.rule == "automatic reply"
                )
            ).first()

    def _filed(self, about: Step) -> int | None:
        """The case that a step's mail is in."""
        with reading() as session:
            return session.scalars(
                select(Message.case_id).where(
                    Message.rfc_id == letters.message_id(about, self._place.seed)
                )
            ).first()

    def _act(self, one: Step) -> None:
        # An agent acts on what is to be seen, so all that was sent before is there first.
        self._until(lambda: self._filed(self._last))
        case_id = self._until(lambda: self._filed(step(one.case)))
        if one.close:
            self._close(one, case_id)
        elif self._ours(one) is None:
            self._answer(one, case_id)
            self._wait(self._pause)

    def _answer(self, one: Step, case_id: int) -> None:
        with transaction() as session:
            agent = session.scalars(select(Agent).where(Agent.address == _staff(one.agent))).one()
            case = take(session, case_id)
            answers.send(session, case, agent, answers.Answer(one.text), at=clock.now())

    def _close(self, one: Step, case_id: int) -> None:
        with transaction() as session:
            case = take(session, case_id)
            by = _staff(one.agent)
            before = any(event.what is What.CLOSED and event.by == by for event in case.events)
            if case.is_open and not before:
                case.close(by=by, at=clock.now())


def _staff(key: str) -> str:
    return cast().address(key).address


def _handed_over(envelope: str, recipients: list[str], content: bytes) -> bool | None:
    """True once the server took it; None while it cannot be reached."""
    try:
        post.send(envelope, recipients, content)
    except TemporaryFailure:
        return None
    return True


def wait_for(true: Callable[[], bool], stopping: threading.Event, seconds: float) -> bool:
    """Whether it became so within that time, before the demo ended."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline or stopping.wait(LOOK):
            return False
    return True
