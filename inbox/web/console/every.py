"""All pages of the console."""

from inbox.web.console import (
    approving,
    audiences,
    campaigns,
    downloads,
    integrations,
    limits,
    load,
    now,
    people,
    pressure,
)

CONSOLE = (
    *(now, people, audiences, downloads, campaigns),
    *(load, pressure, limits, approving, integrations),
)
