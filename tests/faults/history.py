"""What programs were told while others wrote, in the order of one running clock, and its judge."""

import threading
from bisect import bisect_left
from collections import Counter, defaultdict

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from cases.db import reading
from cases.exclusions import feed
from cases.exclusions.rows import FeedChange, FeedEntry

WRITERS, READERS = 8, 4
PEOPLE = [f"c{n}@cliente.example" for n in range(64)]
STRANGERS = [f"nobody{n}@cliente.example" for n in range(936)]
BULK_EVERY = 50


class History:
    """When each person was surely held, and when they were called free."""

    def __init__(self):
        self.held, self.free = defaultdict(list), []
        self.counts = Counter()
        self.lock = threading.Lock()
        self.over = threading.Event()

    def count(self, name, n=1):
        with self.lock:
            self.counts[name] += n

    def was_held(self, who, opened, closing):
        with self.lock:
            self.held[who].append((opened, closing))

    def was_free(self, who, began, ended):
        with self.lock:
            self.free.append((who, began, ended))

    def broken(self):
        """Readings of "free" that lie wholly inside a time of surely being held."""
        found = []
        for times in self.held.values():
            times.sort()
        for who, began, ended in self.free:
            # Each time is short, so only those that opened a while before can still last.
            times = self.held[who]
            last = bisect_left(times, (began,))
            found += [(who, began, ended) for one in times[max(last - 50, 0) : last]
                      if ended < one[1]]  # fmt: skip
        return found

    def staleness(self):
        """The longest that an answer of before went on being given after a commit."""
        worst = 0.0
        for who, began, ended in self.free:
            times = self.held[who]
            for opened, closing in times[bisect_left(times, (began,)) :]:
                if opened >= ended:
                    break
                # From the closing on, "free" is the truth, however long the answer took.
                worst = max(worst, min(ended, closing) - opened)
        return worst

    def judge(self, singles):
        """What must be so at the end of every run."""
        assert self.broken() == []
        assert self.counts["copies that differed"] == 0
        assert self.counts["strangers that were held"] == 0
        assert self.counts["single"] >= singles
        assert self.counts["single"] + self.counts["in bulk"] >= 10 * singles
        assert self.free

    def said(self):
        return f"{dict(self.counts)} worst staleness {self.staleness() * 1000:.0f} ms"


def note(history, who, answers, began, ended):
    """What a check of one or many said: `answers` is its JSON."""
    if "items" not in answers:
        history.count("single")
        if answers["allowed"]:
            history.was_free(who, began, ended)
        return
    allowed = [one["allowed"] for one in answers["items"]]
    history.count("in bulk", len(allowed))
    history.count("strangers that were held", allowed[len(PEOPLE) :].count(False))
    for one, free in zip(PEOPLE, allowed, strict=False):
        if free:
            history.was_free(one, began, ended)


def question(turn):
    """The next question of a program: where, what, and about whom."""
    if turn % BULK_EVERY:
        who = PEOPLE[turn % len(PEOPLE)]
        return "/v1/check", {"address": who}, who
    return "/v1/check/bulk", {"items": PEOPLE + STRANGERS}, ""


def follow(history):
    """One copy by changes alone; at every look it must be what the whole feed is."""
    copy, seq = {}, 0
    while not history.over.wait(0.2):
        try:
            seq = _compare(history, copy, seq)
        except DBAPIError:
            history.count("looks that were cut off")


def _compare(history, copy, seq):
    with reading() as session:
        feed.steady(session)
        head = feed.head(session)
        if head is None:
            return seq
        changes = select(FeedChange.seq, FeedChange.value, FeedChange.holds)
        for _seq, value, holds in session.execute(
            changes.where(FeedChange.seq > seq).order_by(FeedChange.seq)
        ).all():
            copy.pop(value, None)
            if holds:
                copy[value] = holds
        whole = dict(session.execute(select(FeedEntry.value, FeedEntry.holds)).all())
    history.count("comparisons")
    history.count("copies that differed", int(copy != whole))
    return head.seq
