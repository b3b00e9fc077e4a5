"""Templates are filled once, and nothing in a value is ever evaluated."""

import re

import pytest

from bot import wording
from bot.wording import templates

VALUES = {"number": "7", "due": "mañana", "promise": "mañana", "signature": "Soporte"}


def written(template: str, language: str, values: dict[str, str]) -> tuple[str, str]:
    """Subject and body of a shipped mail."""
    return wording.filled(wording.shipped(template, language), values)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_language_has_its_words(language: str) -> None:
    subject, body = written("acknowledgement", language, VALUES)
    assert "[#7]" in subject
    assert "mañana" in body
    assert "{{" not in subject + body


def test_an_unknown_language_is_answered_in_english() -> None:
    assert written("acknowledgement", "sv", VALUES) == written("acknowledgement", "en", VALUES)


@pytest.mark.parametrize("hostile", ["{{number}}", "{{7*7}}", "${7*7}", "%s", "{{ signature }}"])
def test_what_a_customer_wrote_is_never_read_as_a_template(hostile: str) -> None:
    _, body = written("acknowledgement", "es", VALUES | {"signature": hostile})
    assert hostile in body


def test_a_missing_value_stops_the_mail() -> None:
    with pytest.raises(wording.UnknownValue, match="promise"):
        written("acknowledgement", "es", {"number": "7", "hours": "", "signature": ""})


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", sorted(one.name for one in wording.folder().iterdir()))
def test_every_mail_says_something_that_can_be_filled_in(name: str, language: str) -> None:
    text = wording.shipped(name, language)
    assert len(text.subject) > 5
    assert len(text.body) > 50
    assert wording.places(text) <= templates.VALUES
    needed = templates.NEEDED.get(name)
    assert needed is None or needed in wording.places(text)
    # Customers are spoken to as usted.
    assert not re.search(r"(?i)\b(tú|ti|tu|tus|te|tienes|puedes|quieres|confírmalo)\b", text.body)
