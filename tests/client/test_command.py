"""The command truce: what it writes, and what its exit code says."""

import json
import threading

import pytest
from tregua_client.command import main
from werkzeug.serving import make_server

from cases import clock
from inbox.tokens import Scope
from tests.apis import Api

ANA, EVA = "ana@cliente.example", "eva@cliente.example"


@pytest.fixture
def live(installation, monkeypatch, tmp_path):
    """The API on a port, as it is now."""
    api = Api()
    server = make_server("127.0.0.1", 0, api.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("TRUCE_URL", f"http://127.0.0.1:{server.server_port}")
    scopes = (Scope.FEED_READ, Scope.FEED_RAW, Scope.CHECK, Scope.GATE, Scope.RECEIPTS_READ)
    monkeypatch.setenv("TRUCE_TOKEN", api.program(*scopes).text)
    monkeypatch.chdir(tmp_path)
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


def run(capsys, *words):
    code = main(["--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_check_says_by_its_code_whether_to_write(live, capsys):
    live.case(ANA, at=clock.now())
    assert run(capsys, "check", ANA)[0] == 20
    assert run(capsys, "check", EVA) == (0, {"allowed": True, "until": None})


def test_pull_and_drop_make_files_of_the_feed(live, capsys, tmp_path):
    live.case(ANA, at=clock.now())
    assert run(capsys, "pull")[1]["held"] == 1
    assert run(capsys, "follow", "--rounds", "1")[0] == 0
    code, told = run(capsys, "drop", "--dir", str(tmp_path))
    assert code == 0
    assert ANA in (tmp_path / "tregua-promotional.csv").read_text()
    assert (tmp_path / "tregua-promotional.csv.done").read_text() == "1\n"
    assert told["held"] == 1


def test_a_campaign_by_files(live, capsys, tmp_path):
    live.case(ANA, at=clock.now())
    (tmp_path / "aud.csv").write_text(f"address,name\n{ANA},Ana\n{EVA},Eva\n")
    files = ("--allowed", "a.csv", "--excluded", "x.csv", "--receipt", "r.jwt")
    code, told = run(capsys, "gate", "aud.csv", "--campaign", "rebajas", *files)
    assert code == 0
    assert (tmp_path / "a.csv").read_text().split() == ["address", EVA]
    assert (tmp_path / "x.csv").read_text().split() == ["address", ANA]
    assert run(capsys, "receipt", "verify", "r.jwt", "--audience", "aud.csv")[0] == 0
    assert run(capsys, "receipt", "verify", "r.jwt", "--audience", "a.csv")[0] == 20
    live.case(EVA)
    assert run(capsys, "gate", "refresh", told["gate"])[1]["late"] == [EVA]
    code, told = run(capsys, "gate", "commit", told["gate"], "--sent", "a.csv")
    assert (code, told["offenders"]) == (20, [EVA])


def test_codes_for_what_goes_wrong(live, capsys, monkeypatch):
    monkeypatch.setenv("TRUCE_TOKEN", "trg_0123456789ab_wrong")
    assert run(capsys, "check", EVA)[0] == 40
    monkeypatch.setenv("TRUCE_URL", "http://127.0.0.1:9")
    assert run(capsys, "check", EVA)[0] == 50
    assert run(capsys, "gate", "missing.csv", "--campaign", "x")[0] == 1
    monkeypatch.setenv("TRUCE_URL", "")
    assert run(capsys, "pull")[0] == 40
