"""Who looks at which case right now: kept in Redis alone, so that nothing is stored of it."""

import time
from collections.abc import Collection
from enum import StrEnum

from bot import queues

LASTS = 35.0
"""Pages say every twenty seconds that they are still open."""
NEWS = "presence"


class Doing(StrEnum):
    """What somebody does with a case."""

    VIEWING = "viewing"
    WRITING = "writing"


def note(case_id: int, agent_id: int, doing: Doing | None) -> bool:
    """The agent does that, or left; whether colleagues have something new to see."""
    key, now = _key(case_id), time.time()
    redis = queues.impatient()
    try:
        known = {one for one in Doing if _is_fresh(redis.zscore(key, _member(agent_id, one)), now)}
        with redis.pipeline() as pipe:
            pipe.zrem(key, *(_member(agent_id, one) for one in Doing if one is not doing))
            if doing is not None:
                pipe.zadd(key, {_member(agent_id, doing): now})
            pipe.expire(key, 120)
            changed = known != ({doing} if doing is not None else set())
            if changed:
                pipe.publish(queues.CHANNEL, NEWS)
            pipe.execute()
        return changed
    finally:
        redis.close()


def _is_fresh(said_at: object, now: float) -> bool:
    return isinstance(said_at, float) and said_at > now - LASTS


def who(case_ids: Collection[int]) -> dict[int, dict[int, Doing]]:
    """The agents in each of those cases."""
    ordered, since = list(case_ids), time.time() - LASTS
    redis = queues.impatient()
    try:
        with redis.pipeline(transaction=False) as pipe:
            for case_id in ordered:
                pipe.zrangebyscore(_key(case_id), since, "+inf")
            found = pipe.execute()
    finally:
        redis.close()
    return {
        case_id: dict(map(_read, members))
        for case_id, members in zip(ordered, found, strict=True)
        if members
    }


def _key(case_id: int) -> str:
    return f"tregua:case:{case_id}:here"


def _member(agent_id: int, doing: Doing) -> str:
    return f"{agent_id}:{doing.value}"


def _read(member: bytes) -> tuple[int, Doing]:
    agent_id, _colon, doing = member.decode().partition(":")
    return int(agent_id), Doing(doing)
