"""Pictures from elsewhere: only of the public network, only pictures, within limits."""

import http.server
import threading
import time
from collections.abc import Iterator

import pytest

from inbox import fetching, outward
from inbox.fetching import NotShown
from inbox.outward import Goal
from tests.seeding import PIXEL


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/a.png",
        "http://[::ffff:127.0.0.1]/a.png",
        "http://[64:ff9b::7f00:1]/",
        "http://0/",
        "http://2130706433/",
        "https://user:pass@93.184.216.34/a.png",
        "http://93.184.216.34:8080/a.png",
        "http://93.184.216.34:x/a.png",
        "ftp://93.184.216.34/a.png",
        "file:///etc/passwd",
        "http://93.184.216.34/a b",
        "http://93.184.216.34/\r\nX-Evil: 1",
        "http:///a.png",
    ],
)
def test_nothing_but_public_addresses_is_asked(url: str) -> None:
    with pytest.raises(NotShown):
        fetching.goal_of(url)


def test_a_public_address_is_pinned() -> None:
    found = fetching.goal_of("https://93.184.216.34/a.png?x=1")
    assert found == Goal(True, "93.184.216.34", 443, "/a.png?x=1", "93.184.216.34")


class _Shop(http.server.BaseHTTPRequestHandler):
    heard: list[dict[str, str]] = []  # noqa: RUF012  shared by the requests of one test

    def do_GET(self) -> None:
        self.heard.append(dict(self.headers))
        kinds = {"/a.png": PIXEL, "/b.png": b"<svg/>", "/big.png": PIXEL + b"x" * 6_000_000}
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1/a.png")
            self.end_headers()
            return
        self.send_response(200)
        if self.path == "/slow.png":
            self._go_on_for_ever()
            return
        self.end_headers()
        try:
            self.wfile.write(kinds[self.path])
        except OSError:
            self.close_connection = True

    def _go_on_for_ever(self) -> None:
        self.flush_headers()
        try:
            while True:
                self.wfile.write(b"X-Wait: a little longer\r\n"[:1])
                time.sleep(0.02)
        except OSError:
            self.close_connection = True

    def log_message(self, *_said: object) -> None:
        """Nothing is told."""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of pictures that counts as public as long as it is named, not numbered."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setitem(outward.USUAL_PORTS, "http", server.server_port)
    known = outward.looked_up

    def looked_up(host: str, port: int, *, inside: bool = False) -> str:
        return "127.0.0.1" if host == "p.test" else known(host, port, inside=inside)

    monkeypatch.setattr(outward, "looked_up", looked_up)
    _Shop.heard.clear()
    yield "http://p.test"
    server.shutdown()
    server.server_close()


def test_a_picture_is_fetched_without_saying_who_asks(shop: str) -> None:
    assert fetching.picture(f"{shop}/a.png").content == PIXEL
    (said,) = _Shop.heard
    assert not {"Referer", "Cookie", "X-Forwarded-For"} & set(said)


@pytest.mark.parametrize("path", ["/b.png", "/big.png", "/moved"])
def test_what_is_no_picture_too_large_or_leads_inside_is_not_shown(shop: str, path: str) -> None:
    with pytest.raises(NotShown):
        fetching.picture(shop + path)


def test_a_server_that_dribbles_its_headers_is_cut_off(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LONGEST", 0.2)
    with pytest.raises(NotShown):
        fetching.picture(f"{shop}/slow.png")
