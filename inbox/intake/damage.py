"""What a filed mail lacks: people see it on the failures page, beside what could be read. Pure."""

from cases.mail import Mail
from inbox.spool import Taken

# Words of the reader's defects that mean that something of the mail was left out.
_LEFT_OUT = ("cut", "not opened", "cannot be read")


def lacks(taken: Taken, mail: Mail) -> str:
    """What is missing of the mail in the case, or "" where nothing is."""
    if not taken.content.strip():
        return "the mail is empty"
    if taken.partial:
        return "the mail is larger than the limit: only its beginning was fetched"
    return next((one for one in mail.defects if any(word in one for word in _LEFT_OUT)), "")
