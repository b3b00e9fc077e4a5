"""OAuth grants of Gmail and Microsoft 365: asking for one, and tokens that are always fresh."""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from cases import clock
from cases.language import gettext as _

AHEAD_SECONDS = 300
"""A token is renewed so long before it ends."""
PATIENCE_SECONDS = 15.0
REDIRECT = "http://127.0.0.1:8400/"
LONGEST_ANSWER = 2**16


class GrantLost(Exception):
    """The provider takes the grant no more: a person must sign in again."""


class ProviderAway(Exception):
    """The provider cannot be asked now; the grant may still be good."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider is asked, and for what."""

    imap_host: str
    smtp_host: str
    authorise_url: str
    token_url: str
    scope: str


PROVIDERS = {
    "google": Provider(
        "imap.gmail.com",
        "smtp.gmail.com",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
    ),
    "microsoft": Provider(
        "outlook.office365.com",
        "smtp.office365.com",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All "
        "https://outlook.office.com/SMTP.Send offline_access",
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A sign-in that a person does in a browser (RFC 6749 with PKCE, RFC 7636)."""

    url: str
    state: str
    verifier: str
    redirect: str = REDIRECT
    """Where the provider sends the browser; here nobody need listen, the address is copied."""


def question(provider: Provider, client_id: str, user: str, redirect: str = REDIRECT) -> Question:
    """The address to open in a browser."""
    state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": redirect,
        "scope": provider.scope,
        "access_type": "offline",
        "prompt": "consent",
        "login_hint": user,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    url = f"{provider.authorise_url}?{urllib.parse.urlencode(asked)}"
    return Question(url, state, verifier, redirect)


def granted(
    provider: Provider, client: Mapping[str, str], asked: Question, came_back: str
) -> dict[str, str]:
    """The grant, out of the address that the browser was sent to. Raises GrantLost."""
    said = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(came_back.strip()).query))
    if said.get("state") != asked.state or "code" not in said:
        raise GrantLost(_("This address does not belong to the sign-in that was begun."))
    wanted = {
        "grant_type": "authorization_code",
        "code": said["code"],
        "redirect_uri": asked.redirect,
        "code_verifier": asked.verifier,
    }
    start = {"token_url": provider.token_url, "scope": provider.scope, **client}
    grant = _renewed(start, _ask(start, wanted))
    if "refresh_token" not in grant:
        raise GrantLost(_("The provider gave no lasting grant; begin again and agree to it."))
    return grant


def fresh(grant: dict[str, str]) -> dict[str, str]:
    """The grant itself while its token is good, else one with a new token.

    Raises GrantLost and ProviderAway.
    """
    left = float(grant.get("expires_at", "0")) - clock.now().timestamp()
    lasts = float(grant.get("lasts", "3600"))
    # A clock that was set back must not make a token last for ever.
    if min(AHEAD_SECONDS, lasts / 5) < left <= lasts + 1:
        return grant
    wanted = {"grant_type": "refresh_token", "refresh_token": grant.get("refresh_token", "")}
    return _renewed(grant, _ask(grant, wanted))


def _renewed(grant: Mapping[str, str], said: Mapping[str, object]) -> dict[str, str]:
    token = said.get("access_token")
    if not isinstance(token, str) or not token:
        raise ProviderAway(_("The provider's answer holds no token."))
    lasts = _seconds(said.get("expires_in"))
    kept = {"access_token": token, "lasts": str(lasts)}
    if isinstance(said.get("refresh_token"), str):
        kept["refresh_token"] = str(said["refresh_token"])
    return {**grant, **kept, "expires_at": str(clock.now().timestamp() + lasts)}


def _seconds(said: object) -> float:
    try:
        return min(max(float(str(said)), 0.0), 86_400.0)
    except ValueError:
        return 3600.0


def _ask(grant: Mapping[str, str], wanted: Mapping[str, str]) -> Mapping[str, object]:
    client = {name: grant[name] for name in ("client_id", "client_secret") if grant.get(name)}
    scope = {"scope": grant["scope"]} if grant.get("scope") else {}
    form = urllib.parse.urlencode({**client, **scope, **wanted}).encode()
    request = urllib.request.Request(_private(grant["token_url"]), data=form)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as said:  # noqa: S310
            return _parsed(said.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as refused:
        with refused:
            raise _meaning(refused.code, refused.read(LONGEST_ANSWER)) from refused
    except (OSError, ValueError) as away:
        raise ProviderAway(_("The provider cannot be asked now: {reason}", reason=away)) from away


def _private(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise GrantLost(_("{url} would be asked in clear", url=url))
    return url


def _parsed(content: bytes) -> Mapping[str, object]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _meaning(code: int, content: bytes) -> GrantLost | ProviderAway:
    try:
        said = str(_parsed(content).get("error", ""))[:100]
    except ValueError:
        said = ""
    if code in (400, 401, 403) and said not in ("temporarily_unavailable", "slow_down"):
        return GrantLost(_("The provider refuses the grant ({reason}).", reason=said or code))
    return ProviderAway(_("The provider cannot be asked now: {reason}", reason=said or code))
