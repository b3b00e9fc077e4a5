"""The contracts with programs: feed, check, gate, receipts, touches, bots, webhooks."""

from flask import Blueprint

from inbox.api import (
    bots,
    bulk,
    campaigns,
    check,
    contacts,
    corrections,
    feed,
    following,
    gates,
    interactions,
    load,
    openapi,
    orders,
    receipts,
    sending,
    stream,
    suppressions,
    taxonomy,
    touches,
    webhooks,
)


def blueprints() -> list[Blueprint]:
    """All resources of the API; they know tokens, and neither sessions nor forms."""
    modules = (
        *(feed, stream, check, bulk, campaigns, gates, sending, receipts),
        *(suppressions, touches, load, webhooks, bots, following, interactions),
        *(contacts, orders, openapi, corrections, taxonomy),
    )
    return [*(module.pages for module in modules), receipts.keys]
