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
from tests.servers.warm import warm

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


def beside(home, *words):
    """What a command beside the demo says, which ends by itself."""
    log = home.parent / "beside.log"
    log.unlink(missing_ok=True)
    needs = ("inbox.command.demo.corresponding",)
    ended = warm().run("inbox", "demo", "--data", str(home), *words, needs=needs, log=log)
    assert ended == 0, log.read_text()
    return log.read_text()


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
    checked = subprocess.run(
        [*DEMO, "--data", str(home), "--check"], capture_output=True, text=True, timeout=300
    )
    assert checked.returncode == 0, checked.stdout[-3000:] + checked.stderr[-3000:]
    figures = json.loads(checked.stdout.strip().splitlines()[-1])
    assert figures["failures"] == 0
    assert figures["replies"] + figures["silences"] == settled.due()
    assert figures["replies"] >= 10
    assert figures["cases"] >= 12
    assert figures["exclusions"] >= 12
    assert "quarantine" in checked.stdout or "authenticated" in checked.stdout
    until(lambda: not left_behind(home), what="the end of all processes")
    _goes_on(home, figures)


def _goes_on(home, figures):
    log = home.parent / "demo.log"
    with log.open("wb") as out:
        running = subprocess.Popen([*DEMO, "--data", str(home), *PORTS], stdout=out, stderr=out)
    try:
        until(lambda: "The day is over" in log.read_text(), seconds=240, what="the demo is up")
        assert "Mi pedido LP-4711" not in log.read_text()
        before = _acknowledged(home)
        beside(home, "send", "--from", CUSTOMER, "My parcel is late again")
        until(lambda: _acknowledged(home) > before, seconds=60, what="the reply to the new mail")
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)
    assert running.returncode == 0, log.read_text()[-2000:]
    until(lambda: not left_behind(home), what="the end of all processes")


def _acknowledged(home):
    return beside(home, "read", CUSTOMER).count("We have received your message")
