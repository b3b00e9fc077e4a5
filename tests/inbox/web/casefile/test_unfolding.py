"""What is open of a conversation when an agent comes to it, and where they begin to read."""

from datetime import UTC, datetime

from inbox.web.casefile.entries import Entry
from inbox.web.casefile.unfolding import unfolded

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _card(kind: str, template: str = "") -> Entry:
    return Entry(kind=kind, at=NOON, label="", icon="", text=f"from {kind}", template=template)


THANKS = _card("bot", "acknowledgement")


def test_an_agent_begins_at_the_customers_words_not_at_the_bots_thanks_for_them() -> None:
    found = unfolded([_card("customer"), _card("system"), THANKS, _card("system")])
    assert (found.start, found.folded) == (0, {2})


def test_what_a_bot_answered_itself_stays_open() -> None:
    cards = [_card("customer"), _card("bot", "suggestion")]
    assert unfolded(cards).folded == frozenset()


def test_where_only_the_bot_spoke_its_words_are_open() -> None:
    assert unfolded([_card("system"), THANKS]).folded == frozenset()
    assert unfolded([THANKS]).start == 0
    assert unfolded([_card("system")]).start == -1


def test_a_long_conversation_shows_its_end_and_events_do_not_make_it_long() -> None:
    nine = [_card("customer"), _card("system")] * 9
    assert unfolded(nine).folded == {0, 2, 4, 6, 8, 10}
    assert unfolded([_card("customer"), *[_card("system")] * 9]).folded == frozenset()


def test_a_folded_card_says_its_first_words_in_one_line() -> None:
    card = Entry(
        kind="customer", at=NOON, label="", icon="", text="Hola:\n\n  no llega " + "x" * 999
    )
    assert card.begins.startswith("Hola: no llega x")
    assert len(card.begins) == 160
