"""What admins change beside people and mailboxes stands in the audit log as well."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.registry import OutsideBot
from bot.rules.trials import Progress, Trial, forget_mails, forget_old
from cases import audit, clock
from cases.audit import Entry
from cases.db import reading, transaction
from inbox.command.feed import token
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN


def _noted() -> list[tuple[str, str, str]]:
    with reading() as session:
        assert audit.broken(session) is None
        rows = session.scalars(select(Entry).order_by(Entry.number)).all()
        return [(one.what, one.about, one.by) for one in rows]


HOURS = {"name": "default", "zone": "Europe/Madrid", "opening_hours": "mon-fri 09:00-18:00"}
LEAF = {"branch": "fulfil", "label_es": "Entradas", "label_en": "Tickets", "complaint": "yes"}
BOT = {"name": "mensajero", "mode": "draft", "customer": "body:Pedido", "addresses": "a@b.example"}


def test_business_hours_types_and_bots_are_noted(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert admin.post("/admin/calendars", **HOURS, country="ES", region="").status_code == 303
    assert admin.post("/admin/taxonomy", **LEAF).status_code == 303
    assert admin.post("/admin/bots", **BOT).status_code == 200
    with reading() as session:
        number = session.scalars(select(OutsideBot.id)).one()
    assert admin.post(f"/admin/bots/{number}", **BOT, webhook="").status_code == 303
    assert _noted() == [
        ("calendar.saved", "default", ADMIN),
        ("type.added", "fulfil.tickets", ADMIN),
        ("bot.registered", "mensajero", ADMIN),
        ("bot.changed", "mensajero", ADMIN),
    ]


@pytest.mark.usefixtures("installation")
def test_tokens_of_the_command_line_are_noted() -> None:
    run = CliRunner()
    assert run.invoke(token, ["issue", "shop", "--scope", "check"]).exit_code == 0
    prefix = run.invoke(token, ["list"]).output.split()[0]
    assert run.invoke(token, ["rotate", prefix]).exit_code == 0
    assert run.invoke(token, ["revoke", prefix]).exit_code == 0
    about = f"shop ({prefix})"
    assert [(one[0], one[1]) for one in _noted()] == [
        ("token.issued", about),
        ("token.rotated", about),
        ("token.revoked", about),
    ]


@pytest.mark.usefixtures("installation")
def test_trials_keep_no_mail_of_whoever_is_erased_and_none_for_long() -> None:
    now = clock.now()
    with transaction() as session:
        rows, counts = [{"subject": "Mi pedido"}], {"mails": 1}
        session.add(Trial(at=now, progress=Progress.DONE, rows=rows, counts=counts))
    with transaction() as session:
        forget_mails(session)
    with reading() as session:
        trial = session.scalars(select(Trial)).one()
        assert (trial.rows, trial.counts) == ([], {"mails": 1})
    with transaction() as session:
        forget_old(session, now + timedelta(days=3))
    with reading() as session:
        assert session.scalars(select(Trial)).all() == []
