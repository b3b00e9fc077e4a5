"""The sandbox: invented people alone, one for each reason, and a token for each weather."""

import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from cases import clock
from cases.db import transaction
from cases.exclusions import feed
from cases.exclusions.reasons import RULES, Reason
from cases.exclusions.settings import settings
from inbox.command.sandbox import people, senders
from tests.apis import Api, Program
from tests.builders import MORNING
from tests.servers.ports import free_port

DOCS = Path(__file__).parents[3] / "docs"
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def database_url(tmp_path):
    """It makes its own database, and that is SQLite."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


@pytest.fixture
def sandbox(installation, monkeypatch):
    monkeypatch.setenv("TREGUA_SANDBOX", "true")
    settings.cache_clear()
    with clock.at(MORNING):
        people.settle(MORNING)
        yield
    settings.cache_clear()


def wait_until_answering(url, server):
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            return httpx.get(url)
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError("the sandbox did not open")


@pytest.fixture
def asked():
    api = Api()
    return {name: Program(api.app.test_client(), senders.text(name)) for name in senders.TOKENS}


def told_to_paste(page):
    return "".join(re.findall(r"^```sh\n(.*?)^```$", (DOCS / page).read_text(), re.M | re.S))


def test_both_languages_give_the_same_to_paste():
    english, spanish = (
        re.sub(r" +# .*", "", told_to_paste(page)) for page in ("feed.md", "feed.es.md")
    )
    assert english == spanish
    assert english.count("curl ") > 12


@pytest.mark.nightly
def test_what_the_docs_give_to_paste_works_as_written(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "inbox", "sandbox", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_until_answering(f"http://127.0.0.1:{port}/v1/openapi.json", server)
        pasted = "set -euo pipefail\n" + told_to_paste("feed.md").replace("8090", str(port))
        done = subprocess.run(
            ["bash", "-c", pasted], cwd=tmp_path, capture_output=True, text=True, check=False
        )
    finally:
        server.terminate()
        server.wait(30)
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert '"reason":"manual"' in said
    assert "409\n" in said
    assert '"decision":"go"' in said
    assert '"status":"honoured"' in said
    assert said.count('"new":1') == 2
    assert '"end": true' in said
    assert "problems/" not in said


def test_each_reason_has_somebody_and_all_others_are_free(asked):
    who = [people.address(one) for one in RULES]
    said = {"campaign_class": "drip", "topic": "ofertas", "items": [*who, "free@held.example.com"]}
    answer = asked["full"].post("/v1/check/bulk", json=said)
    *held, free = answer.json["items"]
    assert [one.get("reason") for one in held if not one["allowed"]] == [
        one.value for one in RULES if one is not Reason.VIP
    ]
    assert free["allowed"]
    by_phone = asked["full"].post("/v1/check", json={"phone": people.PHONE}).json
    assert (by_phone["allowed"], by_phone["reason"]) == (False, "open_case")


def test_some_begin_end_come_and_go(asked):
    def free(who):
        return asked["full"].post("/v1/check", json={"address": who}).json["allowed"]

    names = (people.BEGINS_SOON, people.ENDS_SOON, people.COMES_AND_GOES)
    assert list(map(free, names)) == [True, False, True]
    campaign = {"campaign_class": "promotional"}
    assert asked["full"].put("/v1/campaigns/x", json=campaign).status_code == 200
    opened = {"addresses": list(names)}
    gate = asked["full"].post(
        "/v1/campaigns/x/gates", json=opened, headers={"Idempotency-Key": "1"}
    )
    people.go_on(MORNING, held=True)
    late = asked["full"].post(f"/v1/gates/{gate.json['id']}/refresh").json["excluded_now"]
    assert [one["address"] for one in late] == [people.COMES_AND_GOES]
    people.go_on(MORNING, held=False)
    with clock.at(MORNING + timedelta(minutes=11)):
        assert list(map(free, names)) == [False, True, True]


def test_a_token_for_each_weather(asked):
    def check(name, **said):
        return asked[name].post("/v1/check", json={"address": "free@example.com", **said})

    assert set(check("plain").json) == {"allowed", "until", "feed", "valid_until"}
    assert check("behind").json["feed"]["degraded"]
    stopped = check("stopped").json
    assert (stopped["allowed"], stopped["feed"]["degraded"]) == (False, True)
    assert check("stopped", campaign_class="transactional").json["allowed"]
    assert [check("spent").status_code for _ in range(2)] == [200, 429]
    hook = f"/v1/check/{'0' * 64}?as=status"
    assert [asked[name].get(hook).status_code for name in ("full", "behind")] == [204, 503]


def test_every_answer_says_that_it_is_a_test(asked):
    said = asked["full"].get("/v1/feed")
    assert said.json["epoch"].startswith("test-")
    assert said.headers["Tregua-Test"] == "true"
    for url in ("/v1/openapi.json", "/.well-known/jwks.json", "/v1/check/no"):
        assert Api().app.test_client().get(url).headers["Tregua-Test"] == "true"


def test_a_cursor_of_an_earlier_start_is_gone(asked):
    cursor = asked["full"].get("/v1/feed").json["cursor"]
    with transaction() as session:
        feed.renew_epoch(session)
    changes = f"/v1/exclusions/changes?cursor={cursor}"
    assert asked["full"].get(changes).status_code == 410
    assert asked["full"].get("/v1/feed").json["epoch"].startswith("test-")
