"""What all tests share: the options, the marks, and the real servers a test can ask for."""

import gc
import os

import pytest

from cases import language

# The servers are plugins and not imports, so that a test file finds their fixtures by name alone;
# `pythonpath` in pyproject.toml makes `tests` a package without any __init__.py.
pytest_plugins = [
    "tests.servers.dovecot",
    "tests.servers.exim",
    "tests.servers.postfix",
    "tests.servers.postgres",
    "tests.servers.redis_server",
    "tests.servers.smtp_sink",
    "tests.servers.token_server",
    "tests.servers.toxic",
    "tests.servers.warm",
    "tests.servers.chromium",
    "tests.servers.lighthouse",
    "tests.databases",
    "tests.running",
]

SERVERS = {"dovecot", "own_dovecot", "postgres_url", "installed_postgres", "durable_postgres"} | {
    "postfix_programs",
    "redis_server",
    "redis_url",
    "chromium",
    "page",
    "lighthouse",
}
# Ask whole pages or the API, as a browser or a program does, or need the shop they show.
WEB = {"app", "api_server", "seeded"}


@pytest.fixture(autouse=True)
def _no_language_is_chosen_yet() -> None:
    """A page of an earlier test may have chosen one."""
    language.choose(language.SOURCE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long tests too")
    parser.addoption("--release", action="store_true", help="run all tests, however long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    release = config.getoption("--release")
    allowed = {"nightly": release or config.getoption("--nightly"), "release": release}
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        for mark, fixtures in (("server", SERVERS), ("web", WEB)):
            if fixtures & asked:
                item.add_marker(getattr(pytest.mark, mark))
        for tier, runs in allowed.items():
            if item.get_closest_marker(tier) and not runs:
                item.add_marker(pytest.mark.skip(reason=f"only with --{tier}"))
    items[:] = _spread(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _spread(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Half of the workers begin with the tests that mostly wait, while the others compute.

    Each worker begins with an equal share of the list, in its order, and takes from the ends of
    others' shares when it has no more.
    """
    waiting = [item for item in items if _waits(item)]
    rest = [item for item in items if not _waits(item)]
    waiters, share = max(1, workers // 2), len(items) // workers
    spread: list[pytest.Item] = []
    for turn in range(waiters):
        mine = waiting[turn::waiters]
        room = max(0, share - len(mine))
        spread += [*mine, *rest[:room]]
        del rest[:room]
    return spread + rest


def _waits(item: pytest.Item) -> bool:
    """Whether it starts processes of the program, or a server of its own."""
    return bool(item.get_closest_marker("slow")) or "own_dovecot" in getattr(
        item, "fixturenames", ()
    )


def pytest_collection_finish() -> None:
    """What was loaded and collected stays to the end, so it need not be looked at again."""
    gc.collect()
    gc.freeze()
