"""Three bots want to speak within a minute: the customer gets one mail that says it all."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from bot.outbox import OutgoingMail
from cases import Case
from cases.db import reading, transaction
from inbox.app import create_app
from inbox.tokens import Scope, issue
from tests.running import Shop, a_raw_mail, running, until

ROOT = Path(__file__).parents[2]
PARTS = (("poll",), ("work", "file"), ("work", "send"))
SCOPES = frozenset({Scope.BOT_READ, Scope.BOT_PROPOSE, Scope.BOT_NOTE})


@pytest.fixture
def gathering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail that can wait waits eight seconds for others, whatever the hour."""
    monkeypatch.setenv("TREGUA_GATHER_SECONDS", "8")
    monkeypatch.setenv("TREGUA_QUIET_HOURS", "")


@pytest.fixture
def web(gathering: None, shop: Shop) -> Iterator[str]:
    """The installation's API on a port of its own."""
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def a_bot_of_the_docs(language: str) -> str:
    """The bot of docs/bots.md, as it is written there."""
    page = (ROOT / "docs" / language).read_text("utf-8")
    return page.split("```python\n", 1)[1].split("```", 1)[0]


def _runs(code: str, url: str, name: str) -> str:
    with transaction() as session:
        token = issue(session, name, SCOPES)
    environment = {"TREGUA_URL": url, "TREGUA_TOKEN": token, "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return ran.stdout


def test_the_bot_of_the_docs_is_the_same_in_both_languages_and_short() -> None:
    code = a_bot_of_the_docs("bots.md")
    assert code == a_bot_of_the_docs("bots.es.md")
    assert len(code.strip().splitlines()) <= 30


BOTS = {
    "carrier": "Your parcel left our depot today.",
    "billing": "We have given you back 5 euros.",
    "visits": "The technician comes on Monday.",
}


@pytest.mark.timeout(240)
def test_three_bots_speak_with_one_voice(web: str, shop: Shop) -> None:
    code = a_bot_of_the_docs("bots.md")
    with running(shop.folder, *PARTS) as processes:
        shop.customer_writes(a_raw_mail("Mi pedido 4711 no llega."))
        (ack,) = shop.sink.wait_for(1)
        with ThreadPoolExecutor(len(BOTS)) as at_once:
            runs = [
                at_once.submit(_runs, code.replace(BOTS["carrier"], facts), web, name)
                for name, facts in BOTS.items()
            ]
        said = [run.result() for run in runs]
        mails = shop.sink.wait_for(2)
        until(_is_quiet, what="the end\n" + processes.said())
    assert ["queued" in one or "merged" in one for one in said] == [True] * 3
    assert len(mails) == 2
    text = mails[1].message.get_payload(decode=True).decode()
    for facts in ("left our depot", "given you back", "comes on Monday"):
        assert text.count(facts) == 1
    assert text.count("Your carrier") == 1
    assert mails[1].recipients == ack.recipients
    assert mails[1].message["In-Reply-To"]


def _is_quiet() -> bool:
    with reading() as session:
        states = session.scalars(select(OutgoingMail.state)).all()
        assert session.scalars(select(Case)).one().is_open
    return all(state.value in ("accepted", "cancelled") for state in states) and len(states) == 4
