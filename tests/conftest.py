"""What all tests share: the options, the marks, and the real servers a test can ask for."""

import gc

import pytest

# The servers are plugins and not imports, so that a test file finds their fixtures by name alone;
# `pythonpath` in pyproject.toml makes `tests` a package without any __init__.py.
pytest_plugins = [
    "tests.servers.dovecot",
    "tests.servers.postgres",
    "tests.servers.redis_server",
    "tests.servers.smtp_sink",
    "tests.servers.token_server",
    "tests.servers.toxic",
    "tests.servers.warm",
    "tests.servers.chromium",
    "tests.databases",
    "tests.running",
]

SERVERS = {"dovecot", "own_dovecot", "postgres_url", "installed_postgres", "durable_postgres"} | {
    "redis_server",
    "redis_url",
    "chromium",
    "page",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long tests too")
    parser.addoption("--release", action="store_true", help="run all tests, however long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    release = config.getoption("--release")
    allowed = {"nightly": release or config.getoption("--nightly"), "release": release}
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.server)
        for tier, runs in allowed.items():
            if item.get_closest_marker(tier) and not runs:
                item.add_marker(pytest.mark.skip(reason=f"only with --{tier}"))


def pytest_collection_finish() -> None:
    """What was loaded and collected stays to the end, so it need not be looked at again."""
    gc.collect()
    gc.freeze()
