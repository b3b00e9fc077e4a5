"""The demo: a day is played once, goes on where it stopped, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inbox.command.demo import settled
from tests.running import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
DEMO = (sys.executable, "-m", "inbox", "demo")
CUSTOMER = "emily@harrow.example"
PORTS = ("--port", "0", "--imap-port", "0", "--smtp-port", "0")


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("TREGUA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "en")
    return tmp_path / "demo"


def demo(home, *words):
    """A command beside the demo that ends by itself."""
    return subprocess.run(
        [*DEMO, "--data", str(home), *words], capture_output=True, text=True, timeout=300
    )


def left_behind(home):
    """Processes that still know this demo's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(home).encode() in told and int(process.name) != os.getpid():
            found.append((process / "cmdline").read_text())
    return found


def test_the_day_is_played_once_and_goes_on_until_ctrl_c(home):
    checked = demo(home, "--check")
    assert checked.returncode == 0, checked.stdout[-3000:] + checked.stderr[-3000:]
    figures = json.loads(checked.stdout.strip().splitlines()[-1])
    assert figures["failures"] == 0
    assert figures["replies"] + figures["silences"] == settled.due()
    assert figures["replies"] >= 10
    assert figures["cases"] >= 12
    assert figures["exclusions"] >= 12
    assert "quarantine" in checked.stdout or "authenticated" in checked.stdout
    until(lambda: not left_behind(home), seconds=10, what="the end of all processes")
    _goes_on(home, figures)


def _goes_on(home, figures):
    log = home.parent / "demo.log"
    with log.open("wb") as out:
        running = subprocess.Popen([*DEMO, "--data", str(home), *PORTS], stdout=out, stderr=out)
    try:
        until(lambda: "The day is over" in log.read_text(), seconds=120, what="the demo is up")
        assert "Mi pedido LP-4711" not in log.read_text()
        before = _acknowledged(home)
        sent = demo(home, "send", "--from", CUSTOMER, "My parcel is late again")
        assert sent.returncode == 0, sent.stderr
        until(lambda: _acknowledged(home) > before, seconds=60, what="the reply to the new mail")
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
    assert running.returncode == 0, log.read_text()[-2000:]
    until(lambda: not left_behind(home), seconds=10, what="the end of all processes")


def _acknowledged(home):
    read = demo(home, "read", CUSTOMER)
    assert read.returncode == 0, read.stderr
    return read.stdout.count("We have received your message")
