"""A mail that was too large is fetched whole when somebody asks for it in its case."""

from sqlalchemy import select

from cases import Message
from cases.db import reading, transaction
from inbox.spool import RawMail
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN


def _partial(**about: object) -> tuple[int, Message]:
    """A case whose mail is not whole, and that mail."""
    case = case_about("Factura")
    with transaction() as session:
        query = select(Message).where(Message.case_id == case.id, Message.raw_id.is_not(None))
        message = session.scalars(query).first()
        assert message is not None
        raw = session.get_one(RawMail, message.raw_id)
        raw.partial, raw.uid = True, 4711
        for name, value in about.items():
            setattr(raw, name, value)
        return case.id, message


def test_the_rest_is_asked_for_once_and_the_page_says_that_it_comes(enter: Enter) -> None:
    admin = enter(ADMIN)
    case_id, message = _partial()
    address = f"/messages/{message.id}/rest"
    assert f'action="{address}"' in admin.get(f"/cases/{case_id}").text
    assert admin.post(address).status_code == 303
    with reading() as session:
        assert session.get_one(RawMail, message.raw_id).rest_wanted
    shown = admin.get(f"/cases/{case_id}").text
    assert f'action="{address}"' not in shown
    assert "i-hourglass" in shown


def test_a_whole_mail_and_one_that_is_gone_have_no_button(enter: Enter) -> None:
    admin = enter(ADMIN)
    case_id, message = _partial(uid=None)
    address = f"/messages/{message.id}/rest"
    assert address not in admin.get(f"/cases/{case_id}").text
    assert admin.post(address).status_code == 409
    with transaction() as session:
        session.get_one(RawMail, message.raw_id).partial = False
    assert admin.post(address).status_code == 409
