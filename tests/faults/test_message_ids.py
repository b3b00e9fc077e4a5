"""A mail with no id, two, an endless one or somebody else's is kept, and lands with nobody else."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import answers
from cases import Agent, Message
from cases.db import scratch
from cases.filing import Belief, file, file_all
from inbox.intake.opening import open_mail
from tests.builders import MORNING, a_mail, an_arrival
from tests.conversations import AGENT, KNOWN
from tests.raw import a_raw

BELIEVED = Belief(servers_vouch=True, own=KNOWN.own)
ANAS = "de-ana@cliente.example"
AS_MANY = [200, pytest.param(1_000, marks=pytest.mark.nightly)]


def _fields(n: int, ours: str) -> tuple[tuple[str, str], ...]:
    return (
        (),
        (("Message-ID", f"<a{n}@evil.example>"), ("Message-ID", f"<b{n}@evil.example>")),
        (("Message-ID", f"<{'x' * 10_000}{n}@evil.example>"),),
        (("Message-ID", f"<{ANAS}>"),),
        (("Message-ID", f"<{ours}>"),),
        (("Message-ID", "<>"),),
        (("Message-ID", f"<{'(' * 200}>\x00"),),
        (("Message-ID", "<the-same@evil.example>"),),
    )[n % 8]


def _hostile(count: int, ours: str) -> Iterator[bytes]:
    for n in range(count):
        sender = f"e{n}@evil.example"
        yield a_raw(sender, f"Asunto {n}", f"Hola {n}", at=MORNING, headers=_fields(n, ours))


def _ids_of_ana_and_ours(session: Session) -> tuple[int, str]:
    mail = a_mail("No llega", sender="ana@cliente.example", message_id=ANAS)
    case = file(session, an_arrival(mail), BELIEVED).case
    agent = Agent(address=AGENT, name="Bea", created_at=MORNING)
    session.add(agent)
    session.flush()
    answers.send(session, case, agent, answers.Answer("En ello."), at=MORNING)
    session.flush()
    ours = select(Message.rfc_id).where(Message.case_id == case.id).order_by(Message.id.desc())
    return case.id, session.scalars(ours).first() or ""


@pytest.mark.parametrize("count", AS_MANY)
def test_every_mail_is_kept_and_none_lands_with_another_customer(count: int) -> None:
    with scratch() as session:
        anas, ours = _ids_of_ana_and_ours(session)
        before = session.scalar(select(func.count()).select_from(Message)) or 0
        arrivals = [
            an_arrival(open_mail(one, KNOWN), minutes=5 + n)
            for n, one in enumerate(_hostile(count, ours))
        ]
        filed = file_all(session, arrivals, BELIEVED)
        session.flush()
        assert session.scalar(select(func.count()).select_from(Message)) == before + count
        assert len({one.case.id for one in filed}) == count
        assert anas not in {one.case.id for one in filed}
        assert [one.message.sender for one in filed] == [f"e{n}@evil.example" for n in range(count)]
