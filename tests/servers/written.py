"""The files of a mail server as a page of our docs gives them to an admin."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(
    r"^```ini\n# /etc/(?:postfix|exim4)/([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


def written(page: str) -> dict[str, str]:
    """The files by their names, all ways that the page shows together."""
    found: dict[str, str] = {}
    for said, text in BLOCK.findall((DOCS / page).read_text()):
        # "main.cf by sender" is more of main.cf.
        name = said.partition(" ")[0]
        found[name] = found.get(name, "") + text
    return found


def without_comments(page: str) -> dict[str, str]:
    """The same, as the server reads it: so both languages must say the same."""
    return {name: re.sub(r"(?m)^#.*\n", "", text) for name, text in written(page).items()}
