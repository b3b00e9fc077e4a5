"""The whole contract, asked at random by schemathesis: nothing fails, and answers are as described.

The program runs from an environment of its own: what it needs is none of ours.
"""

import os
import subprocess
import sys
import threading

import pytest
from werkzeug.serving import make_server

from inbox.app import create_app
from inbox.tokens import Scope
from tests.apis import Api

CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance"
pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def schemathesis(tmp_path_factory):
    made = os.environ.get("TREGUA_SCHEMATHESIS")
    if made:
        return made
    folder = tmp_path_factory.mktemp("schemathesis")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    words = (str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "schemathesis>=4.32,<5")
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("schemathesis cannot be installed here")
    return str(folder / "bin/schemathesis")


@pytest.fixture
def served(installation):
    """The whole program on a port; gives its address and a token with all scopes."""
    api = Api()
    for n in range(20):
        api.case(f"c{n}@cliente.example")
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", api.program(*Scope).text
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_request_that_the_contract_allows_makes_it_fail(served, schemathesis, tmp_path):
    url, token = served
    words = (
        *(schemathesis, "run", f"{url}/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {token}", "--checks", CHECKS),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "50", "--no-color"),
        # Longer than a question waits for the next change of the feed.
        *("--request-timeout", "40"),
        # A stream has no end, so there is nothing to compare.
        *("--exclude-path", "/v1/exclusions/stream"),
    )
    found = subprocess.run(words, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == 0, found.stdout[-20_000:]
