"""The state of each customer, and what follows from it. These nouns are its vocabulary."""

from sqlalchemy import event

from cases import audit, incident, order
from cases.agent import Agent, Role
from cases.case import Case, Part, Participant, State
from cases.consent import Topic
from cases.contact import Contact, Identifier, Kind
from cases.db import Base, before_commit, before_writing
from cases.exclusions import changes, reweighing
from cases.exclusions.rows import Exclusion, FeedChange, FeedEntry, FeedHead
from cases.history import Event, What
from cases.mail import Address, Attachment, Bounce, Mail, Origin, Speaker, Trust
from cases.mailbox import Mailbox, Mode
from cases.message import Delivery, Direction, KnownId, Message
from cases.people import merging
from cases.promises import breaches
from cases.reporting import watching
from cases.rows import going_together
from cases.words import tables

before_writing(breaches.settle_new)
# The order is meaning: exclusions follow from promises, from incidents, and from who is who.
before_commit(order.recognise)
before_commit(incident.recognise)
before_commit(breaches.settle)
before_commit(merging.settle)
before_commit(reweighing.follow)
before_commit(changes.follow)
before_commit(audit.write)
# The words of messages can be looked for wherever messages are kept.
event.listen(Base.metadata, "after_create", tables.follow)
event.listen(Base.metadata, "after_create", going_together.follow)
event.listen(Base.metadata, "after_create", watching.follow)

__all__ = [
    "Address",
    "Agent",
    "Attachment",
    "Bounce",
    "Case",
    "Contact",
    "Delivery",
    "Direction",
    "Event",
    "Exclusion",
    "FeedChange",
    "FeedEntry",
    "FeedHead",
    "Identifier",
    "Kind",
    "KnownId",
    "Mail",
    "Mailbox",
    "Message",
    "Mode",
    "Origin",
    "Part",
    "Participant",
    "Role",
    "Speaker",
    "State",
    "Topic",
    "Trust",
    "What",
]
