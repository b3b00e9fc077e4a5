"""No address stands in a log: neither who was asked about, nor what was wrongly written."""

import json
import subprocess
import sys
import time
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from inbox import schema
from inbox.tokens import Scope
from tests.apis import Api
from tests.servers.ports import free_port

pytestmark = pytest.mark.slow

CANARY = "canario.7f3@cliente.example"
NAMES = {"address", "email", "mail", "phone", "customer_id", "recipient"}


@pytest.fixture
def served(installation, monkeypatch, tmp_path):
    """The real server, as talkative as can be: its URL, a token, and what it wrote."""
    port = free_port()
    monkeypatch.setenv("TREGUA_WEB_PORT", str(port))
    monkeypatch.setenv("TREGUA_LOG", "DEBUG")
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--access-logfile - --capture-output")
    schema.stamp()
    api = Api()
    api.case(CANARY)
    token = api.program(*Scope).text
    log = tmp_path / "serve.log"
    with log.open("w") as out:
        words = (sys.executable, "-m", "inbox", "serve")
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
    yield f"http://127.0.0.1:{port}", token, log
    process.terminate()
    process.wait()


def ask(url, token, method="GET", body=None, kind="application/json"):
    request = Request(url, body, method=method, headers={"Content-Type": kind})
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status
    except HTTPError as refusal:
        with refusal:
            return refusal.code


def until_it_answers(url, token):
    for _ in range(600):
        try:
            return ask(f"{url}/v1/feed", token)
        except URLError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whatever_is_asked_no_log_names_who_was_asked_about(served):
    url, token, log = served
    until_it_answers(url, token)
    for path, body in (
        ("check", {"address": CANARY}),
        ("check", {"address": f"{CANARY} and more"}),
        ("check", {"nonsense": CANARY}),
        ("check/bulk", {"items": [CANARY, f"x {CANARY}"]}),
        ("campaigns", {"id": CANARY}),
        ("campaigns", {"id": "c"}),
        ("campaigns/c/gates", {"addresses": [CANARY]}),
        ("touches", {"items": [{"event_id": "1", "address": CANARY, "sent_at": CANARY}]}),
        ("suppressions", {"items": [{"event_id": "1", "address": CANARY, "what": "complaint"}]}),
        ("receipts/verify", {"receipt": CANARY}),
    ):
        ask(f"{url}/v1/{path}", token, "POST", json.dumps(body).encode())
    ask(f"{url}/v1/check/bulk", token, "POST", CANARY.encode(), "text/csv")
    ask(f"{url}/v1/check", token, "POST", f'{{"address": "{CANARY}'.encode())
    for accept in ("exclusions", "exclusions/changes?cursor=x"):
        ask(f"{url}/v1/{accept}", token)
    said = log.read_text()
    assert '"POST /v1/check HTTP/1.1" 200' in said
    assert '"POST /v1/check/bulk HTTP/1.1" 200' in said
    assert "canario" not in said.lower()


def test_no_url_of_the_contract_has_a_place_for_an_address(api_server):
    document = api_server.app.test_client().get("/v1/openapi.json").json
    program = api_server.program(*Scope)
    for path, ways in document["paths"].items():
        assert not NAMES & set(path.replace("{", "/").replace("}", "/").split("/")), path
        for operation in ways.values():
            assert not NAMES & {one["name"] for one in operation.get("parameters", ())}, path
    # Who puts one there all the same is told so, and gets no answer to copy.
    assert program.get(f"/v1/check/{quote(CANARY)}").status_code == 400
