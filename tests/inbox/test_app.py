"""The web as a whole: errors have pages, programs get theirs as data, nothing heavy is loaded."""

import subprocess
import sys

import pytest
from flask import Blueprint, Flask, request

import inbox.api
from inbox.app import create_app
from tests.databases import forget


@pytest.fixture
def app(installation: str) -> Flask:
    made = create_app()
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.mark.parametrize(("language", "said"), [("es", "Aquí no está"), ("en", "Not here")])
def test_a_page_that_is_not_there_says_so(app: Flask, language: str, said: str) -> None:
    page = app.test_client().get("/nowhere", headers={"Accept-Language": language})
    assert page.status_code == 404
    assert said in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_mistake_of_ours_tells_nothing_of_the_inside(app: Flask) -> None:
    def broken() -> str:
        raise RuntimeError("the secret is 4711")

    broken.policy = app.view_functions["signin.page"].policy  # type: ignore[attr-defined]
    app.add_url_rule("/broken", view_func=broken)
    page = app.test_client().get("/broken", headers={"Accept-Language": "en"})
    assert page.status_code == 500
    assert "Our mistake" in page.text
    assert "4711" not in page.text


def test_a_program_gets_its_errors_as_data(app: Flask) -> None:
    found = app.test_client().get("/v1/nowhere")
    assert (found.status_code, found.mimetype) == (404, "application/problem+json")


def test_programs_bring_a_token_and_no_form(
    installation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Blueprint("programs", __name__)
    programs.add_url_rule("/v1/echo", view_func=lambda: "heard", methods=["POST"])
    monkeypatch.setattr(inbox.api, "blueprints", lambda: [programs], raising=False)
    client = create_app().test_client()
    assert client.post("/v1/echo").text == "heard"


@pytest.mark.slow
def test_the_web_loads_neither_spacy_nor_imap_nor_the_intake() -> None:
    code = (
        "import sys, wsgi; "
        "print([name for name in ('spacy', 'imapclient', 'inbox.intake', 'classifiers.classify') "
        "if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(("proxies", "place"), [("0", "127.0.0.1"), ("1", "198.51.100.7")])
def test_who_asks_is_told_from_the_proxies_in_front_and_not_from_what_they_say_themselves(
    installation: str, monkeypatch: pytest.MonkeyPatch, proxies: str, place: str
) -> None:
    monkeypatch.setenv("TREGUA_WEB_PROXIES", proxies)
    forget()
    app, places = create_app(), []
    app.before_request(lambda: places.append(request.remote_addr))
    said = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    assert app.test_client().get("/healthz", headers=said).status_code == 200
    assert places == [place]
