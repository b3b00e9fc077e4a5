"""Which parts are the body as text or as HTML, and which are attachments (RFC 8621)."""

from dataclasses import dataclass, field

from inbox.mime.parts import Part


@dataclass(slots=True)
class Sorted:
    """The leaves of a mail by what they are for."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)


def sort_parts(root: Part) -> Sorted:
    """Section 4.1.4 of the RFC, but every picture is an attachment."""
    found = Sorted()
    _sort([root], "mixed", found, open_for=("text", "html"), in_alternative=False)
    return found


def _sort(
    parts: list[Part],
    container: str,
    found: Sorted,
    *,
    open_for: tuple[str, ...],
    in_alternative: bool,
) -> None:
    texts, htmls = len(found.text), len(found.html)
    for index, part in enumerate(parts):
        if part.children:
            alternative = in_alternative or part.subtype == "alternative"
            _sort(part.children, part.subtype, found, open_for=open_for, in_alternative=alternative)
        elif not _is_body(part, index, container):
            found.attachments.append(part)
        else:
            open_for = _place(part, container, found, open_for, in_alternative=in_alternative)
    if container == "alternative":
        _fill_the_other(found, texts, htmls, open_for)


def _is_body(part: Part, index: int, container: str) -> bool:
    if part.disposition == "attachment" or part.type not in ("text/plain", "text/html"):
        return False
    return index == 0 or (container != "related" and not part.filename)


def _place(
    part: Part,
    container: str,
    found: Sorted,
    open_for: tuple[str, ...],
    *,
    in_alternative: bool,
) -> tuple[str, ...]:
    """Put a body part where it belongs; what the rest of the container is open for."""
    own = "text" if part.type == "text/plain" else "html"
    if container == "alternative":
        (found.text if own == "text" else found.html).append(part)
        return open_for
    if in_alternative:
        # Inside one branch of an alternative, all its parts belong to that branch alone.
        open_for = (own,) if own in open_for else open_for
    if "text" in open_for:
        found.text.append(part)
    if "html" in open_for:
        found.html.append(part)
    return open_for


def _fill_the_other(found: Sorted, texts: int, htmls: int, open_for: tuple[str, ...]) -> None:
    """An alternative that offers one form only stands for the other as well."""
    if open_for != ("text", "html"):
        return
    if len(found.text) == texts:
        found.text.extend(found.html[htmls:])
    elif len(found.html) == htmls:
        found.html.extend(found.text[texts:])
