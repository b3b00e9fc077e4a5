"""Several processes side by side."""

import sys
import threading

import pytest

from inbox.embedded import supervisor
from inbox.embedded.supervisor import Part, Supervisor


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(supervisor, "SHORTEST_WAIT", 0.02)


def part(name, program):
    return Part(name, (sys.executable, "-c", program))


def test_a_part_that_dies_is_started_again_and_somebody_is_told(tmp_path):
    lives = tmp_path / "lives"
    told, stopping = [], threading.Event()

    def said(which, status, _wait):
        told.append((which.name, status))
        if len(told) == 2:
            stopping.set()

    mortal = part("mortal", f"open({str(lives)!r}, 'a').write('x'); raise SystemExit(3)")
    with Supervisor([mortal], said=said) as parts:
        parts.watch(stopping, every=0.01)
    assert told == [("mortal", 3)] * 2
    assert lives.read_text() == "xx"


def test_all_parts_are_stopped_together():
    with Supervisor([part("a", "import time; time.sleep(60)")] * 2) as parts:
        processes = [running.process for running in parts._running]
        assert all(process.poll() is None for process in processes)
    assert all(process.returncode is not None for process in processes)


def test_a_part_finds_its_environment(tmp_path):
    found = tmp_path / "found"
    program = f"import os; open({str(found)!r}, 'w').write(os.environ['TREGUA_X'])"
    told, stopping = [], threading.Event()
    one = Part("one", (sys.executable, "-c", program), {"TREGUA_X": "siete"})
    with Supervisor([one], said=lambda *_: (told.append(1), stopping.set())) as parts:
        parts.watch(stopping, every=0.01)
    assert found.read_text() == "siete"
