"""What the server takes for the pages of the inbox, and how it grows with the shop."""

import gc
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from werkzeug.test import Client

from cases import clock
from cases.agent import Agent
from cases.db import transaction
from inbox.app import create_app
from inbox.command.benching import seeding
from inbox.command.benching.asked import Asked
from inbox.command.benching.asked import pages as pages_for
from inbox.command.benching.installing import Bench, installed
from inbox.command.benching.staff import Staff, hired
from inbox.web import signin
from inbox.web.signin import sessions

TIMES = 10
"""The small shop has so many times fewer cases, the large one so many times more."""
LONG, SHORT = 10, 3
"""Messages of a case on average, where times are measured and where they are compared."""
ROUNDS = 5
Times = dict[str, list[float]]
"""Milliseconds of each address."""


def pages(number: int, url: str) -> dict[str, Any]:
    """Server time of lists, cases and searches, through the whole application."""
    small, large = max(number // TIMES, 1), number * TIMES
    with installed(url) as bench:
        staff = hired(bench.mailbox_id)
        client = Client(create_app())
        # As the server does it: what stays for ever is not looked through for garbage.
        gc.freeze()
        took = {
            (cases, messages): _measured(client, staff, cases, messages)
            for cases, messages in ((number, LONG), (small, SHORT), (large, SHORT))
        }
    here, few, many = took.values()
    growth = {kind: _growth(few[kind], many[kind]) for kind in many}
    return {
        **_said(bench, number, here),
        "large": dict(_figures(many)),
        "growth": growth,
        f"growth_{_short(small)}_{_short(large)}": max(growth.values()),
        "slowest": _slowest(here),
        "slowest_large": _slowest(many),
    }


def _said(bench: Bench, number: int, took: dict[str, Times]) -> dict[str, Any]:
    sizes = {"cases": number, "messages": number * LONG}
    return {**sizes, "servers": bench.database, **dict(_figures(took))}


def _short(number: int) -> str:
    return f"{number // 1_000_000}m" if number >= 1_000_000 else f"{max(number // 1000, 1)}k"


def _measured(client: Client, staff: Staff, cases: int, messages: int) -> dict[str, Times]:
    """What each kind of page takes in a shop of that size."""
    seeding.empty()
    seeding.seed(cases, messages, mailboxes=staff.mailboxes, agents=staff.agents, end=clock.now())
    took: dict[str, Times] = {}
    for agent_id in (staff.admin, staff.in_a_team):
        for kind, some in pages_for(client, _enter(client, agent_id)).items():
            times = took.setdefault(kind, {})
            times |= {f"{one} for {agent_id}": _times(client, one) for one in some}
    return took


def _enter(client: Client, agent_id: int) -> Agent:
    with transaction() as session:
        agent = session.get_one(Agent, agent_id)
        secret = sessions.begin(session, agent, at=clock.now())
    client.set_cookie(signin.COOKIE, secret)
    return agent


def _times(client: Client, page: Asked) -> list[float]:
    # Once before, as for a page that somebody has just been on.
    page.of(client)
    return [_time(client, page) for _round in range(ROUNDS)]


def _time(client: Client, page: Asked) -> float:
    began = time.perf_counter()
    page.of(client)
    return (time.perf_counter() - began) * 1000


def _figures(took: dict[str, Times]) -> Iterator[tuple[str, float]]:
    for kind, times in took.items():
        found = sorted(one for many in times.values() for one in many)
        for percent in (50, 95, 99):
            yield f"{kind}_p{percent}_ms", round(found[len(found) * percent // 100], 1)


def _growth(few: Times, many: Times) -> float:
    """By the best of each page: what else the machine does is no growth."""
    middle_few, middle_many = (median(map(min, times.values())) for times in (few, many))
    return round(middle_many / middle_few, 2)


def _slowest(took: dict[str, Times]) -> dict[str, float]:
    """The page of each kind that takes longest, by its median."""
    worst = {kind: max(times, key=lambda one: median(times[one])) for kind, times in took.items()}
    return {page: round(median(took[kind][page]), 1) for kind, page in worst.items()}
