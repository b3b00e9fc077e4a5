"""What OpenPGP writes around a signed text (RFC 9580, section 7), for programs to read."""

from itertools import islice

from inbox.intake.reading.page import Page, Part

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_BEGIN = "-----BEGIN PGP SIGNATURE-----"
_MOST = 20
_END = "-----END PGP SIGNATURE-----"


def mark_armor(page: Page) -> None:
    """The head down to its blank line, and the signature as a whole."""
    starts = (n for n, line in enumerate(page.shown) if line in (_SIGNED, _BEGIN))
    for start in islice(starts, _MOST):
        is_head = page.shown[start] == _SIGNED
        end = _next(page, start, "" if is_head else _END)
        if end is not None:
            page.mark(Part.SIGNATURE, start, end + 1)


def _next(page: Page, start: int, wanted: str) -> int | None:
    try:
        return page.shown.index(wanted, start + 1)
    except ValueError:
        return None
