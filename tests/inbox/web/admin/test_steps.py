"""First steps: the first account, and example data that come and go without a trace."""

from sqlalchemy import func, select

from cases import Agent, Case, Contact, Role, clock
from cases.agent import first_run
from cases.db import Base, reading, transaction
from cases.message import Message
from inbox.intake import pipeline
from inbox.spool import RawMail, example, taking_away
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN

KEPT = {"audit", "feed_change", "feed_head", "guess", "web_session", "token_use", "outflow"}


def _counts() -> dict[str, int]:
    with reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in KEPT
        }


def _example_cases() -> list[int]:
    with reading() as session:
        box = example.mailbox(session)
        return [] if box is None else example.case_ids(session, box)


def test_the_example_comes_by_the_usual_way_and_goes_without_a_trace(enter: Enter) -> None:
    admin, before = enter(ADMIN), _counts()
    assert admin.post("/admin/steps/example").status_code == 303
    pipeline.file_waiting()
    cases = _example_cases()
    assert len(cases) == len(example.week()) - 1  # one mail answers another one of the week
    assert "Mi pedido no llega" in admin.get("/inbox/all").text
    assert admin.post("/admin/steps/example").status_code == 409
    assert admin.post("/admin/steps/example/removal").status_code == 303
    assert _counts() == before
    assert admin.post("/admin/steps/example").status_code == 303


def test_an_example_that_real_mail_was_put_into_stays(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/steps/example")
    pipeline.file_waiting()
    theirs, real = _example_cases()[0], case_about("Factura").id
    with transaction() as session:
        moved = session.scalars(
            select(Message).where(Message.case_id == real, Message.raw_id > 0)
        ).first()
        assert moved is not None
        moved.case_id = theirs
    refused = admin.post("/admin/steps/example/removal")
    assert refused.status_code == 409
    assert f"El caso {theirs}" in refused.text
    with reading() as session:
        assert session.get(Case, theirs) is not None
        assert session.get(Case, real) is not None


def test_a_real_case_that_was_linked_to_the_example_only_loses_the_link(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/steps/example")
    pipeline.file_waiting()
    real = case_about("Factura").id
    with transaction() as session:
        session.get_one(Case, real).linked_to_id = _example_cases()[0]
    admin.post("/admin/steps/example/removal")
    with reading() as session:
        assert session.get_one(Case, real).linked_to_id is None
        assert not taking_away.left(session)
        assert session.scalars(select(RawMail.id).where(RawMail.mailbox_id > 2)).all() == []
        assert session.scalar(select(func.count()).select_from(Contact))


def test_the_first_account_is_made_once_with_the_link_of_the_start(visitor: Visitor) -> None:
    link = f"/welcome/{first_run.token(clock.now())}"
    assert visitor.get(link).status_code == 404
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    fields = {"name": "Carmen", "address": "carmen@tienda.test", "password": "corta"}
    assert visitor.get("/welcome/1.abc").status_code == 404
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, **fields).status_code == 422
    done = visitor.post(link, **fields | {"password": "bien larga, esta"})
    assert (done.status_code, done.location) == (303, "/admin/steps")
    assert visitor.get("/admin/steps").status_code == 200
    assert visitor.post(link, **fields | {"password": "bien larga, esta"}).status_code == 404
    with reading() as session:
        made = session.scalars(select(Agent)).one()
        assert (made.role, made.address) == (Role.ADMIN, "carmen@tienda.test")
