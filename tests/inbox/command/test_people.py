"""`tregua contacts`, `orders` and `topics`: in and out as CSV, line by line."""

import csv
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cases import Contact, Topic
from cases.contact import find
from cases.db import reading
from cases.order import Order
from inbox.command.people import AT_ONCE, contacts, orders, topics

pytestmark = pytest.mark.usefixtures("installation")
ANA = "ana@cliente.example"


def run(group: click.Group, *words: object) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words])


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "in.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def test_people_come_in_and_wrong_lines_are_named_while_the_others_are_taken(
    tmp_path: Path,
) -> None:
    lines = ["address,name,tier,nps", f"{ANA},Ana,gold,9", "nobody,,,", "eva@x.example,Eva,,11"]
    result = run(contacts, "import", a_file(tmp_path, *lines))
    assert result.exit_code == 1
    assert "1 lines taken" in result.output
    assert "Line 3 was not taken" in result.output
    assert "Line 4 was not taken" in result.output
    with reading() as session:
        ana = find(session, ANA)
        assert ana is not None
        assert (ana.name, ana.tier, ana.nps) == ("Ana", "gold", 9)
        assert find(session, "eva@x.example") is None


@pytest.mark.slow
def test_more_than_one_transaction_holds_come_in_and_what_goes_out_comes_in_again(
    tmp_path: Path,
) -> None:
    number = AT_ONCE + 3
    lines = ["address,name", *(f"p{n}@cliente.example,Person {n}" for n in range(number))]
    assert run(contacts, "import", a_file(tmp_path, *lines)).exit_code == 0
    out = tmp_path / "out.csv"
    assert f"{number} people written" in run(contacts, "export", out).output
    with out.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["address"] for row in rows} == {line.split(",")[0] for line in lines[1:]}
    again = run(contacts, "import", out)
    assert (again.exit_code, f"{number} lines taken" in again.output) == (0, True)
    with reading() as session:
        assert len(session.scalars(select(Contact.id)).all()) == number


def test_a_file_without_the_columns_it_needs_is_refused_whole(tmp_path: Path) -> None:
    result = run(contacts, "import", a_file(tmp_path, "colour,size", "red,9"))
    assert result.exit_code == 1
    with reading() as session:
        assert session.scalars(select(Contact)).all() == []


def test_orders_come_in_and_what_is_told_again_is_brought_up_to_date(tmp_path: Path) -> None:
    lines = ["number,address,state,amount,currency", f"A-100,{ANA},paid,19.90,eur"]
    assert run(orders, "import", a_file(tmp_path, *lines)).exit_code == 0
    lines = ["number,state", "A-100,shipped"]
    assert run(orders, "import", a_file(tmp_path, *lines)).exit_code == 0
    with reading() as session:
        order = session.scalars(select(Order)).one()
        assert (order.state, order.currency) == ("shipped", "EUR")


def test_topics_are_set_listed_and_retired() -> None:
    assert run(topics, "set", "offers", "--es", "Ofertas", "--en", "Offers").exit_code == 0
    assert run(topics, "list").output == "offers\tOfertas\tOffers\n"
    assert run(topics, "retire", "offers").exit_code == 0
    assert run(topics, "list").output == ""
    with reading() as session:
        assert session.get_one(Topic, "offers").retired_at is not None
    assert run(topics, "retire", "nothing").exit_code == 1
