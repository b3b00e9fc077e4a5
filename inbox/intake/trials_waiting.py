"""Looks whether a trial of rules waits. What runs it is large, and loaded only where one does."""

from importlib import import_module

from bot.rules import trials
from cases import clock
from cases.db import reading

RUNNER = "inbox.intake.trying"


def look() -> None:
    """Run the trials that wait, if any does."""
    with reading() as session:
        waiting = trials.one_waits(session, clock.now())
    if waiting:
        import_module(RUNNER).run_waiting()
