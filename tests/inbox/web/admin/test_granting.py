"""A mailbox signs in at Google or Microsoft in the browser of the admin who began it."""

import re
import urllib.parse
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select

from cases import Mailbox
from cases.db import reading
from cases.mailbox import xoauth
from inbox.web.admin.granting import came_back_to
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN, ANA
from tests.servers.token_server import TokenServer

CLIENT = {"client_id": "c1", "client_secret": "s1"}


@pytest.fixture
def google(provider: TokenServer, monkeypatch: pytest.MonkeyPatch) -> TokenServer:
    there = replace(xoauth.PROVIDERS["google"], token_url=provider.url)
    monkeypatch.setitem(xoauth.PROVIDERS, "google", there)
    return provider


def _box() -> Mailbox:
    with reading() as session:
        return session.scalars(select(Mailbox).order_by(Mailbox.id)).first()  # type: ignore[return-value]


def _asked(admin: Visitor) -> dict[str, str]:
    """Begin the sign-in; what the link on the page asks the provider."""
    address = f"/admin/mailboxes/{_box().id}"
    assert admin.post(f"{address}/sign-in", provider="google", **CLIENT).status_code == 303
    link = re.search(r'href="(https://accounts\.google\.com[^"]+)"', admin.get(address).text)
    assert link is not None
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(unescape(link[1])).query))


def test_what_the_provider_grants_is_kept_and_tried(enter: Enter, google: TokenServer) -> None:
    admin = enter(ADMIN)
    asked = _asked(admin)
    assert asked["redirect_uri"] == came_back_to()
    assert asked["code_challenge_method"] == "S256"
    google.answers.append((200, google.token() | {"refresh_token": "lasting"}))
    came = admin.get(f"/admin/mailboxes/granted?state={asked['state']}&code=given")
    assert came.status_code == 303
    box = _box()
    assert box.grant()["refresh_token"] == "lasting"
    assert (box.imap_host, box.sealed_sign_in) == ("imap.gmail.com", "")
    sent = google.asked[-1]
    assert (sent["code"], sent["redirect_uri"]) == ("given", came_back_to())
    assert sent["code_verifier"]
    again = admin.get(f"/admin/mailboxes/granted?state={asked['state']}&code=given")
    assert again.status_code == 422


@pytest.mark.parametrize("query", ["state=made-up&code=x", "code=x", "", "state=%C3%B1"])
def test_a_state_that_nobody_began_changes_nothing(
    enter: Enter, google: TokenServer, query: str
) -> None:
    admin = enter(ADMIN)
    _asked(admin)
    assert admin.get(f"/admin/mailboxes/granted?{query}").status_code == 422
    assert not _box().grant()
    assert not google.asked


def test_another_browser_cannot_end_it(enter: Enter, google: TokenServer) -> None:
    asked = _asked(enter(ADMIN))
    stranger = enter(ADMIN)
    address = f"/admin/mailboxes/{_box().id}"
    assert "accounts.google.com" not in stranger.get(address).text
    came = stranger.get(f"/admin/mailboxes/granted?state={asked['state']}&code=given")
    assert came.status_code == 422
    assert not google.asked


def test_a_refusal_and_an_absence_are_told_apart(enter: Enter, google: TokenServer) -> None:
    admin = enter(ADMIN)
    asked = _asked(admin)
    back = f"/admin/mailboxes/granted?state={asked['state']}"
    assert admin.get(f"{back}&error=access_denied").status_code == 422
    google.answers.append((503, {"error": "temporarily_unavailable"}))
    assert admin.get(f"{back}&code=given").status_code == 502
    assert not _box().grant()


def test_only_an_admin_signs_a_mailbox_in(enter: Enter) -> None:
    address = f"/admin/mailboxes/{_box().id}/sign-in"
    assert enter(ANA).post(address, provider="google", **CLIENT).status_code == 403
    assert enter(ADMIN).post(address, provider="aol", **CLIENT).status_code == 422
