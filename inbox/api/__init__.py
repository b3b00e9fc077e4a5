"""The contracts with programs: feed, check, gate, receipts, touches, webhooks."""

from flask import Blueprint

from inbox.api import (
    bulk,
    campaigns,
    check,
    feed,
    gates,
    receipts,
    sending,
    stream,
    suppressions,
    touches,
)


def blueprints() -> list[Blueprint]:
    """All resources of the API; they know tokens, and neither sessions nor forms."""
    modules = (
        *(feed, stream, check, bulk, campaigns, gates, sending, receipts),
        *(suppressions, touches),
    )
    return [*(module.pages for module in modules), receipts.keys]
