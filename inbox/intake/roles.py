"""What the folder a mail lay in says of it: sent by us, or spam. Pure."""

from dataclasses import replace

from cases import signing
from cases.mail import Mail, Origin, Speaker, Trust
from cases.mailbox import FolderRole

_PEOPLE = (Origin.CUSTOMER, Origin.AGENT, Origin.OWN)


def in_its_folder(mail: Mail, role: FolderRole) -> Mail:
    """The mail as somebody sees it who knows which folder it lay in."""
    if role is FolderRole.JUNK:
        return replace(mail, speaker=_speaker(Origin.SPAM, "junk folder", "it lay in the spam"))
    if role is FolderRole.SENT and mail.origin in _PEOPLE:
        # Only who may sign in can lay mails there, so the account vouches for them.
        return replace(mail, speaker=_sent(mail), trust=Trust.PASS)
    return mail


def _sent(mail: Mail) -> Speaker:
    if signing.case_of_message_id(mail.message_id) is not None:
        return _speaker(Origin.OWN, "our own message-id", "we wrote it")
    return _speaker(Origin.AGENT, "sent folder", "a person of ours wrote it")


def _speaker(origin: Origin, rule: str, reason: str) -> Speaker:
    return Speaker(origin, rule, may_answer=False, may_answer_reason=reason)
