"""`tregua up` and its parts: refused without tables, one at a time, all ended together."""

import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bot import queues
from inbox import schema
from inbox.command import tregua
from inbox.command.run import parts
from inbox.embedded.processes import hold
from tests.databases import forget
from tests.running import until
from tests.servers.ports import free_port


def run(*words):
    return CliRunner().invoke(tregua, list(words))


def test_every_queue_has_a_worker_and_there_is_one_poller():
    names = [part.name for part in parts({})]
    assert names.count("poll") == names.count("serve") == 1
    assert {f"work {name}" for name in queues.QUEUES} <= set(names)


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("words", [("up",), ("poll",), ("work", "file")])
def test_nothing_runs_on_tables_of_another_version(words):
    refused = run(*words)
    assert refused.exit_code == 1
    assert "tregua init" in refused.output


def test_a_second_up_on_the_same_folder_is_refused(installation, tmp_path):
    schema.stamp()
    with hold(tmp_path):
        refused = run("up")
    assert refused.exit_code == 1
    assert str(tmp_path) in refused.output


def test_an_unknown_queue_is_refused_with_those_there_are():
    refused = run("work", "everything")
    assert refused.exit_code == 2
    assert "file" in refused.output


@pytest.mark.slow
def test_sigterm_ends_all_parts(tmp_path, monkeypatch):
    monkeypatch.setenv("TREGUA_DATA", str(tmp_path))
    monkeypatch.setenv("TREGUA_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("TREGUA_WEB_PORT", str(free_port()))
    monkeypatch.delenv("TREGUA_DATABASE_URL", raising=False)
    forget()
    schema.upgrade()
    command = [sys.executable, "-m", "inbox", "up"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert running.stdout is not None
    assert b"http://127.0.0.1" in running.stdout.readline()
    children = _children(running.pid)
    assert len(children) >= len(parts({}))
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 0
    running.stdout.close()
    until(lambda: not any(map(_lives, children)), what="the end of all parts")
    forget()


def _children(pid):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(word) for word in listed.stdout.split()]


def _lives(pid):
    return subprocess.run(["ps", "-p", str(pid)], capture_output=True).returncode == 0
