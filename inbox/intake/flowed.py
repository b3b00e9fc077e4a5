"""Text whose lines flow (RFC 3676): soft line ends are taken out, quotes keep their marks."""


def unflow(text: str, *, delete_space: bool) -> str:
    """Paragraphs as one line each."""
    lines: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        depth, content = _quoted(line)
        soft = content.endswith(" ") and content != "-- "
        piece = content[:-1] if soft and delete_space else content
        if depth == open_depth and content != "-- ":
            lines[-1].append(piece)
        else:
            lines.append([">" * depth + " " if depth else "", piece])
        open_depth = depth if soft else -1
    return "\n".join("".join(pieces) for pieces in lines)


def _quoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and the line without marks and stuffing."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")
