"""A bot of the docs drafts; an agent edits and sends; the bot learns what became of it."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from bot.kinds import Mode
from bot.registry import OutsideBot
from cases.db import transaction
from inbox.tokens import Scope, issue
from tests.running import Shop
from tests.walking import Walk

DOCS = Path(__file__).parents[2] / "docs"
SCOPES = frozenset({Scope.BOT_READ, Scope.BOT_PROPOSE})
SAID = {
    "es": ("Mi pedido 4711 no llega.", "Su paquete llega el jueves.", "el viernes."),
    "en": ("My order 4711 has not come.", "Your parcel arrives on Thursday.", "on Friday."),
}  # fmt: skip


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind is enough here: the API is tested on both."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


@pytest.fixture
def runs(shop: Shop) -> Iterator[Callable[[Walk, str, str], str]]:
    """Run the bot of a page with a token, against the API on a port of its own."""
    stops = []

    def run(bea: Walk, code: str, token: str) -> str:
        server = make_server("127.0.0.1", 0, bea.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stops.append((server, thread))
        told = {"TREGUA_URL": f"http://127.0.0.1:{server.server_port}", "TREGUA_TOKEN": token}
        ran = subprocess.run(
            [sys.executable, "-c", code], env=told, capture_output=True, text=True, timeout=120
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    yield run
    for server, thread in stops:
        server.shutdown()
        thread.join()
        server.server_close()


def the_drafting_bot(page: str) -> str:
    """The second bot of the page, as it is written there."""
    return (DOCS / page).read_text("utf-8").split("```python\n")[2].split("```", 1)[0]


def test_it_is_short_and_the_same_in_both_languages() -> None:
    code = the_drafting_bot("bots.md")
    assert code == the_drafting_bot("bots.es.md")
    assert len(code.strip().splitlines()) <= 30


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_drafts_and_learns_what_an_agent_made_of_it(
    walk: Callable[[str], Walk], runs: Callable[[Walk, str, str], str], language: str
) -> None:
    bea = walk(language)
    asks, draft, instead = SAID[language]
    code = the_drafting_bot(f"bots{'.es' if language == 'es' else ''}.md")
    with transaction() as session:
        token = issue(session, "carrier", SCOPES)
        session.flush()
        session.add(OutsideBot(name="carrier", mode=Mode.DRAFT, created_at=bea.now))
    bea.mail(asks)
    bea.tagged()
    assert runs(bea, code, token).split()[:2] == ["1", "draft"]
    page = bea.opens("/cases/1")
    assert draft in page
    proposal = page.partition("/cases/1/drafts/")[2].partition('"')[0]
    edited = f"{draft.rpartition(' ')[0]} {instead}"
    bea.presses(f"/cases/1/drafts/{proposal}", text=edited)
    bea.wait(seconds=11)
    assert instead in str(bea.shop.sink.wait_for(2)[1].message)
    assert runs(bea, code, token) == f"1 edited {edited}\n"
