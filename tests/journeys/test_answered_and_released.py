"""A complaint is acknowledged, answered and closed; on the announced date marketing may write."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.walking import Walk

SAID = {
    "es": ("Mi pedido 4711 no llega desde hace dos semanas.", "Sale hoy, llega el jueves.",
           ("caso número", "una persona le responderá")),
    "en": ("My order 4711 has not arrived for two weeks.", "It leaves today.",
           ("case number", "a person will answer you")),
}  # fmt: skip


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind is enough here: the other walks through test_mail_in_reply_out."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


@pytest.mark.parametrize("language", ["es", "en"])
def test_from_the_complaint_to_the_date_that_was_announced(
    walk: Callable[[str], Walk], language: str
) -> None:
    bea = walk(language)
    complaint, answer, promise = SAID[language]
    assert bea.allowed()
    bea.mail(complaint)
    assert not bea.allowed()
    bea.wait(seconds=9)
    assert bea.check()["until"] is None
    ack = bea.shop.sink.wait_for(1)[0].message.get_payload(decode=True).decode().lower()
    assert all(words in ack for words in promise), ack
    case = bea.case()
    assert case.due_at is not None
    assert complaint in bea.opens(f"/cases/{case.id}")
    bea.presses(f"/cases/{case.id}/replies", text=answer)
    bea.wait(seconds=11)
    said = bea.shop.sink.wait_for(2)[1].message
    assert answer in str(said)
    assert said["In-Reply-To"]
    assert bea.case().due_at is None
    bea.presses(f"/cases/{case.id}/closure")
    announced = datetime.fromisoformat(bea.check()["until"])
    assert announced == bea.now + timedelta(hours=72)
    bea.wait(hours=71, minutes=59, seconds=59)
    assert not bea.allowed()
    bea.wait(seconds=1)
    assert bea.allowed()
    # A series of steps rests longer: a person spoke with them.
    assert not bea.allowed(campaign_class="drip")
