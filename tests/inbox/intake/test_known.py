"""The file of bot rules: what it may say, and what is said about mistakes."""

from pathlib import Path

import pytest

from inbox.intake.known import BadRules, BotRule, Known, fits, read_bot_rules


def written(folder: Path, text: str) -> Path:
    path = folder / "bots.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_rules_are_read_in_their_order(tmp_path: Path):
    text = """
[[bot]]
name = "webshop"
addresses = ["Orders@shop.example"]
headers = { X-Mailer = "shop*" }
subjects = ["pedido"]
customer = "body:Cliente:"

[[bot]]
name = "news"
subjects = ["*oferta*"]
customer = "to"
kind = "marketing"
"""
    first, second = read_bot_rules(written(tmp_path, text))
    assert first == BotRule(
        "webshop",
        frozenset({"orders@shop.example"}),
        (("x-mailer", "shop*"),),
        ("pedido",),
        "body:Cliente:",
    )
    assert (second.name, second.kind) == ("news", "marketing")


def test_a_file_without_bots_has_no_rules(tmp_path: Path):
    assert read_bot_rules(written(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[bot]]\naddresses = ['a@b.example']", "has no name"),
        ("[[bot]]\nname = 'x'", "needs addresses, headers or subjects"),
        ("[[bot]]\nname = 'x'\nsubjects = ['a']\nkind = 'cat'", "must be bot or marketing"),
        ("[[bot]]\nname = 'x'\nsubjects = ['a']\ncustomer = 'foot'", "customer must be"),
        ("[[bot]]\nname = 'x'\nsubjects = ['a']\ncustomer = 'body:'", "customer must be"),
        ("[[bot]]\nname = 'x'\naddresses = ['nobody']", "'nobody' is not an address"),
        ("[[bot]]\nname = 'x'\nadresses = ['a@b.example']", "nobody knows the key 'adresses'"),
        ("[[bot]]\nname = 'x'\nsubjects = 'a'", "subjects must be a list of texts"),
        ("[[bot]]\nname = 'x'\nheaders = ['a']", "headers must be a table"),
        ("[[bot]]\nname = 3", "name must be text"),
        ("[bot]\nname = 'x'", "written as [[bot]] tables"),
        ("bot = [1]", "is not a table"),
        ("[[bot", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, complaint: str):
    with pytest.raises(BadRules) as refused:
        read_bot_rules(written(tmp_path, text))
    assert complaint in str(refused.value)
    assert "bots.toml" in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(BadRules, match="cannot be read"):
        read_bot_rules(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("pattern", "value", "does"),
    [
        ("pedido", "Su PEDIDO 12", True),
        ("pedido *", "Pedido 12", True),
        ("pedido *", "Su pedido 12", False),
        ("v?", "v2", True),
        ("[12]*", "[12] hello", True),
        ("*a*a*a*a*a*a*a*b", "a" * 50_000, False),
    ],
)
def test_a_pattern_is_a_substring_or_a_glob(pattern: str, value: str, does: bool):
    assert fits(pattern, value) is does


def test_our_domains_are_those_of_our_addresses():
    known = Known(own=frozenset({"help@shop.example", "ayuda@tienda.example"}))
    assert known.own_domains == {"shop.example", "tienda.example"}
