"""One update of an incident to all concerned: each once, in their language and in their thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot import answers, composing, queues
from bot.outbox import OutgoingMail, State
from bot.situation import domain_of
from cases import incident as incidents
from cases import signing
from cases.agent import Agent
from cases.case import Case
from cases.contact import Contact, normalised
from cases.incident import Incident, IncidentUpdate
from cases.language import LANGUAGES
from cases.mail import Address, Origin
from cases.mailbox import Mode
from cases.message import Direction, KnownId, Message
from cases.rows.among import among
from cases.settings import settings

RULE = "incident update"
AT_ONCE = 200


class NothingToSay(ValueError):
    """An update needs a text."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many were told, and which cases were not, with the reason."""

    told: int
    untold: tuple[tuple[int, str], ...] = ()


def publish(
    session: Session, incident: Incident, texts: dict[str, str], *, key: str, agent: Agent,
    at: datetime,
) -> Told:  # fmt: skip
    """Queue the update for all concerned, in this one transaction: all of it or nothing.

    The same key is the same update, however often somebody clicks.
    Raises NothingToSay, AlreadyOver.
    """
    said = {language: text.strip() for language, text in texts.items() if text.strip()}
    if not said:
        raise NothingToSay("write what is to be said")
    # Mail that comes in meanwhile may be linked, and waits for nobody.
    session.refresh(incident, with_for_update={"key_share": True})
    if incident.ended_at is not None:
        raise incidents.AlreadyOver(f"incident {incident.id} is over")
    update = _update(session, incident, key)
    if update is not None:
        return Told(update.told)
    update = IncidentUpdate(incident_id=incident.id, key=key, texts=said, by=agent.address, at=at)
    session.add(update)
    session.flush()
    told = _tell_all(session, incident, update, agent)
    update.told, update.untold = told.told, len(told.untold)
    queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
    return told


def _update(session: Session, incident: Incident, key: str) -> IncidentUpdate | None:
    wanted = select(IncidentUpdate).where(
        IncidentUpdate.incident_id == incident.id, IncidentUpdate.key == key
    )
    return session.scalars(wanted).one_or_none()


def _tell_all(session: Session, incident: Incident, update: IncidentUpdate, agent: Agent) -> Told:
    told: set[str] = set()
    untold: list[tuple[int, str]] = []
    ids = incidents.cases_of(session, incident)
    for n in range(0, len(ids), AT_ONCE):
        for case in _locked(session, ids[n : n + AT_ONCE]):
            why = _tell(session, case, update, agent, told)
            if why:
                untold.append((case.id, why))
        session.flush()
    return Told(len(told), tuple(untold))


def _locked(session: Session, ids: Sequence[int]) -> Sequence[Case]:
    """In the order of their numbers, so that two who lock many never wait for each other."""
    wanted = select(Case).where(among(Case.id, ids), Case.merged_into_id.is_(None))
    around = (
        selectinload(Case.events),
        selectinload(Case.mailbox),
        selectinload(Case.contact).selectinload(Contact.identifiers),
    )
    locked = wanted.order_by(Case.id).with_for_update(of=Case).options(*around)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _tell(
    session: Session, case: Case, update: IncidentUpdate, agent: Agent, told: set[str]
) -> str:
    """Why the case is not told, or ""."""
    if case.mailbox is not None and case.mailbox.mode is Mode.SHADOW:
        return "the mailbox only watches"
    try:
        to = answers.recipient(session, case)
    except answers.NobodyToAnswer:
        return "no address"
    address = normalised(to)
    if any(one.value == address and one.bounced_at for one in case.contact.identifiers):
        return "the address bounces"
    if address in told:
        case.informed(by=agent.address, at=update.at)
        return "told in another case"
    try:
        inform(session, case, update, agent, to)
    except composing.NotAsMeant:
        return "the mail cannot be written"
    told.add(address)
    return ""


def inform(
    session: Session, case: Case, update: IncidentUpdate, agent: Agent, to: str
) -> OutgoingMail:
    """Queue the update for one case; what they asked is still to be answered."""
    language = language_of(case, update)
    draft = _draft(session, case, to, update.texts[language], language, update.at)
    content = composing.compose(draft)
    message = _message(case, draft, agent, update.at)
    session.add(message)
    session.add(KnownId(rfc_id=draft.message_id, case=case, message=message, ours=True))
    mail = OutgoingMail(
        case=case,
        message=message,
        key=f"incident:{update.id}:{case.id}",
        automatic=False,
        rule=RULE,
        sender=draft.sender.address,
        recipient=normalised(to),
        domain=domain_of(normalised(to)),
        rfc_id=draft.message_id,
        content=content,
        state=State.PENDING,
        queued_at=update.at,
        due_at=update.at + answers.UNDO,
    )
    session.add(mail)
    case.informed(by=agent.address, at=update.at)
    return mail


def language_of(case: Case, update: IncidentUpdate) -> str:
    """The person's language, if the update was written in it; else the mailbox's, else any."""
    box = case.mailbox.language if case.mailbox is not None else settings().language
    wished = (case.language, case.contact.language, box, *LANGUAGES)
    return next(one for one in wished if one in update.texts)


def _draft(
    session: Session, case: Case, to: str, text: str, language: str, at: datetime
) -> composing.Draft:
    box = case.mailbox
    ours = box.address if box is not None else f"noreply@{settings().default_domain}"
    earlier = answers.ids_so_far(session, case)
    return composing.Draft(
        message_id=signing.new_message_id(case.id, domain_of(ours)),
        sender=Address(ours, box.name if box is not None else ""),
        recipient=Address(to),
        subject=answers.subject_of(case),
        text=text,
        at=at,
        in_reply_to=earlier[-1] if earlier else "",
        references=earlier[:-1],
        reply_to=box.reply_to(case.id) if box is not None else "",
        language=language,
        loop_mark=signing.sign("loop", str(case.id)),
    )


def _message(case: Case, draft: composing.Draft, agent: Agent, at: datetime) -> Message:
    return Message(
        case=case,
        direction=Direction.OUT,
        origin=Origin.AGENT,
        origin_rule=RULE,
        rfc_id=draft.message_id,
        sender=draft.sender.address,
        sender_name=draft.sender.name,
        to=[draft.recipient.address],
        subject=draft.subject,
        text=draft.text,
        new_text=draft.text,
        arrived_at=at,
        rule=RULE,
        by=agent.address,
        language=draft.language,
    )
