"""Who is speaking in a mail: a table of rules, of which the first that speaks decides."""

from datetime import datetime

from cases.mail import Mail, Origin, Speaker
from inbox.intake.answerable import may_answer
from inbox.intake.known import Known
from inbox.intake.origin import (
    automatic,
    bulk,
    challenges,
    ourselves,
    people,
    registered,
    reports,
    sounding,
)
from inbox.intake.origin.machines import NOT_AT_ALL
from inbox.intake.origin.said import Rule, Said
from inbox.intake.out_of_office import returns_on

__all__ = ["Known", "speaker_of", "who_speaks"]

# The first rule that speaks wins, so order is meaning. What is a report by its form comes before
# what only says so; registered senders come before the signs that all machines share; a person is
# what is left.
RULES: tuple[Rule, ...] = (
    ourselves.our_own_id,
    reports.feedback_report,
    reports.read_receipt,
    reports.bounce,
    reports.delivery_receipt,
    registered.registered_bot,
    registered.registered_marketing,
    registered.marketing_of_ours,
    ourselves.our_own_address,
    reports.reaction,
    reports.calendar_answer,
    bulk.flagged_as_spam,
    challenges.challenge,
    automatic.says_so_in_its_header,
    automatic.says_so_in_its_subject,
    automatic.says_so_in_its_words,
    sounding.sounds_like_one,
    bulk.sent_to_a_list,
    bulk.notification,
    people.an_agent,
    people.claims_to_be_an_agent,
)


def who_speaks(mail: Mail, known: Known) -> Speaker:
    """The origin of the mail, the rule that told it, and whether a machine may answer."""
    said = next((each for rule in RULES if (each := rule(mail, known))), _A_PERSON)
    return speaker_of(mail, known, said)


def speaker_of(mail: Mail, known: Known, said: Said) -> Speaker:
    """What follows from what a rule said."""
    allowed, reason = may_answer(mail, known, said.origin, said.rule)
    return Speaker(
        origin=said.origin,
        rule=said.rule,
        may_answer=allowed,
        may_answer_reason=reason,
        bot=said.bot,
        customer=said.customer,
        returns_at=_returns_at(mail, said.origin),
        likeness=sounding.likeness(mail, known) if said is _A_PERSON else NOT_AT_ALL,
    )


_A_PERSON = Said(Origin.CUSTOMER, "nothing else")


def _returns_at(mail: Mail, origin: Origin) -> datetime | None:
    if origin is not Origin.AUTO_REPLY:
        return None
    return returns_on(mail.own_words or mail.text, mail.subject, mail.sent_at)
