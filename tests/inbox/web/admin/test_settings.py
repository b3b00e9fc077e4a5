"""The settings, the tokens of programs, and the log of what was changed."""

import re

from sqlalchemy import select, update

from cases.audit import Entry
from cases.db import reading, transaction
from inbox import tokens
from inbox.tokens import Scope, Token
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN, ANA

AUDITOR = "aud@tienda.test"


def test_the_navigation_is_short_and_the_settings_lead_everywhere(enter: Enter) -> None:
    admin = enter(ADMIN)
    page = admin.get("/admin").text
    nav = re.findall(r'<nav class="side".*?</nav>', page, re.DOTALL)[0]
    assert set(re.findall(r'href="(/admin[^"]*)"', nav)) == {"/admin"}
    body = page.split("<main", 1)[1]
    for path in set(re.findall(r'href="(/(?:admin|quality|console)[^"]*)"', body)):
        assert admin.get(path).status_code == 200, path
    assert 'class="crumb is-first"' in admin.get("/admin/topics").text
    assert "/quality" not in enter(AUDITOR).get("/admin").text


def test_a_token_is_shown_once_and_does_what_was_ticked(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert admin.post("/admin/tokens", name="Boletines", days="30").status_code == 422
    made = admin.post("/admin/tokens", name="Boletines", days="30", scope="check").text
    text = re.findall(r'value="(trg_[^"]+)"', made)[0]
    assert text not in admin.get("/admin/tokens").text
    with reading() as session:
        token = tokens.recognise(session, text)
        assert token is not None
        assert token.may(Scope.CHECK)
        assert not token.may(Scope.GATE)
        assert token.expires_at is not None
    admin.post(f"/admin/tokens/{token.id}/revocation")
    with reading() as session:
        assert tokens.recognise(session, text) is None
        assert session.get_one(Token, token.id).revoked_at is not None
    log = enter(AUDITOR).get("/admin/audit?kind=token").text
    assert log.count("Boletines") == 2
    assert text not in log


def test_the_log_is_filtered_written_out_and_verified(enter: Enter) -> None:
    admin, auditor = enter(ADMIN), enter(AUDITOR)
    for code in ("=cmd", "ofertas", "verano"):
        admin.post("/admin/topics", code=code, es="Ofertas", en="Offers")
    admin.post("/admin/topics/verano/offer", offered="no")
    assert "ofertas" in auditor.get(f"/admin/audit?by={ADMIN}").text
    assert "ofertas" not in auditor.get(f"/admin/audit?by={ANA}").text
    assert "ofertas" not in auditor.get("/admin/audit?until=2020-01-01").text
    table = auditor.get("/admin/audit/audit.csv?kind=topic")
    assert table.text.count("topic.") == 3
    assert "entera" in auditor.post("/admin/audit/verification").text
    with transaction() as session:
        first = session.scalars(select(Entry.number).order_by(Entry.number)).first()
        session.execute(update(Entry).where(Entry.number == first).values(about="otro"))
    assert "se rompe en la línea 1" in auditor.post("/admin/audit/verification").text


def test_no_page_of_the_settings_asks_the_database_much(
    enter: Enter, statements: list[str]
) -> None:
    admin, much = enter(ADMIN), {}
    page = admin.get("/admin").text.split("<main", 1)[1]
    paths = {*re.findall(r'href="(/admin/[^"]*)"', page), "/profile", "/admin/users/2"}
    for path in sorted(paths):
        statements.clear()
        admin.get(path)
        if len(statements) > 12:
            much[path] = len(statements)
    assert much == {}
