"""Language, theme, width of the list, single keys: chosen by everybody, kept by the browser."""

from urllib.parse import urlsplit

from flask import abort, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from cases import language
from cases.agent import Agent
from cases.db import transaction
from inbox.web import csrf, hx
from inbox.web.access import Pages, Policy, allow
from inbox.web.ids import whole
from inbox.web.who import agent, somebody

pages = Pages("preferences", __name__)
THEMES = ("auto", "light", "dark")
WIDTHS = ("8", "28", "64")
"""A narrow list, the usual one and a wide one, in quarters of a rem above the narrowest."""
WIDEST = 100
LANGUAGE, THEME, KEYS = "tregua_language", "tregua_theme", "tregua_keys"
WIDTH, SIDE, TIMES = "tregua_width", "tregua_side", "tregua_times"
SIDES = ("wide", "slim")
EXACTNESS = ("short", "exact")
A_YEAR = 31_536_000
UNDO_SECONDS = ("0", "5", "10", "20", "30")


def chosen_language() -> str:
    """The agent's language, else the browser's choice, else what it accepts."""
    me = somebody()
    kept = me.language if me is not None else request.cookies.get(LANGUAGE, "")
    accepted = request.accept_languages.best_match(language.LANGUAGES)
    return kept if kept in language.LANGUAGES else accepted or language.SOURCE


def chosen_theme() -> str:
    """The theme this browser chose."""
    kept = request.cookies.get(THEME, "")
    return kept if kept in THEMES else "auto"


def chosen_side() -> str:
    """Whether the menu at the side shows words, or icons alone."""
    kept = request.cookies.get(SIDE, "")
    return kept if kept in SIDES else SIDES[0]


def chosen_times() -> str:
    """Whether times are as short as can be, or exact to the minute everywhere."""
    kept = request.cookies.get(TIMES, "")
    return kept if kept in EXACTNESS else EXACTNESS[0]


def chosen_width() -> int:
    """How wide the list of cases is in this browser."""
    kept = _width(request.cookies.get(WIDTH, ""))
    return int(WIDTHS[1]) if kept is None else kept


def _width(said: str) -> int | None:
    number = whole(said)
    return number if number is not None and 0 <= number <= WIDEST else None


def width_parts(width: int) -> str:
    """The powers of two in it: the sheet adds them up, since a page has no styles of its own."""
    return " ".join(str(1 << n) for n in range(width.bit_length()) if width >> n & 1)


def keys_are_on() -> bool:
    """Whether single letters do something (WCAG 2.1.4: they can be switched off)."""
    return request.cookies.get(KEYS) != "off"


@pages.post("/preferences/language")
@allow(Policy.EVERYONE)
def set_language() -> AnyResponse:
    """Speak Spanish or English from now on."""
    wanted = _one_of(language.LANGUAGES)
    me = somebody()
    if me is not None:
        with transaction() as session:
            session.get_one(Agent, me.id).language = wanted
    return _kept(LANGUAGE, wanted)


@pages.post("/preferences/theme")
@allow(Policy.EVERYONE)
def set_theme() -> AnyResponse:
    """Light, dark, or as the system has it."""
    return _kept(THEME, _one_of(THEMES))


@pages.post("/preferences/width")
@allow(Policy.EVERYONE)
def set_width() -> AnyResponse:
    """More room for the list, or for the case."""
    wanted = _width(request.form.get("value", ""))
    return _kept(WIDTH, str(abort(422) if wanted is None else wanted))


@pages.post("/preferences/side")
@allow(Policy.SIGNED_IN)
def set_side() -> AnyResponse:
    """A menu with words, or of icons alone."""
    return _kept(SIDE, _one_of(SIDES))


@pages.post("/preferences/times")
@allow(Policy.SIGNED_IN)
def set_times() -> AnyResponse:
    """Short times, which say all of it to a mouse alone; or exact ones, for everybody."""
    return _kept(TIMES, _one_of(EXACTNESS))


@pages.post("/preferences/keys")
@allow(Policy.SIGNED_IN)
def set_keys() -> AnyResponse:
    """Switch single-letter shortcuts on or off."""
    return _kept(KEYS, _one_of(("on", "off")))


@pages.post("/preferences/undo")
@allow(Policy.CASES)
def set_undo() -> AnyResponse:
    """How many seconds one's own answers wait before they leave."""
    wanted, me = _one_of(UNDO_SECONDS), agent()
    with transaction() as session:
        session.get_one(Agent, me.id).undo_seconds = int(wanted)
    return make_response(redirect(came_from(), 303))


def _one_of(values: tuple[str, ...]) -> str:
    wanted = request.form.get("value", "")
    return wanted if wanted in values else abort(422)


def _kept(name: str, value: str) -> AnyResponse:
    # Who dragged something needs no page.
    response = make_response("", 204) if hx.asked() else make_response(redirect(came_from(), 303))
    csrf.set_cookie(response, name, value, A_YEAR)
    return response


def came_from() -> str:
    """The page of ours where the form stood."""
    return local(request.form.get("back", ""))


def local(address: str) -> str:
    """An address inside this program, or its first page: never somebody else's."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    clean = address.isprintable() and not parts.scheme and not parts.netloc
    return address if inside and clean and "\\" not in address else "/"
