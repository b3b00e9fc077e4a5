"""Who saves a text after somebody else is told so first, with what they typed before them."""

import html
import re

from bot import templates
from cases import clock
from cases.db import reading
from tests.inbox.web.admin.bots_at_work import at_work
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

WORDS = {
    "subject_es": "Hola [#{{number}}]",
    "subject_en": "Hi [#{{number}}]",
    "body_en": "x {{due}}",
}


def _seen(page: str) -> str:
    return html.unescape(re.findall(r'name="seen" value="([^"]*)"', page)[0])


def test_a_template_is_not_written_over_unseen(enter: Enter) -> None:
    path = "/admin/templates/acknowledgement"
    admin, other = enter(ADMIN), enter(ADMIN)
    seen = _seen(admin.get(path).text)
    assert other.post(path, body_es="La suya {{due}}", seen=seen, **WORDS).status_code == 303
    second = other.get(path).text
    assert _seen(second) != seen
    mine = {"body_es": "La mía {{due}}", **WORDS}
    late = admin.post(path, seen="999999", **mine)
    assert late.status_code == 422
    assert "guardó otra versión" in late.text
    assert "La mía" in late.text
    with reading() as session:
        assert templates.texts(session, "acknowledgement", "es").body == "La suya {{due}}"
    assert admin.post(path, seen=_seen(late.text), **mine).status_code == 303
    with reading() as session:
        assert templates.texts(session, "acknowledgement", "es").body == "La mía {{due}}"


def test_an_article_and_a_rule_neither(enter: Enter) -> None:
    admin, made = enter(ADMIN), at_work(ADMIN)
    path = f"/admin/articles/{made['article']}"
    words = {"title_es": "Seguir", "text_es": "La mía"}
    late = admin.post(path, seen=clock.now().isoformat(), **words)
    assert (late.status_code, "La mía" in late.text) == (422, True)
    assert admin.post(path, seen=_seen(late.text), **words).status_code == 303
    rule = f"/admin/rules/{made['rule']}"
    fields = {"mode": "off", "reply": "progress", "when_type": "fulfil"}
    assert admin.post(rule, seen=str(made["rule"]), **fields).status_code == 303
    late = admin.post(rule, seen=str(made["rule"]), **fields)
    assert (late.status_code, "guardó otra versión" in late.text) == (422, True)
    assert admin.post(rule, seen=_seen(late.text), **fields).status_code == 303
