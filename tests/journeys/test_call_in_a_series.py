"""Somebody in a series of mails calls: no step more reaches them, and the call back has a clock."""

from collections.abc import Callable

import pytest

from tests.walking import Walk

ANA = "ana@cliente.test"
SAID = {"es": ("Prometí llamar por la factura", "Llamada hecha"),
        "en": ("I promised to call about the invoice", "Called")}  # fmt: skip
STEPS = 5
BY_DAY = ["sqlite", pytest.param("postgresql", marks=pytest.mark.nightly)]


def step(bea: Walk, n: int) -> bool:
    """The series asks, and tells what it sent."""
    sends = bea.allowed(ANA, "drip")
    if sends:
        touch = {"event_id": f"step-{n}", "address": ANA, "campaign_class": "drip",
                 "sent_at": bea.now.isoformat()}  # fmt: skip
        told = bea.program.post("/v1/touches", json={"items": [touch]})
        assert told.status_code < 300, told.text
    return sends


@pytest.mark.parametrize("database_url", BY_DAY, indirect=True)
@pytest.mark.parametrize("language", ["es", "en"])
def test_no_step_more_and_a_clock_for_the_call(walk: Callable[[str], Walk], language: str) -> None:
    bea = walk(language)
    promised, called = SAID[language]
    assert step(bea, 1)
    bea.wait(days=1)
    bea.presses("/calls", address=ANA, name="Ana", text=promised, call_back="4")
    case = bea.case()
    assert case.call_due_at is not None
    assert (case.call_due_at - bea.now).total_seconds() == 4 * 3600
    assert promised in bea.opens(f"/cases/{case.id}")
    later = []
    for n in range(2, STEPS + 2):
        later.append(step(bea, n))
        bea.wait(days=1)
    assert later == [False] * STEPS
    # Nobody called: the promise is broken, and that holds advertising back too.
    assert "sla_breach" in bea.holds()
    bea.presses(f"/cases/{case.id}/calls", text=called)
    assert bea.case().call_due_at is None
    bea.presses(f"/cases/{case.id}/closure")
    assert not step(bea, STEPS + 2)
    bea.wait(days=31)
    assert step(bea, STEPS + 3)
