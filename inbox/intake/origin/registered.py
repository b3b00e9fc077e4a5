"""Bots and marketing senders that this installation knows, and its own marketing."""

from cases.mail import Mail, Origin, Trust
from inbox.intake.known import BotRule, Known, fits
from inbox.intake.origin.said import Said

_MOST = 20_000
_LONGEST_NUMBER = 100


def registered_bot(mail: Mail, known: Known) -> Said | None:
    return _first(mail, known, known.bots)


def registered_marketing(mail: Mail, known: Known) -> Said | None:
    return _first(mail, known, known.marketing)


def marketing_of_ours(mail: Mail, known: Known) -> Said | None:
    """A mailing from our own domain. A stranger's claim to be one counts for nothing."""
    domain = mail.sender.address.rpartition("@")[2]
    if domain not in known.own_domains or mail.trust is Trust.FAIL:
        return None
    if mail.header("x-tregua-receipt"):
        return Said(Origin.MARKETING, "X-Tregua-Receipt", customer=_addressee(mail, known))
    lists = (
        value.lower() for name, value in mail.headers if name in ("list-id", "list-unsubscribe")
    )
    if any(domain in value for value in lists):
        return Said(Origin.MARKETING, "a list of our own domain", customer=_addressee(mail, known))
    return None


def _first(mail: Mail, known: Known, rules: tuple[BotRule, ...]) -> Said | None:
    # Whoever pretends to be a bot must not get into the cases of its customers.
    if mail.trust is Trust.FAIL:
        return None
    for rule in rules:
        if _is_from(mail, rule):
            origin = Origin.MARKETING if rule.kind == "marketing" else Origin.BOT
            return Said(
                origin,
                f"registered {rule.kind} {rule.name}",
                rule.name,
                _customer(mail, known, rule),
            )
    return None


def _is_from(mail: Mail, rule: BotRule) -> bool:
    """Every kind of sign that the rule names is there."""
    if rule.addresses and mail.sender.address not in rule.addresses:
        return False
    if rule.subject_patterns and not any(
        fits(each, mail.subject) for each in rule.subject_patterns
    ):
        return False
    return all(
        any(name == key and fits(pattern, value) for key, value in mail.headers)
        for name, pattern in rule.headers
    )


def _customer(mail: Mail, known: Known, rule: BotRule) -> str | None:
    """The customer's address or the order number, from the place that the rule names."""
    place, _, name = rule.customer.partition(":")
    if place == "to":
        return _addressee(mail, known)
    if place == "header":
        return _value(mail.header(name.strip()))
    if place == "body":
        return _labelled(mail.text, name.strip().lower())
    return None


def _addressee(mail: Mail, known: Known) -> str | None:
    return next((each.address for each in mail.to if each.address not in known.own), None)


def _labelled(text: str, label: str) -> str | None:
    """What follows a label such as "Cliente:" at the beginning of a line."""
    for line in text[:_MOST].splitlines():
        stripped = line.strip().lstrip("*-• ")
        if stripped.lower().startswith(label):
            return _value(stripped[len(label) :].lstrip(": "))
    return None


def _value(value: str) -> str | None:
    """The address in the value, or else the value itself."""
    words = value.replace("<", " ").replace(">", " ").split()
    address = next((word.strip(".,;()[]").lower() for word in words if "@" in word), None)
    return address or " ".join(words)[:_LONGEST_NUMBER] or None
