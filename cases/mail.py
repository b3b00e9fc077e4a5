"""A mail as the rest of the program sees it: frozen values, no library's objects."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


def own_words(text: str) -> str:
    """A new text without the points it answers ("> …"): somebody else wrote those."""
    if ">" not in text:
        return text
    return "\n".join(line for line in text.split("\n") if not line.startswith(">"))


def without_tag(address: str) -> str:
    """The address without what follows a plus sign."""
    local, at, domain = address.rpartition("@")
    return local.partition("+")[0] + at + domain


class Origin(StrEnum):
    """Who is speaking in a mail. Every mail has exactly one."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    MARKETING = "marketing"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    FEEDBACK_REPORT = "feedback_report"
    RECEIPT = "receipt"
    BULK = "bulk"
    SPAM = "spam"
    CHALLENGE = "challenge"
    OWN = "own"


class Trust(StrEnum):
    """What a trusted server said about the sender (RFC 8601)."""

    PASS = "pass"  # noqa: S105  a verdict, not a secret
    NONE = "none"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header. `address` is lower-cased; "" where none could be read."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the body. `size` in bytes and `md5` in hex, both of the decoded bytes."""

    name: str
    type: str
    size: int
    md5: str
    part: int
    """Position in the walk over the mail's parts, so that the bytes can be decoded on demand."""
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail of ours failed (RFC 3464, or a vendor's form)."""

    recipients: tuple[str, ...] = ()
    status: str | None = None
    """Enhanced status code such as "5.1.1" (RFC 3463)."""
    permanent: bool | None = None
    address_dead: bool = False
    """The address does not exist: narrower than permanent (a full mailbox is not dead)."""
    original_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks in a mail, by which rule, and whether an automatic answer is allowed."""

    origin: Origin
    rule: str
    may_answer: bool
    may_answer_reason: str
    bot: str | None = None
    """Name of the registered bot or marketing sender."""
    customer: str | None = None
    """Address of the customer a registered bot writes about, where its rule says so."""
    returns_at: datetime | None = None
    """When an out-of-office says that the person is back."""
    likeness: float = -99.0
    """How much a person's answer is like a machine's: the logarithm of the odds."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A parsed and understood mail. Ids come without angle brackets; instants are aware."""

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """Oldest first, as in the header."""
    sender: Address = Address("")
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    """Addresses of Delivered-To, X-Original-To, Envelope-To: where the mail really went."""
    return_path: str | None = None
    """Envelope sender; "" is the null return path, None an absent header."""
    subject: str = ""
    sent_at: datetime | None = None
    """The Date header: for display only, since clocks lie."""
    text: str = ""
    """As an agent reads it."""
    text_from_html: str = ""
    html: str = ""
    new_text: str = ""
    """What the person newly wrote: signature and quotes cut off, but for the points answered."""
    new_text_with_signature: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Decoded header fields in their order, names lower-cased."""
    forwarded: bool = False
    defects: tuple[str, ...] = ()
    bounce: Bounce | None = None
    trust: Trust = Trust.NONE
    speaker: Speaker = Speaker(Origin.CUSTOMER, "nothing else", True, "a person wrote")

    @property
    def own_words(self) -> str:
        """The new text without any quotation: what rules and models judge."""
        return own_words(self.new_text)

    @property
    def origin(self) -> Origin:
        return self.speaker.origin

    def header(self, name: str) -> str:
        """The first header field of that name, or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), "")
