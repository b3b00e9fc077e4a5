"""The private Valkey."""

import os
import stat

import pytest
from redis import Redis

from inbox.embedded import processes, valkey
from inbox.embedded.refusals import CannotStart
from inbox.embedded.valkey import Valkey


def test_what_was_set_is_there_after_a_restart(tmp_path):
    with Valkey(tmp_path) as server:
        Redis.from_url(server.url).set("caso", "7")
    with Valkey(tmp_path) as server, Redis.from_url(server.url) as client:
        assert client.get("caso") == b"7"


def test_a_folder_with_a_long_name_gets_a_short_socket(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    folder = tmp_path / ("l" * 60) / ("m" * 60)
    with Valkey(folder) as server, Redis.from_url(server.url) as client:
        assert len(server.url) < 108
        assert client.ping()
        runtime = valkey.socket_path(folder.resolve()).parent
        assert stat.S_IMODE(runtime.stat().st_mode) == 0o700


def test_a_journal_that_cannot_be_read_is_put_aside(tmp_path):
    with Valkey(tmp_path) as server, Redis.from_url(server.url) as client:
        client.set("caso", "7")
    for path in (tmp_path / "appendonlydir").iterdir():
        path.write_bytes(b"\x00broken" * 10)
    with Valkey(tmp_path) as server, Redis.from_url(server.url) as client:
        assert client.get("caso") is None
    assert (tmp_path / "appendonlydir.unreadable").exists()


def test_the_servers_of_the_system_take_over_where_the_bundled_one_cannot_run(
    tmp_path, monkeypatch
):
    stand_in = tmp_path / "valkey-server"
    stand_in.write_text("#!/bin/sh\nexit 0\n")
    stand_in.chmod(0o755)
    monkeypatch.setattr(valkey, "_bundled", lambda: "/nowhere/valkey-server")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert valkey.server() == str(stand_in)


def test_without_any_server_the_refusal_says_what_to_install(monkeypatch):
    monkeypatch.setattr(valkey, "_bundled", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotStart, match="redis-server"):
        valkey.server()


def test_a_folder_is_used_by_one_tregua_at_a_time(tmp_path):
    with (
        processes.hold(tmp_path),
        pytest.raises(CannotStart, match="Another Tregua"),
        processes.hold(tmp_path),
    ):
        pytest.fail("two of them")
    with processes.hold(tmp_path):
        assert (tmp_path / ".lock").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(CannotStart, match="file/data"):
        processes.own_folder(blocked / "data")
