"""The report that a mail server sends back when a mail could not be delivered (RFC 3464)."""

from email import message_from_string
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, make_msgid

from cases import clock

NOTICE = """\
This is the mail system at host {host}.

I'm sorry to have to inform you that your message could not be delivered to
one or more recipients. It's attached below.

{reasons}
"""


def bounce(*, host: str, to: str, failed: list[str], content: bytes) -> bytes:
    """A delivery report about `failed` recipients, addressed to the sender of `content`."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = f"Mail Delivery System <MAILER-DAEMON@{host}>"
    report["To"] = to
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    report["Message-ID"] = make_msgid(domain=host)
    report["Date"] = format_datetime(clock.now())
    reasons = "\n".join(f"<{address}>: 550 5.1.1 User unknown" for address in failed)
    report.attach(MIMEText(NOTICE.format(host=host, reasons=reasons)))
    report.attach(_status(host, failed))
    report.attach(_headers_of(content))
    return report.as_bytes().replace(b"\n", b"\r\n")


def _status(host: str, failed: list[str]) -> Message:
    blocks = [f"Reporting-MTA: dns; {host}\nArrival-Date: {format_datetime(clock.now())}\n"]
    blocks += [
        f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n"
        for address in failed
    ]
    head = "Content-Type: message/delivery-status\n\n"
    return message_from_string(head + "\n".join(blocks))


def _headers_of(content: bytes) -> Message:
    head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    part = MIMEBase("text", "rfc822-headers")
    part.set_payload(head.decode("latin-1").encode("ascii", "replace").decode() + "\n")
    return part
