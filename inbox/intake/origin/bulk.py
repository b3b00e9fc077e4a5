"""Mail that goes to many, or that a machine sends unasked, and what our server calls spam."""

import re

from cases.mail import Mail, Origin
from inbox.intake.answerable import nobody_reads
from inbox.intake.known import Known
from inbox.intake.lists import foreign_list, our_own_list
from inbox.intake.origin.said import Said
from inbox.intake.results import read_results

_MASSES = frozenset({"bulk", "list", "junk"})

# Fields that only programs set which tell of events.
_NOTIFIERS = (
    "x-cron-env",
    "x-ms-journal-report",
    "x-jira-fingerprint",
    "x-github-reason",
    "x-gitlab-project",
    "x-gitlab-project-id",
    "x-bugzilla-reason",
    "x-redmine-host",
    "x-trac-project",
    "x-phabricator-sent-this-message",
    "x-sentry-reply-to",
    "x-nagios-host",
    "x-linkedin-class",
    "x-facebook-notify",
    "x-campaign",
    "x-campaignid",
    "x-campaign-id",
    "x-mailchimp-campaign-id",
    "x-mc-user",
    "x-csa-complaints",
)
# The subject of an aggregate report (RFC 7489, section 7.2.1.1; RFC 8460, section 5.3).
_REPORT = re.compile(r"report domain:[^\n]{1,260}\bsubmitter:", re.IGNORECASE)
_SPAM = (
    ("x-spam-flag", "yes"),
    ("x-spam-status", "yes"),
    ("x-spam", "yes"),
    ("x-spam-bar", "++++++"),
)


def flagged_as_spam(mail: Mail, known: Known) -> Said | None:
    """Our own server's flag; one that anybody else may have set says nothing."""
    for name, value in _ours(mail, known):
        if any(name == flag and value.strip().lower().startswith(yes) for flag, yes in _SPAM):
            return Said(Origin.SPAM, f"{name}: {value.strip()[:40]}")
    return None


def sent_to_a_list(mail: Mail, known: Known) -> Said | None:
    sign = foreign_list(mail, known)
    if sign:
        return Said(Origin.BULK, sign)
    words = mail.header("precedence")[:60].strip().lower()
    if words in _MASSES and not (words == "list" and our_own_list(mail, known)):
        return Said(Origin.BULK, f"precedence: {words}")
    return None


def notification(mail: Mail, _: Known) -> Said | None:
    """A program tells of an event, or the sender's address takes no answers."""
    sign = next((name for name, _ in mail.headers if name in _NOTIFIERS), None)
    if sign:
        return Said(Origin.BULK, sign)
    if _REPORT.match(mail.subject):
        return Said(Origin.BULK, "a report of how mail was delivered (DMARC, TLS)")
    # Where answers go to somebody else, that person speaks: a form on a site works so.
    elsewhere = [each for each in mail.reply_to if not nobody_reads(each.address)]
    if nobody_reads(mail.sender.address) and not elsewhere:
        return Said(Origin.BULK, "an address that takes no answers")
    return None


def _ours(mail: Mail, known: Known) -> list[tuple[str, str]]:
    """The fields that stand with, or above, our server's Authentication-Results."""
    wanted = frozenset(each.lower() for each in known.authserv_ids)
    found: list[tuple[str, str]] = []
    trusted = False
    for name, value in mail.headers:
        if name == "received" and (trusted or not wanted):
            break
        if name == "authentication-results":
            trusted = trusted or read_results(value)[0] in wanted
        found.append((name, value))
    return found if trusted else []
