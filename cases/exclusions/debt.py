"""Apology debt: a case that ended badly keeps a hold that fades, light mail going first. Pure."""

from datetime import datetime
from math import log2

from cases.exclusions.matrix import CampaignClass
from cases.pressure import WEIGHTS

DEBT = "debt"
"""What such a hold is about, as the feed carries it."""


def paid_at(starts_at: datetime, until: datetime, campaign_class: CampaignClass) -> datetime:
    """When so much of the debt has faded that a mail of that class is no affront any more.

    Half of it is left after half of its time. A promotion waits to the end; what weighs half as
    much waits half as long, since it is bearable as soon as half is left.
    """
    weight = WEIGHTS[campaign_class]
    if weight >= 1:
        return until
    part = max(1 + log2(weight) / 2, 0.0) if weight > 0 else 0.0
    return starts_at + (until - starts_at) * part
