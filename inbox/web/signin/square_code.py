"""A text as a square code that phones read: drawn by us as SVG, so nobody else learns the text."""

import segno
from markupsafe import Markup

QUIET = 4
"""Empty modules around it, as readers want them."""


def drawn(text: str, says: str) -> Markup:
    """The picture, dark on white in both themes; `says` is what it is for who cannot see it."""
    rows = list(segno.make(text, error="m", micro=False).matrix)
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return Markup(
        '<svg class="square-code" role="img" aria-label="{}" viewBox="0 0 {} {}" '
        'shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/>'
        '<path d="{}" fill="#000"/></svg>'
    ).format(says, size, size, path)
