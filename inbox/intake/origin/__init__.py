"""Who is speaking in a mail: a table of rules, of which the first that speaks decides."""

from cases.mail import Mail, Origin, Speaker
from inbox.intake.known import Known

__all__ = ["Known", "who_speaks"]


def who_speaks(mail: Mail, known: Known) -> Speaker:
    """The origin of the mail, the rule that told it, and whether a machine may answer."""
    if mail.bounce is not None:
        return Speaker(Origin.BOUNCE, "bounce", False, "written by a machine (bounce)")
    return Speaker(Origin.CUSTOMER, "nothing else", True, "a person wrote")
