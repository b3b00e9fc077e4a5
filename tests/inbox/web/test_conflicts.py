"""Who saves a form after somebody else sees both values first, and nothing of theirs is lost."""

import pytest

from cases import clock
from cases.agent import Agent
from cases.consent import Topic
from cases.db import reading, transaction
from cases.macro import Macro
from cases.mailbox import Mailbox
from tests.forms import form_with
from tests.inbox.web import looked_at
from tests.inbox.web.admin.bots_at_work import at_work
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

FORMS = (
    ("/admin/mailboxes/1", "name", "Atención", "Ayuda"),
    ("/admin/users/2", "team", "norte", "sur"),
    ("/admin/rules/{rule}", "most_a_day", "3", "4"),
    (
        "/admin/templates/acknowledgement",
        "subject_en",
        "Theirs [#{{number}}]",
        "Mine [#{{number}}]",
    ),
    ("/admin/articles/{article}", "title_es", "El suyo", "El mío"),
    ("/admin/bots/{bot}", "subjects", "El suyo", "El mío"),
    ("/admin/promises?name=default", "first_response", "5h", "6h"),
    (
        "/admin/calendars?name=default",
        "opening_hours",
        "lun-vie 08:00-15:00",
        "lun-vie 10:00-14:00",
    ),
    ("/admin/taxonomy/fulfil.delivery", "definition_es", "La suya", "La mía"),
    ("/admin/topics?code=ofertas", "es", "Las suyas", "Las mías"),
    ("/admin/retention", "words-1", "3000", "4000"),
    ("/admin/reasons", "value", "20 h", "21 h"),
    ("/macros/{macro}", "name", "El suyo", "El mío"),
    ("/console/pressure/limits?{limit}", "name", "El suyo", "El mío"),
)
PRESSED = {"do": "save", "step": "save"}


def _prepared() -> dict[str, object]:
    made = at_work(ADMIN)
    with transaction() as session:
        session.add(Topic(code="ofertas", name_es="Ofertas", name_en="Offers"))
        macro = Macro(name="Saludo", text_es="Hola", changed_at=clock.now(), changed_by=ADMIN)
        session.add(macro)
        session.flush()
        number = macro.id
    return {**made, "macro": number, "limit": looked_at.a_limit()}


@pytest.mark.parametrize(("path", "field", "theirs", "mine"), FORMS, ids=[one[0] for one in FORMS])
def test_no_form_is_written_over_unseen(
    enter: Enter, path: str, field: str, theirs: str, mine: str
) -> None:
    admin, address = enter(ADMIN), path.format(**_prepared())
    form = form_with(admin.get(address).text, field)
    same = {**PRESSED, **form.fields, "why": "Porque sí"}
    assert admin.post(form.action, **{**same, field: theirs}).status_code == 303
    late = admin.post(form.action, **{**same, field: mine})
    assert (late.status_code, theirs in late.text, "Lo tuyo" in late.text) == (409, True, True)
    assert f"{ADMIN} guardó otra versión" in late.text
    again = form_with(late.text, field)
    # What was typed is in the form again, and beside it stands what is kept.
    assert again.fields[field] == [mine]
    assert admin.post(again.action, **{**same, **again.fields}).status_code == 303
    kept = form_with(admin.get(address).text, field)
    assert kept.fields["seen"] != form.fields["seen"]


def test_a_fault_in_a_form_does_not_hide_what_a_colleague_saved(enter: Enter) -> None:
    admin = enter(ADMIN)
    form = form_with(admin.get("/admin/users/2").text, "team")
    bad = admin.post(form.action, **{**form.fields, "name": ""})
    assert bad.status_code == 422
    assert admin.post(form.action, **{**form.fields, "team": "norte"}).status_code == 303
    mended = {**form_with(bad.text, "team").fields, "name": "Ana María"}
    assert admin.post(form.action, **mended).status_code == 409
    with reading() as session:
        assert session.get_one(Agent, 2).team == "norte"


def test_two_who_save_the_same_do_not_disturb_each_other(enter: Enter) -> None:
    admin = enter(ADMIN)
    form = form_with(admin.get("/admin/mailboxes/1").text, "name")
    for _twice in range(2):
        assert admin.post(form.action, **{**form.fields, "name": "Ayuda"}).status_code == 303
    with reading() as session:
        assert session.get_one(Mailbox, 1).name == "Ayuda"
