"""How a mail presents itself: as an answer, under which title, with what of ours below it."""

import re

from cases.mail import Mail

ANSWER = r"(?:(?:re|aw|sv|vs|antw|rv|r|tr|ref|odp|rif)\s?(?:\[\d{1,3}\])?\s?:\s{0,3}){0,3}"
_MARGIN = 20


def person_says(mail: Mail) -> bool:
    """`Auto-Submitted: no` is how a program says that a person wrote."""
    return mail.header("auto-submitted").strip().lower() == "no"


def hands_on(mail: Mail) -> bool:
    """A person forwards a machine's mail: its words are not his, and no sign of his own speaks."""
    return mail.forwarded and not hinted(mail)


def hinted(mail: Mail) -> bool:
    """A sign that machines show, though not only answering ones."""
    wish = mail.header("x-auto-response-suppress").lower()
    return (
        bool(wish) or mail.return_path == "" or bool(mail.header("x-ms-exchange-inbox-rules-loop"))
    )


def answers(mail: Mail) -> bool:
    """Whether it refers to a mail before it."""
    return bool(mail.in_reply_to or mail.references)


def titled_as_an_answer(subject: str) -> bool:
    """The subject says "Re:"."""
    found = re.match(ANSWER, subject)
    return bool(found and found.group())


def quotes(mail: Mail) -> bool:
    """Something that somebody else wrote stands in it."""
    return len(mail.text.strip()) > len(mail.new_text_with_signature.strip()) + _MARGIN
