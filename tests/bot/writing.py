"""What tests of the bot's voice say: a case, a person who answers, bots that want to speak."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers, replies
from bot.answers import Answer
from bot.delivery import claiming, recording
from bot.outbox import OutgoingMail, State
from bot.replies import Saying
from bot.wording.merging import Parts
from cases import Agent, Case, Mailbox, Mode
from cases.filing import file
from tests.builders import MORNING, a_mail, an_arrival


def a_shop(session: Session, mode: Mode = Mode.SEND) -> Mailbox:
    """A mailbox that may send by itself."""
    found = session.scalars(select(Mailbox).limit(1)).first()
    if found is not None:
        return found
    box = Mailbox(
        address="soporte@tienda.example",
        name="Tienda",
        imap_host="x",
        imap_user="x",
        mode=mode,
        created_at=MORNING,
    )
    session.add(box)
    session.flush()
    return box


def a_case(
    session: Session,
    text: str = "No llega mi pedido",
    *,
    sender: str = "ana@cliente.example",
    minutes: float = 0,
) -> Case:
    """A customer's case in that shop."""
    arrival = an_arrival(a_mail(text, sender=sender), mailbox=a_shop(session), minutes=minutes)
    case = file(session, arrival).case
    case.language = "es"
    session.flush()
    return case


def an_agent(session: Session, name: str = "Bea") -> Agent:
    """An agent of the shop."""
    address = f"{name.lower()}@tienda.example"
    found = session.scalars(select(Agent).where(Agent.address == address)).one_or_none()
    if found is not None:
        return found
    agent = Agent(address=address, name=name, created_at=MORNING)
    session.add(agent)
    session.flush()
    return agent


def a_saying(
    session: Session,
    case: Case,
    facts: str,
    *,
    bot: str = "mensajero",
    at: datetime,
    **more: object,
) -> OutgoingMail:
    """A bot wants to say something in a case."""
    pieces = Parts(facts, str(more.pop("question", "")), str(more.pop("closing", "")))
    subject, text = replies.letter(session, case, pieces)
    recipient = answers.recipient(session, case)
    saying = Saying(
        f"{bot}:{case.id}:{facts}", recipient, "bot", "bot", subject, text, pieces, bot=bot, **more
    )
    mail = replies.say(session, case, saying, at=at)
    session.flush()
    return mail


def a_person_answers(session: Session, case: Case, at: datetime, text: str = "Ya va") -> None:
    """An agent answers in the case."""
    answers.send(session, case, an_agent(session), Answer(text), at=at)
    session.flush()


def leaving() -> list[OutgoingMail]:
    """What leaves now; the relay takes it all."""
    mails = claiming.claim(claiming.due())
    for mail in mails:
        recording.record(mail, State.DATA_SENT)
        recording.record(mail, State.ACCEPTED, "250 ok")
    return mails
