"""Mail that a mail server before the gate takes, and what arrives behind it."""

import smtplib
from collections import Counter

NEWS, OTHER = "news@shop.example", "soporte@shop.example"
DOOR, GATE, BACK, STRICT, POLICY = 2587, 2525, 10026, 2588, 10031
"""The ports that our docs name; each test gives others."""


def send(port, content, *recipients, sender=NEWS, options=()):
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        return smtp.sendmail(sender, list(recipients), content, mail_options=options)


def got(sink):
    """How many mails each person got."""
    return Counter(one for mail in sink.mails for one in mail.recipients)
