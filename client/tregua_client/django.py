"""An e-mail backend for Django: who is on truce gets nothing, whatever program sends.

EMAIL_BACKEND = "tregua_client.django.GateBackend", with TREGUA_URL and TREGUA_TOKEN beside it;
TREGUA_TEST = True where that is a sandbox.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import get_connection

from tregua_client.asking import FAILS_OPEN
from tregua_client.client import Client
from tregua_client.names import normalised
from tregua_client.refusals import Refusal

log = logging.getLogger(__name__)
USUAL = "django.core.mail.backends.smtp.EmailBackend"
CLASS, TOPIC = "X-Tregua-Class", "X-Tregua-Topic"
KINDS = ("to", "cc", "bcc")
Kind = tuple[str, str]
"""A campaign class and a topic."""


class GateBackend:
    """Asks about all recipients at once, and hands the rest to the backend behind it.

    Where the answer is missing or old it raises, and nothing of marketing goes out. Invoices and
    the like (`X-Tregua-Class: transactional`) go out then.
    """

    def __init__(self, fail_silently: bool = False, **values: Any) -> None:
        behind = getattr(settings, "TREGUA_BACKEND", USUAL)
        self._fails_silently = fail_silently
        self._behind = get_connection(behind, fail_silently=fail_silently, **values)

    def open(self) -> Any:
        return self._behind.open()

    def close(self) -> None:
        self._behind.close()

    def __enter__(self) -> "GateBackend":
        self.open()
        return self

    def __exit__(self, *_about: object) -> None:
        self.close()

    def send_messages(self, messages: Sequence[Any]) -> int:
        """How many went out."""
        by_kind: dict[Kind, list[Any]] = {}
        for message in messages:
            by_kind.setdefault(_kind(message), []).append(message)
        try:
            free = [one for kind, ones in by_kind.items() for one in _free(ones, kind)]
        except Refusal:
            if not self._fails_silently:
                raise
            log.exception("nothing was sent")
            return 0
        return self._behind.send_messages(free) or 0


def _kind(message: Any) -> Kind:
    usual = getattr(settings, "TREGUA_CLASS", "promotional")
    said = message.extra_headers
    return str(said.get(CLASS, usual)).lower(), str(said.get(TOPIC, ""))


def _free(messages: list[Any], kind: Kind) -> list[Any]:
    """Those with somebody left to get them, to whom alone they are addressed now."""
    held = _held({normalised(_bare(one)) for message in messages for one in _all(message)}, kind)
    found = []
    for message in messages:
        for name in KINDS:
            names = [one for one in getattr(message, name) if normalised(_bare(one)) not in held]
            setattr(message, name, names)
        if _all(message):
            found.append(message)
    if len(found) < len(messages):
        log.info("%s mails were held back", len(messages) - len(found))
    return found


def _client() -> Client:
    test = bool(getattr(settings, "TREGUA_TEST", False))
    return Client(settings.TREGUA_URL, settings.TREGUA_TOKEN, test=test)


def _held(names: set[str], kind: Kind) -> set[str]:
    ordered = sorted(names)
    try:
        with _client() as client:
            told = client.check_many(ordered, campaign_class=kind[0], topic=kind[1])
    except Refusal:
        if kind[0] in FAILS_OPEN:
            return set()
        raise
    return {name for name, verdict in zip(ordered, told, strict=True) if not verdict.allowed}


def _all(message: Any) -> list[str]:
    return [one for name in KINDS for one in getattr(message, name)]


def _bare(said: str) -> str:
    """The address in `Name <address>`."""
    return said.rpartition("<")[2].rstrip("> ") if said.rstrip().endswith(">") else said
