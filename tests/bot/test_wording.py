"""Templates are filled once, and nothing in a value is ever evaluated."""

import pytest

from bot import wording

VALUES = {"number": "7", "due": "mañana", "promise": "mañana", "signature": "Soporte"}


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_language_has_its_words(language: str) -> None:
    subject, body = wording.write("acknowledgement", language, VALUES)
    assert "[#7]" in subject
    assert "mañana" in body
    assert "{{" not in subject + body


def test_an_unknown_language_is_answered_in_english() -> None:
    assert wording.write("acknowledgement", "sv", VALUES) == wording.write(
        "acknowledgement", "en", VALUES
    )


@pytest.mark.parametrize("hostile", ["{{number}}", "{{7*7}}", "${7*7}", "%s", "{{ signature }}"])
def test_what_a_customer_wrote_is_never_read_as_a_template(hostile: str) -> None:
    _, body = wording.write("acknowledgement", "es", VALUES | {"signature": hostile})
    assert hostile in body


def test_a_missing_value_stops_the_mail() -> None:
    with pytest.raises(wording.UnknownValue, match="promise"):
        wording.write("acknowledgement", "es", {"number": "7", "hours": "", "signature": ""})
