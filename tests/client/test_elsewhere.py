"""The client as others have it: a wheel in an environment of its own, in Django, over SFTP."""

import os
import subprocess
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from cases import Mailbox, clock
from cases.db import transaction
from inbox.tokens import Scope
from tests.apis import Api
from tests.newsletter import CLIENT, PACKAGES, an_interpreter, send

SERVER = Path(__file__).with_name("sftp_server.py")
pytestmark = [
    pytest.mark.nightly,
    pytest.mark.timeout(900),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    return an_interpreter(folder, *PACKAGES, "asyncssh", str(CLIENT))


@contextmanager
def _on_a_port(api):
    server = make_server("127.0.0.1", 0, api.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def live(installation):
    """The API on a port, and what a program needs to ask it."""
    api = Api()
    scopes = (Scope.CHECK, Scope.GATE, Scope.FEED_READ, Scope.FEED_RAW)
    with _on_a_port(api) as url:
        yield api, {"TRUCE_URL": url, "TRUCE_TOKEN": api.program(*scopes).text}


def truce(python, environment, *words):
    command = str(Path(python).with_name("truce"))
    known = {**os.environ, **environment}
    return subprocess.run([command, *words], capture_output=True, text=True, env=known, check=False)


def test_the_wheel_brings_the_command_its_types_and_nothing_but_httpx(python, live):
    api, environment = live
    assert truce(python, {}, "--version").stdout.startswith("truce 0.")
    api.case("ana@cliente.example", at=clock.now())
    assert truce(python, environment, "check", "ana@cliente.example").returncode == 20
    assert truce(python, environment, "check", "eva@cliente.example").returncode == 0
    told = subprocess.check_output(
        [python, "-c", "import tregua_client as t; print(t.__file__, t.__version__)"], text=True
    )
    where = Path(told.split()[0]).parent
    assert (where / "py.typed").exists()
    needed = subprocess.check_output(
        [python, "-m", "pip", "show", "tregua-client"], text=True, stderr=subprocess.DEVNULL
    )
    assert "Requires: httpx\n" in needed


def person(n):
    return f"c{n}@cliente.example"


def test_a_program_in_django_writes_to_nobody_on_truce_and_to_nobody_when_in_doubt(
    python, live, smtp_sink, tmp_path
):
    api, environment = live
    environment["NEWSLETTER_BACKEND"] = "tregua_client.django.GateBackend"
    held = {person(3), person(7)}
    for address in held:
        api.case(address, at=clock.now())
    assert send(python, tmp_path, smtp_sink.port, 20, environment) == "sent"
    got = Counter(mail.recipients[0] for mail in smtp_sink.mails)
    assert got == dict.fromkeys({person(n) for n in range(20)} - held, 1)
    with transaction() as session:
        box = Mailbox(address="soporte@tienda.example", imap_host="x", imap_user="x",
                      created_at=clock.now())  # fmt: skip
        box.last_ok_at = box.created_at - timedelta(minutes=61)
        session.add(box)
    (tmp_path / "again").mkdir()
    send(python, tmp_path / "again", smtp_sink.port, 5, environment)
    assert len(smtp_sink.mails) == 18


def test_the_feed_is_put_where_a_tool_fetches_it(python, live, tmp_path):
    api, environment = live
    api.case("ana@cliente.example", at=clock.now())
    (tmp_path / "there").mkdir()
    server = subprocess.Popen(
        [python, str(SERVER), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        port = server.stdout.readline().strip()
        trusts = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        environment["TRUCE_SFTP"] = f"sftp -P {port} -i {tmp_path / 'key'} {trusts}"
        words = ("drop", "--mirror", str(tmp_path / "m.sqlite"), "--sftp", "tool@127.0.0.1:/there")
        for _ in range(2):
            done = truce(python, environment, *words)
            assert done.returncode == 0, done.stderr
        there = {path.name for path in (tmp_path / "there").iterdir()}
        name = "tregua-promotional.csv"
        assert there == {name, f"{name}.sha256", f"{name}.done"}
        assert "ana@cliente.example" in (tmp_path / "there" / name).read_text()
        gone = truce(python, environment, *words[:-1], "tool@127.0.0.1:/nowhere")
        assert gone.returncode == 50
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
