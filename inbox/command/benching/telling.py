"""Whether the time of an answer tells a customer from a stranger, where the answer does not."""

import json
import random
import time
from collections.abc import Sequence

from inbox.command.benching.asker import Asker
from inbox.command.benching.held import address

ASKED = 4000
STRANGERS = 5_000_000
"""Numbers of people who never wrote; their addresses look like all others."""


def tell_apart(asker: Asker, known: range, campaign_class: str) -> float:
    """How often their answer takes longer than a stranger's: 0.5 is no more than chance.

    It is the area under the curve (AUC) of whoever guesses by the time of one answer.
    """
    chance = random.Random(11)  # noqa: S311  the order of a bench is no secret
    numbers = chance.sample(known, min(ASKED // 2, len(known)))
    asked = [(n, True) for n in numbers] + [(STRANGERS + n, False) for n in numbers]
    chance.shuffle(asked)
    times: dict[bool, list[float]] = {True: [], False: []}
    for n, is_known in asked:
        body = json.dumps({"address": address(n), "campaign_class": campaign_class}).encode()
        begin = time.perf_counter()
        answer = asker.ask("POST", "/v1/check", body)
        times[is_known].append(time.perf_counter() - begin)
        if b'"allowed":true' not in answer.replace(b" ", b""):
            raise RuntimeError("somebody who was not held was called held")
    return round(auc(times[True], times[False]), 3)


def auc(ones: Sequence[float], others: Sequence[float]) -> float:
    """The share of pairs in which the first is greater; equal ones count half."""
    ranked = sorted([(value, True) for value in ones] + [(value, False) for value in others])
    total, begin = 0.0, 0
    while begin < len(ranked):
        end = begin
        while end < len(ranked) and ranked[end][0] == ranked[begin][0]:
            end += 1
        total += (begin + 1 + end) / 2 * sum(is_one for _value, is_one in ranked[begin:end])
        begin = end
    return (total - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))
