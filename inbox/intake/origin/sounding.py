"""Answers that sound like a machine's, without any sign or phrase that would tell one."""

from cases.mail import Mail, Origin
from inbox.intake.known import Known
from inbox.intake.lists import foreign_list
from inbox.intake.origin.machines import NOT_AT_ALL, sounds_like_a_machine
from inbox.intake.origin.manner import answers, hands_on, person_says, quotes, titled_as_an_answer
from inbox.intake.origin.personal import asks
from inbox.intake.origin.plain import plain, words_of
from inbox.intake.origin.said import Said

# So that of ten thousand people hardly one is taken for a machine.
CERTAIN = 1.2
_LONGEST = 1200
# Programs of people quote what is answered and keep its subject; machines seldom do.
_QUOTES = -1.0
_TITLES_ITSELF = 1.0


def sounds_like_one(mail: Mail, known: Known) -> Said | None:
    """Its words and its manner together."""
    if likeness(mail, known) < CERTAIN:
        return None
    return Said(Origin.AUTO_REPLY, "it sounds like a machine")


def likeness(mail: Mail, known: Known) -> float:
    """How much an answer is like a machine's, as the logarithm of the odds."""
    words = words_of(mail)
    if not answers(mail) or person_says(mail) or not 0 < len(words) <= _LONGEST:
        return NOT_AT_ALL
    if foreign_list(mail, known) is not None or hands_on(mail) or asks(words):
        return NOT_AT_ALL
    sound = sounds_like_a_machine(words)
    if sound == NOT_AT_ALL:
        return sound
    manner = _QUOTES * quotes(mail)
    manner += _TITLES_ITSELF * (not titled_as_an_answer(plain(mail.subject[:50])))
    return sound + manner
