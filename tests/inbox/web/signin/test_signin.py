"""Signing in: who gets in, who is slowed down, and what the browser holds."""

import html
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from cases import Message, clock
from cases.consent import Topic
from cases.db import reading, transaction
from inbox.web import signin
from inbox.web.preferences import local
from inbox.web.signin import again, guesses, sessions
from inbox.web.signin.sessions import WebSession
from tests.inbox.web.conftest import HTMX, Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA, PASSWORD

MULTIPART = "multipart/form-data"


def _sign_in(visitor: Visitor, address: str = ANA, password: str = PASSWORD, **more: str) -> object:
    return visitor.post("/sign-in", address=address, password=password, **more)


def test_a_visitor_is_led_to_the_form_and_back_to_where_they_wanted(visitor: Visitor) -> None:
    asked = visitor.get("/inbox/mine?sort=newest")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/inbox/mine?sort%3Dnewest"
    let_in = _sign_in(visitor, next="/inbox/mine?sort=newest")
    assert (let_in.status_code, let_in.location) == (303, "/inbox/mine?sort=newest")
    assert visitor.get("/inbox/mine").status_code == 200


def test_an_unknown_user_gets_the_same_reply_as_a_wrong_password(visitor: Visitor) -> None:
    known = _sign_in(visitor, password="wrong")
    unknown = _sign_in(visitor, "nobody@tienda.test", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace(ANA, "") == unknown.text.replace("nobody@tienda.test", "")


def test_the_typed_address_stays_and_the_password_does_not(visitor: Visitor) -> None:
    page = _sign_in(visitor, password="not this one").text
    assert f'value="{ANA}"' in page
    assert "not this one" not in page


def test_after_ten_guesses_nobody_gets_in_for_a_quarter_of_an_hour(visitor: Visitor) -> None:
    for _ in range(guesses.FROM_ONE_PLACE):
        assert _sign_in(visitor, password="guess").status_code == 422
    assert _sign_in(visitor).status_code == 429
    with clock.at(clock.now() + guesses.WINDOW + timedelta(seconds=1)):
        assert _sign_in(visitor).status_code == 303


def test_guessing_at_nobody_is_stopped_in_the_same_way(visitor: Visitor) -> None:
    replies = [
        _sign_in(visitor, "nobody@tienda.test", "guess").status_code
        for _ in range(guesses.FROM_ONE_PLACE + 1)
    ]
    assert replies[-2:] == [422, 429]


def test_who_got_in_may_slip_again(visitor: Visitor) -> None:
    for _ in range(guesses.FROM_ONE_PLACE - 1):
        _sign_in(visitor, password="slip")
    assert _sign_in(visitor).status_code == 303
    with reading() as session:
        assert session.scalars(select(guesses.Guess)).all() == []


def test_the_session_is_new_at_each_sign_in_and_its_secret_is_not_stored(visitor: Visitor) -> None:
    visitor.client.set_cookie(signin.COOKIE, "chosen-by-somebody-else")
    _sign_in(visitor)
    secret = visitor.client.get_cookie(signin.COOKIE)
    assert secret is not None
    assert secret.value != "chosen-by-somebody-else"
    assert secret.http_only
    assert secret.same_site == "Lax"
    with reading() as session:
        kept = session.scalars(select(WebSession)).one()
    assert secret.value not in vars(kept).values()


def test_signing_out_ends_the_session_on_the_server(enter: Enter) -> None:
    ana = enter(ANA)
    assert ana.post("/sign-out").status_code == 303
    ana.client.set_cookie(signin.COOKIE, ana.secret)
    assert ana.get("/inbox/all").status_code == 303


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (sessions.IDLE - timedelta(minutes=1), 200),
        (sessions.IDLE + timedelta(minutes=1), 303),
    ],
)
def test_a_session_ends_when_nobody_uses_it(enter: Enter, later: timedelta, status: int) -> None:
    ana = enter(ANA)
    with clock.at(clock.now() + later):
        assert ana.get("/inbox/all").status_code == status


def test_a_session_ends_after_a_day_however_much_it_is_used(enter: Enter) -> None:
    ana, begun = enter(ANA), clock.now()
    for hours in range(7, 28, 7):
        with clock.at(begun + timedelta(hours=hours)):
            status = ana.get("/inbox/all").status_code
        assert status == (200 if hours < 24 else 303)


def test_a_fragment_asked_for_too_late_brings_the_form_and_not_the_page(visitor: Visitor) -> None:
    answer = visitor.get("/cases/1", partial=True)
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#alerts"
    assert 'name="password"' in answer.text
    back = visitor.post("/sign-in", partial=True, address=ANA, password=PASSWORD)
    assert "csrf" in back.headers["HX-Trigger"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a\n",
    ],
)
def test_nobody_is_led_to_another_site(address: str) -> None:
    assert local(address) == "/"


def test_the_form_speaks_the_language_of_the_browser(visitor: Visitor) -> None:
    spanish = visitor.client.get("/sign-in", headers={"Accept-Language": "es-ES,es;q=0.9"})
    assert "Contraseña" in spanish.text
    assert '<html lang="es"' in spanish.text
    assert "Password" in visitor.get("/sign-in").text


def _ended(visitor: Visitor) -> None:
    with transaction() as session:
        session.execute(delete(WebSession))


def test_a_form_that_came_too_late_is_kept_and_sent_once_more(enter: Enter) -> None:
    admin = enter(ADMIN)
    _ended(admin)
    page = {"Referer": "http://localhost/admin/topics"}
    typed = {"csrf": admin.token(), "code": "viajes", "es": "Viajes & más", "en": "Trips"}
    late = admin.client.post("/admin/topics", data=typed, headers=page)
    assert late.status_code == 401
    assert "your text is kept" in late.text
    with reading() as session:
        assert session.get(Topic, "viajes") is None
    note = html.unescape(re.findall(r'name="again" value="([^"]*)"', late.text)[0])
    visitor = Visitor(admin.client)
    wrong = visitor.post("/sign-in", address=ADMIN, password="wrong", again=note)
    assert 'name="again"' in wrong.text
    again = visitor.post("/sign-in", address=ADMIN, password=PASSWORD, again=note)
    assert "Viajes &amp; más" in again.text
    assert 'href="/admin/topics"' in again.text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', again.text))
    data = {name: html.unescape(value) for name, value in fields.items()}
    assert admin.client.post("/admin/topics", data=data).status_code == 303
    with reading() as session:
        assert session.get_one(Topic, "viajes").name_es == "Viajes & más"


def test_what_no_form_of_ours_sent_is_not_kept_and_no_password_is(enter: Enter) -> None:
    admin = enter(ADMIN)
    token = admin.token()
    _ended(admin)
    for data, headers in (
        ({"csrf": "made up", "code": "x"}, {}),
        ({"csrf": "ñ", "code": "x"}, {}),
        ({"csrf": token, "code": "x"}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf": "made up", "code": "x"}, {"Origin": "https://evil.example"}),
        ({"csrf": "made up", "code": "x"}, {"Origin": "null"}),
    ):
        refused = admin.client.post("/admin/topics", data=data, headers=headers)
        assert (refused.status_code, refused.location) == (303, "/sign-in")
    assert admin.client.post("/sign-out", data={"csrf": token}).status_code == 303
    typed = {"csrf": token, "password": "muy secreta 1", "name": "Eva"}
    kept = admin.client.post("/admin/users", data=typed).text
    assert "Eva" in kept
    assert "muy secreta" not in kept
    # Whoever signed out in another tab has no session, and their browser says whose page it was.
    admin.client.delete_cookie(signin.COOKIE)
    ours = {"Origin": "http://localhost"}
    assert "Eva" in admin.client.post("/admin/users", data=typed, headers=ours).text
    made_up = f"{'a' * 26}.{json.dumps(['/admin/users', '/', [['name', 'Mallory']]])}"
    assert again.read(made_up) is None


def _note(page: str) -> str:
    return html.unescape(re.findall(r'name="again" value="([^"]*)"', page)[0])


def test_a_form_from_before_somebody_signed_in_anew_is_shown_and_sent_once_more(
    enter: Enter,
) -> None:
    before, now = enter(ADMIN), enter(ADMIN)
    ours = {"Origin": "http://localhost"}
    data = {"csrf": before.token(), "code": "viajes", "es": "Viajes", "en": "Trips"}
    late = now.client.post("/admin/topics", data=data, headers=ours)
    assert late.status_code == 403
    assert 'value="Viajes"' in late.text
    assert f'name="csrf" value="{now.token()}"' in late.text
    with reading() as session:
        assert session.get(Topic, "viajes") is None
    partial = {**ours, **HTMX}
    assert now.client.post("/admin/topics", data=data, headers=partial).status_code == 403


@pytest.mark.parametrize("names", [(), ("factura.pdf", "foto.png")], ids=["no files", "two files"])
def test_an_answer_that_came_too_late_is_kept_and_its_files_are_named(
    enter: Enter, names: tuple[str, ...]
) -> None:
    ana, case = enter(ANA), case_about("Factura")
    _ended(ana)
    # A browser sends a part without a name where no file was chosen.
    files = [(io.BytesIO(b"%PDF"), name) for name in names or ("",)]
    long = "Ñandú 🙂 " * 12_000
    typed = {"csrf": ana.token(), "text": long[:100_000], "aside": long[:90_000], "as": "answer"}
    path = f"/cases/{case.id}/replies"
    late = ana.client.post(path, data={**typed, "files": files}, content_type=MULTIPART)
    assert late.status_code == 401
    named = "factura.pdf, foto.png"
    assert (named in late.text) is bool(names)
    visitor = Visitor(ana.client)
    fields = {"address": ANA, "password": PASSWORD, "again": _note(late.text)}
    data = {"csrf": visitor.token(), **fields}
    again = visitor.client.post("/sign-in", data=data, content_type=MULTIPART)
    assert (named in again.text) is bool(names)
    assert ('name="files" type="file" multiple required' in again.text) is bool(names)
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', again.text))
    data = {name: html.unescape(value) for name, value in kept.items()}
    assert data["text"] == typed["text"]
    data |= {"files": [(io.BytesIO(b"%PDF"), name) for name in names]}
    assert ana.client.post(path, data=data, content_type=MULTIPART).status_code == 303
    with reading() as session:
        sent = select(Message).where(Message.case_id == case.id).order_by(Message.id.desc())
        message = session.scalars(sent).first()
        assert message is not None
        assert message.text.startswith("Ñandú 🙂 Ñandú")
        assert {one["name"] for one in message.attachments} == set(names)


def test_a_list_that_is_too_long_to_be_kept_says_so(enter: Enter) -> None:
    admin = enter(ADMIN)
    _ended(admin)
    typed = {"csrf": admin.token(), "pasted": "ana@example.test\n" * 70_000}
    late = admin.client.post("/console/lists", data=typed)
    assert late.status_code == 401
    assert "too long to be kept" in late.text
    assert 'name="again"' not in late.text
