"""An OAuth provider: gives tokens, or answers what a test tells it to."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


class TokenServer:
    """A provider: gives tokens, or answers what a test tells it to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, object]] = []
        self.lasts = 3600
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                server.asked.append(dict(urllib.parse.parse_qsl(self.rfile.read(length).decode())))
                code, said = server.answers.pop(0) if server.answers else (200, server.token())
                content = json.dumps(said).encode() if not isinstance(said, bytes) else said
                self.send_response(code)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *about: object) -> None:
                """Say nothing."""

        self._http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/token"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def token(self) -> dict[str, object]:
        return {"access_token": f"t{len(self.asked)}", "expires_in": self.lasts}

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    server = TokenServer()
    yield server
    server.close()


def a_grant(provider: TokenServer, **about: str) -> dict[str, str]:
    """What that provider granted, without a token as yet."""
    return {
        "token_url": provider.url,
        "client_id": "c",
        "client_secret": "s",
        "scope": "mail",
        "refresh_token": "r",
    } | about
