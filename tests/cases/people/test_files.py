"""CSV goes in line by line and comes out safe to open."""

import csv
import io

import pytest

from cases import Kind
from cases.contact import find, introduce
from cases.exclusions.rows import Exclusion
from cases.order import orders_of
from cases.people import files, quality
from cases.people.files import Wrong, guarded, plain, rows, take, take_contact, take_order
from cases.people.identifiers import SomebodyElses, give
from tests.bot.writing import a_case
from tests.builders import MORNING

ANA = "ana@cliente.example"


def taken(session, text: str) -> files.Outcome:
    def act(session, row):
        take_contact(session, row, at=MORNING)

    return take(session, rows(io.StringIO(text)), act)


def test_people_are_taken_and_wrong_lines_named(session) -> None:
    text = (
        "address;phone;name;country;tier;lifetime_value;nps\n"
        f"{ANA};600112233;Ana;ES;gold;1.234,56;9\n"
        "x;;Nobody;;;;\n"
        f"{ANA};;;;;;11\n\n"
        f"{ANA};;;;platinum;;\n"
    )
    outcome = taken(session, text)
    assert outcome.taken == 2
    assert [number for number, _why in outcome.refused] == [3, 4]
    ana = find(session, ANA)
    assert (ana.name, ana.tier, ana.lifetime_value, ana.nps) == ("Ana", "platinum", 1234.56, 9)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+34600112233", "-2", "@SUM(A1)", "\tx", "'quoted", "Ana"]
)
def test_a_cell_is_never_a_formula_and_comes_back_as_it_was(cell: str) -> None:
    assert not guarded(cell).startswith(files.FORMULA)
    assert plain(guarded(cell)) == cell


def test_what_goes_out_comes_in_again(session) -> None:
    ana = introduce(session, ANA, name="=cmd|' /C calc'!A0", at=MORNING)
    session.flush()
    give(session, ana, Kind.PHONE, "+34600112233")
    session.flush()
    out = io.StringIO()
    assert files.write_contacts(session, out) == 1
    (line,) = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert line["name"].startswith("'=")
    assert line["phone"] == "'+34600112233"
    assert taken(session, out.getvalue()).refused == []
    assert find(session, ANA).name == "=cmd|' /C calc'!A0"


def test_two_people_of_one_line_are_not_made_one(session) -> None:
    introduce(session, ANA, name="", at=MORNING)
    other = introduce(session, "luis@cliente.example", name="", at=MORNING)
    session.flush()
    give(session, other, Kind.CUSTOMER_ID, "C-1")
    outcome = taken(session, f"address,customer_id\n{ANA},C-1\n")
    assert outcome.taken == 0
    assert "same person" in outcome.refused[0][1]


def test_orders_are_taken_with_money_dates_and_items(session) -> None:
    case = a_case(session)
    text = (
        "number,address,state,amount,currency,placed_at,items\n"
        f'ES-1001,{ANA},sent,"1,234.50",eur,2026-03-01,2 x Lamp | Cable\n'
        f"ES-1002,{ANA},sent,much,eur,,\n"
        "none,,,,,,\n"
    )

    def act(session, row):
        take_order(session, row, at=MORNING, by="import")

    outcome = take(session, rows(io.StringIO(text)), act)
    assert (outcome.taken, len(outcome.refused)) == (1, 2)
    (order,) = orders_of(session, case)
    assert (order.cents, order.currency) == (123450, "EUR")
    assert order.items == [{"name": "Lamp", "quantity": 2}, {"name": "Cable", "quantity": 1}]


def test_a_file_without_heading_is_refused(session) -> None:
    with pytest.raises(Wrong):
        list(rows(io.StringIO("")))


def test_figures_count_and_a_corrected_address_is_free_of_its_bounce(session) -> None:
    good = introduce(session, "ana@gmail.com", name="Ana", at=MORNING)
    bad = introduce(session, "luis@gmial.con", name="", at=MORNING)
    bad.identifiers[0].bounced_at = MORNING
    session.flush()
    figures, (one,) = quality.looked_at(session)
    assert figures == quality.Figures(2, 1, 0, 1, 1)
    assert one.flaw is quality.Flaw.NO_SUCH_DOMAIN
    with pytest.raises(SomebodyElses):
        quality.correct(session, one.identifier.id, "ana@gmail.com", at=MORNING)
    quality.correct(session, one.identifier.id, "Luis@gmail.com", at=MORNING)
    assert quality.looked_at(session) == (quality.Figures(2, 1, 0, 0, 0), [])
    assert find(session, "luis@gmail.com") is bad
    assert session.query(Exclusion).count() == 0
    assert good.identifiers[0].bounced_at is None
