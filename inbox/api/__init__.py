"""The contracts with programs: feed, check, gate, receipts, touches, webhooks."""

from flask import Blueprint

from inbox.api import check, feed, stream


def blueprints() -> list[Blueprint]:
    """All resources of the API; they know tokens, and neither sessions nor forms."""
    return [feed.pages, stream.pages, check.pages]
