"""Which exclusions the state of a contact calls for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.contact import Kind
from cases.exclusions.facts import Address, Facts, Matter, Said
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.settings import Settings
from cases.exclusions.wanted import wanted
from cases.mail import Origin, Trust
from cases.message import Direction
from tests.builders import MORNING

CHOSEN = Settings()
DAY = timedelta(days=1)


def said(n=1, *, at=MORNING, signals=(), **values):
    values.setdefault("labels", {"signals": list(signals)})
    first = Said(
        id=n,
        case_id=1,
        at=at,
        direction=Direction.IN,
        origin=Origin.CUSTOMER,
        trust=Trust.PASS,
        quarantined=False,
        withdrawn=False,
        by="",
        labels={},
    )
    return replace(first, **values)


def a_matter(*messages, **values):
    first = Matter(
        id=1,
        open=True,
        bulk=False,
        merged=False,
        opened_at=MORNING,
        closed_at=None,
        last_at=MORNING,
        due_at=None,
        breached_at=None,
        type="",
        complaint=None,
        acted=False,
        said=messages,
    )
    return replace(first, **values)


def closed(*messages, at=MORNING + DAY, **values):
    return a_matter(*messages, open=False, closed_at=at, **values)


def asked(*matters, now=MORNING, standing=None, chosen=CHOSEN, addresses=()):
    found = wanted(Facts(1, matters, tuple(addresses)), standing or {}, chosen, now)
    return {wish.reason.value: wish for wish in found.values()}


def test_what_is_not_tagged_yet_counts_as_a_complaint():
    wish = asked(a_matter(said()))["open_case"]
    assert wish.strength is Severity.HARD
    assert wish.until is None


def test_a_question_is_soft_and_is_forgotten_after_a_month():
    wish = asked(a_matter(said(), complaint=False, type="info.question"))["open_case"]
    assert wish.strength is Severity.SOFT
    assert wish.until == MORNING + 30 * DAY
    assert not asked(
        a_matter(said(), complaint=False, type="info.question"), now=MORNING + 30 * DAY
    )


def test_the_charge_in_question_is_told_to_the_matrix():
    assert asked(a_matter(complaint=True, type="money.billing"))["open_case"].about == "money"


@pytest.mark.parametrize("trust", [Trust.FAIL, Trust.NONE])
def test_a_sender_nobody_vouches_for_is_held_for_a_while_only(trust):
    chosen = Settings(trusted_servers=["mx.tienda.example"])
    found = asked(a_matter(said(trust=trust), due_at=MORNING + DAY), chosen=chosen)
    assert set(found) == {"provisional"}
    assert found["provisional"].until == MORNING + 3 * DAY
    acted = asked(a_matter(said(trust=trust), acted=True), chosen=chosen)
    assert set(acted) == {"open_case"}


def test_without_a_trusted_server_nobody_is_doubted_for_silence():
    assert "open_case" in asked(a_matter(said(trust=Trust.NONE)))
    assert "provisional" in asked(a_matter(said(trust=Trust.FAIL)))


def test_one_mail_that_is_vouched_for_is_enough():
    assert "open_case" in asked(a_matter(said(1, trust=Trust.FAIL), said(2, trust=Trust.PASS)))


def test_an_opt_out_is_heard_and_names_the_mail():
    wish = asked(a_matter(said(7, signals=["opt_out"])))["opt_out_heard"]
    assert wish.evidence == "message:7"
    assert wish.until is None


@pytest.mark.parametrize(
    "values",
    [
        {"quarantined": True},
        {"origin": Origin.BULK},
        {"origin": Origin.AGENT},
        {"direction": Direction.OUT},
    ],
)
def test_only_the_customers_own_words_are_heard(values):
    found = asked(a_matter(said(signals=["opt_out", "legal_threat"], **values)))
    assert "opt_out_heard" not in found
    assert "formal_claim" not in found


def test_labels_of_another_shape_do_no_harm():
    assert "opt_out_heard" not in asked(a_matter(said(labels={"signals": "opt_out"})))


def test_a_formal_claim_lasts_until_a_month_after_the_case():
    claim = said(signals=["legal_threat"])
    assert asked(a_matter(claim))["formal_claim"].until is None
    assert asked(closed(claim))["formal_claim"].until == MORNING + 31 * DAY
    standing = {(Reason.FORMAL_CLAIM, 1, None): MORNING}
    assert asked(closed(), standing=standing)["formal_claim"].starts_at == MORNING


def test_anger_is_soft_and_lasts_two_weeks_after_its_last_sign():
    angry = {"sentiment": "negative", "anger": 1.6}
    wish = asked(a_matter(said(1, labels=angry), said(2, at=MORNING + DAY, labels=angry)))
    assert wish["negative_mood"].strength is Severity.SOFT
    assert wish["negative_mood"].until == MORNING + 15 * DAY
    assert "negative_mood" not in asked(a_matter(said(labels={"sentiment": "negative"})))


def test_an_agents_word_on_the_mood_holds_firmly_and_ends_what_was_heard_before():
    furious = said(labels={"sentiment": "negative", "anger": 2.0})
    told = said(labels={"sentiment": "negative", "anger": 0.0, "sentiment_by": "ana@tienda.test"})
    assert asked(a_matter(told))["negative_mood"].strength is Severity.HARD
    calm = said(labels={"sentiment": "positive", "sentiment_by": "ana@tienda.test"})
    assert "negative_mood" not in asked(a_matter(furious, calm))
    assert "negative_mood" in asked(a_matter(calm, furious))


def test_three_contacts_in_two_weeks_are_too_many():
    def writes(*days):
        return a_matter(*(said(n, at=MORNING + d * DAY) for n, d in enumerate(days)))

    assert "repeated_contacts" not in asked(writes(0, 5), now=MORNING + 5 * DAY)
    wish = asked(writes(0, 5, 13), now=MORNING + 13 * DAY)["repeated_contacts"]
    assert wish.until == MORNING + 27 * DAY
    assert "repeated_contacts" not in asked(writes(0, 10, 20), now=MORNING + 20 * DAY)


def test_mails_in_a_row_are_one_contact():
    row = (said(n, at=MORNING + timedelta(minutes=5 * n)) for n in range(6))
    assert "repeated_contacts" not in asked(a_matter(*row))


def test_after_closing_comes_a_short_truce():
    assert asked(closed(), now=MORNING + DAY)["after_closing"].until == MORNING + 4 * DAY
    assert not asked(closed(at=MORNING))


def test_a_person_of_ours_who_wrote_stops_the_series():
    answer = said(3, direction=Direction.OUT, origin=Origin.AGENT, by="bea@tienda.example")
    assert asked(a_matter(answer))["personal_contact"].until == MORNING + 30 * DAY
    assert "personal_contact" not in asked(a_matter(replace(answer, withdrawn=True)))
    automatic = replace(answer, origin=Origin.OWN, by="")
    assert "personal_contact" not in asked(a_matter(automatic))


def test_a_bounce_is_about_one_address():
    dead = Address(5, Kind.ADDRESS, "ana@cliente.example", MORNING)
    fine = Address(6, Kind.ADDRESS, "ana@otro.example", None)
    wish = asked(addresses=[dead, fine])["bounce_hard"]
    assert wish.identifier_id == 5


def test_a_machines_case_and_a_merged_one_call_for_nothing():
    assert not asked(a_matter(said(signals=["opt_out"]), bulk=True))
    assert not asked(a_matter(said(signals=["legal_threat"]), merged=True))


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_an_apology_is_owed_to_whom_the_answer_did_not_content(step):
    found = asked(closed(satisfaction=step), now=MORNING + DAY)["after_closing"]
    days = 14 if step <= 2 else 1 if step >= 4 else 3
    assert found.until == MORNING + DAY + days * DAY
    assert found.about == ("debt" if step <= 2 else "")


@pytest.mark.parametrize(("mood", "days"), [("positive", 1), ("neutral", 3), ("negative", 14)])
def test_the_truce_after_closing_is_as_long_as_the_last_word_was_bitter(mood, days):
    answer = said(1, direction=Direction.OUT, origin=Origin.AGENT)
    word = said(2, at=MORNING + DAY / 2, labels={"sentiment": mood})
    found = asked(closed(answer, word), now=MORNING + DAY)
    assert found["after_closing"].until == MORNING + DAY + days * DAY
    assert found["after_closing"].about == ("debt" if mood == "negative" else "")
    settled = said(3, at=MORNING + DAY * 0.7, direction=Direction.OUT, origin=Origin.AGENT)
    found = asked(closed(answer, word, settled), now=MORNING + DAY)
    assert found["after_closing"].until == MORNING + 4 * DAY
