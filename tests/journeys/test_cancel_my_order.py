"""Who cancels an order has not refused mail; a refusal that was heard wrongly is undone at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from cases import Exclusion
from cases.db import reading
from tests.walking import Walk

CANCELS = {
    "es": ("Quiero dar de baja el pedido 4411", "Quiero darme de baja de la fibra, gracias"),
    "en": ("Please cancel my order 4411", "I want to cancel my subscription to the gym"),
}
# In so many words, but of somebody else: only a person can know it.
HEARD = {
    "es": ("Mi marido dice: quiero darme de baja de su lista de correos. Yo no, a mí mándenlos.",
           "No lo pidió"),
    "en": ("My husband says: take me off your mailing list. Not me, I like to get it.",
           "Not meant so"),
}  # fmt: skip


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind is enough here: what is asked is tested on both."""
    return f"sqlite:///{tmp_path / 'tregua.db'}"


def refusals() -> list[str]:
    with reading() as session:
        rows = session.scalars(select(Exclusion.reason)).all()
    return [one.value for one in rows if "opt_out" in one or "unsubscribed" in one]


@pytest.mark.parametrize("language", ["es", "en"])
def test_cancelling_is_no_refusal_and_a_wrong_one_is_undone(
    walk: Callable[[str], Walk], language: str
) -> None:
    bea = walk(language)
    for n, text in enumerate(CANCELS[language]):
        bea.mail(text, sender=f"c{n}@cliente.test", subject="")
    bea.tagged()
    assert refusals() == []
    text, button = HEARD[language]
    bea.mail(text, sender="eva@cliente.test", subject="")
    bea.tagged()
    assert refusals() == ["opt_out_heard"]
    # Service goes on: the acknowledgement has left, and so may a notice.
    assert len(bea.shop.sink.wait_for(3)) == 3
    for kind in ("service_notice", "transactional"):
        assert bea.allowed("eva@cliente.test", kind)
    number = max(map(int, re.findall(r'href="/cases/(\d+)', bea.opens("/inbox/all"))))
    page = bea.opens(f"/cases/{number}")
    assert button in page
    heard = re.search(r'action="(/contacts/\d+/truces)/(\d+)/confirmation"', page)
    assert heard is not None
    bea.presses(f"{heard[1]}/end", truce=heard[2], case=str(number))
    assert button not in bea.opens(f"/cases/{number}")
    assert "opt_out_heard" not in bea.holds()
    bea.presses(f"/cases/{number}/closure")
    bea.wait(days=15)
    bea.tagged()
    assert bea.allowed("eva@cliente.test")
