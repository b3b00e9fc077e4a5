"""Why a mail waits for people is said in the reader's language."""

import pytest

from cases.language import speaking
from inbox.web.words.mishaps import said


@pytest.mark.parametrize(
    "reason",
    [
        "it took longer than 60 seconds to read",
        "it killed the reader (status -9)",
        "ValueError while filing",
        "it cannot be read, nor have a case",
        "nested deeper than 50 parts: the rest was not opened",
    ],
)
def test_a_mishap_is_told_in_spanish(reason: str) -> None:
    with speaking("es"):
        assert said(reason) != reason
