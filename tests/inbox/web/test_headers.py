"""What every answer says to the browser about itself."""

import re

import pytest

from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN

PAGES = (
    *("/sign-in", "/inbox/all", "/inbox/closed", "/cases/1", "/contacts/1", "/search?q=pedido"),
    *("/failures", "/exclusions", "/admin/users", "/admin/mailboxes", "/admin/queues", "/nowhere"),
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_may_run_and_load_only_what_is_ours(enter: Enter, path: str) -> None:
    response = enter(ADMIN).get(path)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert {"HX-Request", "HX-Request-Type", "HX-History-Restore-Request"} <= response.vary.as_set(
        preserve_casing=True
    )


def test_what_answers_a_form_is_kept_by_no_browser(enter: Enter) -> None:
    shown = enter(ADMIN).post("/admin/tokens", name="Boletines", scope="check", days="")
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_a_script_a_style_or_what_needs_eval(enter: Enter, path: str) -> None:
    page = enter(ADMIN).get(path).text
    # What a customer wrote may name an address; no attribute may make the browser go there.
    assert (
        re.findall(
            r"<style|\sstyle=|\son\w+=|javascript:|hx-on|hx-vals|js:|"
            r"(?:src|srcset|action|data|poster)=.?https?://|<link[^>]*https?://",
            page,
        )
        == []
    )
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []


def test_a_mail_is_framed_by_its_own_policy(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    page = admin.get(f"/cases/{case.id}").text
    number = re.search(r"html=(\d+)", page)
    assert number is not None
    policy = admin.get(f"/messages/{number[1]}/body").headers["Content-Security-Policy"]
    assert "sandbox allow-same-origin allow-popups" in policy
    assert "script" not in policy
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy
    assert "frame-ancestors 'self'" in policy


def test_files_with_a_version_in_their_address_are_kept(enter: Enter) -> None:
    admin = enter(ADMIN)
    page = admin.get("/inbox/all").text
    named = re.findall(r"/(?:static/|style\.css|script\.js)[^\"#]+", page)
    assert len(set(named)) >= 5
    for path in set(named):
        with admin.get(path) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]
    with admin.get("/static/app.js") as response:
        assert response.headers["Cache-Control"] == "no-cache"
