"""What is known of a person besides their mail, when two become one and part again. Pure."""

from typing import Any

from cases.contact import Contact

FIRST_KNOWN = ("name", "language", "zone", "country", "quiet_hours", "tier")
FLAGS = ("vip", "influencer")
FIELDS = (*FIRST_KNOWN, *FLAGS, "nps", "lifetime_value")
Profile = dict[str, Any]


def of(contact: Contact) -> Profile:
    """The profile as a record can keep it."""
    return {name: getattr(contact, name) for name in FIELDS}


def combine(into: Contact, other: Contact) -> Profile:
    """The one that is left learns what only the other knew; gives back how both sides were."""
    before = of(into)
    for name in FIRST_KNOWN:
        setattr(into, name, getattr(into, name) or getattr(other, name) or "")
    for name in FLAGS:
        setattr(into, name, bool(getattr(into, name) or getattr(other, name)))
    if into.nps is None:
        into.nps = other.nps
    into.lifetime_value = (into.lifetime_value or 0.0) + (other.lifetime_value or 0.0)
    return {"into": before, "after": of(into)}


def part(into: Contact, record: Profile) -> None:
    """What nobody changed since is as it was before."""
    for name, before in record.get("into", {}).items():
        if getattr(into, name) == record["after"][name]:
            setattr(into, name, before)
