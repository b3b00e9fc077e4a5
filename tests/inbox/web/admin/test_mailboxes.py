"""An admin adds a mailbox, sees it tried step by step, and changes, widens or pauses it."""

from sqlalchemy import select

from cases import clock
from cases.db import reading, transaction
from cases.mailbox import FolderRole, Mailbox, Mode
from inbox.spool import Cursor, checks
from inbox.spool.checks import Said, Step
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA

NEW = {
    "address": "Hola@tienda.example",
    "imap_host": "imap.tienda.example",
    "imap_port": "993",
    "imap_security": "tls",
    "smtp_host": "smtp.tienda.example",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "language": "es",
    "mode": "shadow",
    "folder": "INBOX",
    "reopen_days": "14",
    "password": "muy secreta",
}


def _added(enter: Enter) -> Mailbox:
    assert enter(ADMIN).post("/admin/mailboxes/new", **NEW).status_code == 303
    with reading() as session:
        return session.scalars(select(Mailbox).order_by(Mailbox.id.desc())).first()  # type: ignore[return-value]


def test_a_mailbox_is_added_and_tried_at_once(enter: Enter) -> None:
    box = _added(enter)
    assert (box.address, box.imap_user, box.mode) == ("hola@tienda.example",) * 2 + (Mode.SHADOW,)
    assert box.password() == "muy secreta"
    assert box.import_from is not None
    with reading() as session:
        check = checks.newest(session, box.id)
        assert check is not None
        assert check.done_at is None
    shown = enter(ADMIN).get(f"/admin/mailboxes/{box.id}").text
    assert "muy secreta" not in shown
    assert 'hx-trigger="every 2s"' in shown


def test_each_step_of_the_trial_is_told(enter: Enter) -> None:
    box = _added(enter)
    with transaction() as session:
        check = checks.ask(session, box.id)
        check.done_at = clock.now()
        check.steps = [
            Said(step=Step.SIGN_IN, ok=True, said="imap.tienda.example:993"),
            Said(step=Step.FOLDER, ok=False, said="No <INBOX> here"),
        ]
    part = enter(ADMIN).get(f"/admin/mailboxes/{box.id}/check", partial=True).text
    assert "imap.tienda.example:993" in part
    assert "No &lt;INBOX&gt; here" in part
    assert "<html" not in part
    assert "every 2s" not in part


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(enter: Enter) -> None:
    typed = NEW | {"imap_host": "", "imap_port": "many", "start": "yesterday", "address": "x"}
    shown = enter(ADMIN).post("/admin/mailboxes/new", **typed)
    assert shown.status_code == 422
    for field in ("imap_host", "imap_port", "start", "address"):
        assert f'id="w-{field}"' in shown.text
    assert "smtp.tienda.example" in shown.text
    assert "muy secreta" not in shown.text


def test_an_empty_password_leaves_the_one_there_is(enter: Enter) -> None:
    box = _added(enter)
    changed = NEW | {"password": "", "name": "Tienda"}
    assert enter(ADMIN).post(f"/admin/mailboxes/{box.id}", **changed).status_code == 303
    with reading() as session:
        now = session.get_one(Mailbox, box.id)
        assert (now.password(), now.name) == ("muy secreta", "Tienda")


def test_a_kept_password_is_never_sent_to_another_server(enter: Enter) -> None:
    """Whoever steals an admin's session cannot have it sent to a server of theirs."""
    box = _added(enter)
    elsewhere = (
        {"imap_host": "imap.evil.example"},
        {"imap_port": "1993"},
        {"imap_security": "none"},
        {"smtp_host": "smtp.evil.example"},
        {"smtp_security": "none"},
    )
    for place in elsewhere:
        refused = enter(ADMIN).post(f"/admin/mailboxes/{box.id}", **NEW | {"password": ""} | place)
        assert refused.status_code == 422, place
        assert "another server" in refused.text or "otro servidor" in refused.text
    with reading() as session:
        assert session.get_one(Mailbox, box.id).imap_host == "imap.tienda.example"
    known = NEW | {"imap_host": "imap2.tienda.example", "password": "otra"}
    assert enter(ADMIN).post(f"/admin/mailboxes/{box.id}", **known).status_code == 303
    with reading() as session:
        now = session.get_one(Mailbox, box.id)
        assert (now.imap_host, now.password()) == ("imap2.tienda.example", "otra")


def test_what_a_provider_granted_does_not_go_to_another_server(enter: Enter) -> None:
    box = _added(enter)
    with transaction() as session:
        session.get_one(Mailbox, box.id).sealed_grant = "granted"
    moved = NEW | {"imap_host": "imap.evil.example", "password": "x"}
    assert enter(ADMIN).post(f"/admin/mailboxes/{box.id}", **moved).status_code == 303
    with reading() as session:
        assert session.get_one(Mailbox, box.id).sealed_grant == ""


def test_folders_past_and_pause(enter: Enter) -> None:
    box, admin = _added(enter), enter(ADMIN)
    with transaction() as session:
        session.add(Cursor(mailbox_id=box.id, folder="INBOX", uidvalidity=1))
    admin.post(f"/admin/mailboxes/{box.id}/folders", name="Enviados", role="sent")
    admin.post(f"/admin/mailboxes/{box.id}/past", since="2026-01-01")
    admin.post(f"/admin/mailboxes/{box.id}/pause", paused="yes")
    with reading() as session:
        now = session.get_one(Mailbox, box.id)
        assert [(one.name, one.role) for one in now.more_folders] == [("Enviados", FolderRole.SENT)]
        assert now.paused
        cursor = session.scalars(select(Cursor).where(Cursor.mailbox_id == box.id)).one()
        assert cursor.backfill_from is not None
        assert now.import_from == cursor.backfill_from
    admin.post(f"/admin/mailboxes/{box.id}/folders", name="Enviados", remove="yes")
    with reading() as session:
        assert not session.get_one(Mailbox, box.id).more_folders


def test_only_an_admin_changes_mailboxes(enter: Enter) -> None:
    box = _added(enter)
    for path in ("new", f"{box.id}", f"{box.id}/pause", f"{box.id}/folders", f"{box.id}/past"):
        assert enter(ANA).post(f"/admin/mailboxes/{path}", **NEW).status_code == 403


def test_a_signature_is_kept_and_shown_below_the_box_to_write_in(enter: Enter) -> None:
    case = case_about("Factura")
    where = f"/admin/mailboxes/{case.mailbox_id}"
    signed = NEW | {"signature_es": "Un saludo,\r\n{{agente.nombre}}", "start": ""}
    assert enter(ADMIN).post(where, **signed).status_code == 303
    page = enter(ANA).get(f"/cases/{case.id}").text
    assert "Un saludo,\nAna Belén Fernández-Villaverde" in page
    wrong = enter(ADMIN).post(where, **signed | {"signature_en": "{{agent.salary}}"})
    assert wrong.status_code == 422
    assert 'id="w-signature_en"' in wrong.text
