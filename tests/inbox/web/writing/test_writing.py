"""An agent writes first: one mail, one case that waits, and no second case beside an open one."""

import io
import re

from sqlalchemy import select

from bot.outbox import OutgoingMail
from cases import Agent, Case, Contact, Mailbox, Message, State
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA, LUIS

NEW = {"to": "Nueva@cliente.example", "subject": "Su factura de noviembre", "text": "Va aquí."}


def _box(address: str = "soporte@tienda.test") -> int:
    with reading() as session:
        return session.scalars(select(Mailbox.id).where(Mailbox.address == address)).one()


def _newest() -> Case:
    with reading() as session:
        return session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()


def test_a_mail_to_somebody_new_opens_a_case_that_waits_and_owes_nothing(enter: Enter) -> None:
    ana = enter(ANA)
    sent = ana.post("/messages/new", mailbox=_box(), **NEW)
    assert sent.status_code == 303
    case = _newest()
    assert (case.subject, case.state, case.due_at) == (NEW["subject"], State.WAITING, None)
    assert "Enviando…" in ana.get(sent.location).text
    with reading() as session:
        message = session.scalars(select(Message).where(Message.case_id == case.id)).one()
        mail = session.scalars(select(OutgoingMail).where(OutgoingMail.case_id == case.id)).one()
        assert message.subject == f"{NEW['subject']} [#{case.id}]"
        assert mail.recipient == "nueva@cliente.example"
    ana.post(f"/messages/{message.id}/withdrawal")
    assert _newest().due_at is None


def test_who_has_an_open_case_is_answered_there_unless_somebody_insists(enter: Enter) -> None:
    ana, case = enter(ANA), case_about("Llamadas a deshora")
    with reading() as session:
        to = session.get_one(Contact, case.contact_id).address
    typed = NEW | {"to": to, "mailbox": _box()}
    asked = ana.post("/messages/new", **typed)
    assert asked.status_code == 409
    assert f'href="/cases/{case.id}"' in asked.text
    assert f"{NEW['text']}</textarea>" in asked.text
    # A colleague of another team learns nothing of that case.
    assert f'href="/cases/{case.id}"' not in enter(LUIS).post("/messages/new", **typed).text
    worries = re.search(r'name="anyway" value="([^"]*)"', asked.text)
    again = ana.post("/messages/new", even_so="yes", anyway="bot,marketing", **typed)
    assert worries is not None
    assert again.status_code == 303
    page = ana.get(f"/messages/new?contact={case.contact_id}").text
    assert f'value="{to}"' in page


def test_files_and_copies_leave_with_the_first_mail(enter: Enter) -> None:
    ana = enter(ANA)
    files = [(io.BytesIO(b"%PDF-1.4 factura"), "factura.pdf")]
    typed = NEW | {"mailbox": _box(), "cc": "jefa@otra.example"}
    wrong = ana.post("/messages/new", **typed | {"cc": "jefa"}, files=[(io.BytesIO(b"x"), "x.txt")])
    assert wrong.status_code == 422
    assert "Vuelve a elegir los archivos" in wrong.text
    assert ana.post("/messages/new", **typed, files=files).status_code == 303
    with reading() as session:
        query = select(Message).where(Message.case_id == _newest().id)
        message = session.scalars(query).one()
        assert [file["name"] for file in message.attachments] == ["factura.pdf"]
        assert message.cc == ["jefa@otra.example"]


def test_what_is_missing_is_said_beside_its_field(enter: Enter) -> None:
    ana = enter(ANA)
    for field, value in (
        ("to", "nadie"),
        ("to", "a@x.example, b@x.example"),
        ("to", "soporte@tienda.test"),
        ("mailbox", "99"),
        ("subject", " "),
        ("text", "Hola {{cliente.nombre}}"),
    ):
        refused = ana.post("/messages/new", **NEW | {"mailbox": _box()} | {field: value})
        assert refused.status_code == 422, value
        assert _blamed(refused.text) == [field]


def _blamed(page: str) -> list[str]:
    return re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', page)


def test_nobody_writes_from_a_mailbox_of_another_team(enter: Enter) -> None:
    luis: Visitor = enter(LUIS)
    assert f'value="{_box()}"' not in luis.get("/messages/new").text
    assert luis.post("/messages/new", mailbox=_box(), **NEW).status_code == 422


def test_an_admin_begins_in_every_mailbox_whatever_their_team(enter: Enter) -> None:
    with transaction() as session:
        session.scalars(select(Agent).where(Agent.address == ADMIN)).one().team = "mayoristas"
    carmen = enter(ADMIN)
    for form in ("/messages/new", "/calls"):
        assert f'value="{_box()}"' in carmen.get(form).text
