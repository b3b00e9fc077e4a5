"""An admin sees at once whether all is well, and what is not has its sentence and its page."""

from datetime import timedelta

from sqlalchemy import update

from bot import signs
from bot.outbox import OutgoingMail, State
from bot.signs import WorkerSign
from bot.staff_mail import alarms
from bot.staff_mail.alarms import Kind, Trouble
from cases import Mailbox, clock
from cases.db import transaction
from inbox.spool import Fate, RawMail
from inbox.web.admin.glance import PARTS
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

AUDITOR = "aud@tienda.test"


def _all_is_well() -> None:
    now = clock.now()
    heard = {"last_ok_at": now, "heard_at": now, "failing_since": None}
    with transaction() as session:
        session.execute(update(Mailbox).values(**heard))
        session.execute(update(RawMail).values(fate=Fate.FILED))
        session.execute(update(OutgoingMail).values(state=State.ACCEPTED))
        session.add_all(WorkerSign(queue=one, since=now, seen_at=now) for one in PARTS)


def test_all_is_well_is_said_where_it_is_so(enter: Enter) -> None:
    _all_is_well()
    admin = enter(ADMIN)
    page = admin.get("/admin").text
    assert "Todo va bien" in page
    assert "4/4" in page
    assert "is-alarm" not in page
    assert "Todo va bien" in admin.get("/admin/alarms").text


def test_what_is_wrong_is_said_though_nobody_runs_who_would_raise_an_alarm(enter: Enter) -> None:
    admin = enter(ADMIN)
    page = admin.get("/admin").text
    for said in ("Ningún proceso se ocupa de leer los buzones", "0/4", 'href="/failures"'):
        assert said in page
    assert "No se puede leer el buzón mayoristas@tienda.test" in page
    assert 'href="/admin/mailboxes/2"' in page
    watch = admin.get("/admin/alarms").text
    assert "Ahora nadie vigila" in watch
    assert "Todo va bien" not in watch
    assert 'href="/failures"' not in enter(AUDITOR).get("/admin").text


def test_a_trouble_is_said_once_with_its_advice(enter: Enter) -> None:
    _all_is_well()
    now = clock.now()
    told = {"address": "mayoristas@tienda.test"}
    with transaction() as session:
        failing = update(Mailbox).where(Mailbox.id == 2)
        session.execute(failing.values(failing_since=now - timedelta(minutes=5)))
        trouble = Trouble(Kind.MAILBOX, "2", now, told)
        alarms.settle(session, [trouble, Trouble(Kind.BREACHES, "", now, {"number": 12})], now)
    page = enter(ADMIN).get("/admin").text
    assert page.count("No se puede leer el buzón") == 1
    assert "2 cosas te necesitan" in page
    assert "Quizá ha cambiado su contraseña" in page
    assert 'href="/inbox/risk"><svg' in page
    assert "/inbox/risk" not in enter(AUDITOR).get("/admin").text


def test_a_mail_nobody_could_send_needs_people_until_its_case_is_closed(enter: Enter) -> None:
    _all_is_well()
    admin = enter(ADMIN)
    with transaction() as session:
        mail = session.query(OutgoingMail).first()
        assert mail is not None
        mail.state, mail.case.state = State.UNCERTAIN, "open"
        case = mail.case
    assert "1 correo no se pudo leer o enviar" in admin.get("/admin").text
    with transaction() as session:
        session.merge(case).state = "closed"
    assert "Todo va bien" in admin.get("/admin").text


def test_a_worker_that_stopped_is_named(enter: Enter) -> None:
    _all_is_well()
    with transaction() as session:
        sign = session.get_one(WorkerSign, "tag")
        sign.seen_at -= signs.SILENCE * 2
    assert "Ningún proceso se ocupa de clasificar" in enter(ADMIN).get("/admin").text


def test_a_mailbox_whose_server_is_silent_is_not_said_to_work(enter: Enter) -> None:
    _all_is_well()
    admin = enter(ADMIN)
    assert "no da señales" not in admin.get("/admin/mailboxes").text
    with transaction() as session:
        gone = clock.now() - timedelta(hours=1)
        session.execute(update(Mailbox).where(Mailbox.id == 1).values(heard_at=gone))
    assert "Su servidor no da señales" in admin.get("/admin/mailboxes").text
