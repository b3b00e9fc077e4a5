"""Lighthouse finds nothing wrong with what people see most, and finds it fast.

Run with `--nightly -s`: the points are printed as one line of JSON.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import func, select

from cases import Agent, Case, clock
from cases.db import reading, transaction
from cases.language import LANGUAGES
from inbox import schema
from inbox.web import signin
from inbox.web.signin import sessions
from tests.inbox.web.grown import WHO, a_grown_shop
from tests.running import until
from tests.servers.lighthouse import Judged, Lighthouse, NotJudged
from tests.servers.ports import free_port

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(3600)]
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100}
TRIES = 3
"""Other work on the machine makes a page slower, and never faster: the best of them counts."""
SIGN_IN = "/sign-in"


@pytest.fixture(scope="module")
def served(doorbell: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server itself, as an installation runs it, with a shop of some size."""
    folder, port = tmp_path_factory.mktemp("grown"), free_port()
    with pytest.MonkeyPatch.context() as patch, a_grown_shop(patch, folder, doorbell):
        schema.stamp()
        patch.setenv("TREGUA_WEB_PORT", str(port))
        with _serving(f"http://127.0.0.1:{port}", folder / "serve.log") as site:
            yield site


@contextmanager
def _serving(site: str, log: Path) -> Iterator[str]:
    with log.open("w") as out:
        words = (sys.executable, "-m", "inbox", "serve")
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
    try:
        until(lambda: _answers(site + SIGN_IN), what="an answer of the server")
        yield site
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=20) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def test_lighthouse_finds_pages_fast_and_open_to_everybody(
    served: str, lighthouse: Lighthouse
) -> None:
    paths = _addresses()
    # One after the other: two that measure at the same time measure each other.
    pages = {
        f"{name} in {language}": _best(
            lighthouse, served + path, _headers(language, known=path != SIGN_IN)
        )
        for language in LANGUAGES
        for name, path in paths.items()
    }
    print(json.dumps({name: dict(one.points) for name, one in pages.items()}))
    assert {one.address for one in pages.values()} == {served + path for path in paths.values()}
    poor = {name: (one.points, one.faults) for name, one in pages.items() if _is_poor(one)}
    assert poor == {}


def _addresses() -> dict[str, str]:
    """The pages people see most; the longest conversation, and the customer who wrote it."""
    with reading() as session:
        newest = select(Case).order_by(Case.last_at.desc()).limit(1)
        case = session.scalars(newest).one()
        busiest = select(Case.contact_id).group_by(Case.contact_id).order_by(func.count().desc())
        contact = session.scalars(busiest.limit(1)).one()
    return {
        "sign-in": SIGN_IN,
        "inbox": "/inbox/all",
        "case": f"/cases/{case.id}",
        "customer": f"/contacts/{contact}",
        "console": "/console",
    }


def _headers(language: str, *, known: bool) -> dict[str, str]:
    """What a browser sends: its language, and who is before it."""
    with transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.address == WHO)).one()
        agent.language = language
        secret = sessions.begin(session, agent, at=clock.now())
    cookie = {"Cookie": f"{signin.COOKIE}={secret}"} if known else {}
    return {"Accept-Language": language, **cookie}


def _best(lighthouse: Lighthouse, url: str, headers: dict[str, str]) -> Judged:
    tries: list[Judged] = []
    for left in reversed(range(TRIES)):
        try:
            tries.append(lighthouse.judge(url, headers))
        except NotJudged:
            if not left and not tries:
                raise
            continue
        if tries[-1].points["performance"] >= LEAST["performance"]:
            break
    return max(tries, key=lambda one: one.points["performance"])


def _is_poor(page: Judged) -> bool:
    return any(page.points[name] < least for name, least in LEAST.items())
