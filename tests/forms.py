"""The forms of a page, filled as a browser would send them back."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]
Said = dict[str, str]


@dataclass
class Form:
    """Where one form goes, and what it says as it stands there."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = self._select = ""
        self._options: list[tuple[Said, str]] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", "")))
        elif tag == "textarea":
            self._area = said.get("name", "")
            self._add(self._area, "")
        elif tag == "select":
            self._select, self._options = said["name"], []
        elif tag == "option":
            self._options.append((said, ""))
        elif tag == "input" and _counts(said):
            self._add(said["name"], said.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            # The first line break of a text area belongs to its tag.
            self.forms[-1].fields[self._area] = [data.removeprefix("\n")]
            self._area = ""
        elif self._select and self._options:
            self._options[-1] = (self._options[-1][0], data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            chosen = [one for one in self._options if "selected" in one[0]] or self._options[:1]
            for said, text in chosen:
                self._add(self._select, said.get("value", text))
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def _add(self, name: str, value: str) -> None:
        if self.forms and name and name != "csrf":
            self.forms[-1].fields.setdefault(name, []).append(value)


def _counts(said: Said) -> bool:
    ticked = said.get("type") not in ("checkbox", "radio") or "checked" in said
    return "name" in said and ticked


def form_with(page: str, name: str) -> Form:
    """The first form of the page that has a field of that name."""
    reader = _Reader()
    reader.feed(page)
    return next(one for one in reader.forms if name in one.fields)
