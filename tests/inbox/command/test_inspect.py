"""`tregua inspect` shows what the program makes of any mail that lies in a file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inbox.command.inspect import inspect
from inbox.intake.jail import end_all

pytestmark = pytest.mark.slow

KEYS = """\
file message_id in_reply_to references date from from_name reply_to to cc subject text
text_from_html new_text new_text_with_signature has_html attachments origin origin_rule
may_answer may_answer_reason bounce defects error"""

MAIL = """\
From: Ana <ana@example.org>
To: soporte@example.com
Subject: Pedido {n}
Date: Mon, 2 Nov 2026 10:00:00 +0100
Message-ID: <m{n}@example.org>
In-Reply-To: <m0@example.com>

No llega mi pedido.
"""


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    end_all()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(inspect, [str(argument) for argument in arguments])


def rows(*arguments: str | Path) -> list[dict[str, Any]]:
    result = run(*arguments, "--jsonl", "--jobs", "1")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_one_mail_is_one_object_with_all_that_is_known(tmp_path: Path) -> None:
    path = write(tmp_path, "uno.eml", MAIL.format(n=1))
    (row,) = rows(path)
    assert list(row) == KEYS.split()
    assert row["file"] == str(path)
    assert (row["message_id"], row["in_reply_to"]) == ("m1@example.org", "m0@example.com")
    assert (row["from"], row["from_name"], row["to"]) == (
        "ana@example.org",
        "Ana",
        ["soporte@example.com"],
    )
    assert row["date"] == "2026-11-02T09:00:00+00:00"
    assert (row["origin"], row["may_answer"], row["bounce"]) == ("customer", True, None)
    assert (row["error"], row["defects"], row["has_html"]) == (None, [], False)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for n in range(70):
        write(tmp_path, f"{n:03}.eml", MAIL.format(n=n))
    write(tmp_path, "sub/a.eml", "From x Mon Nov 2\n" + MAIL.format(n=99))
    found = [row["message_id"] for row in rows(tmp_path)]
    assert found == [f"m{n}@example.org" for n in [*range(70), 99]]


def test_an_mbox_is_read_mail_by_mail(tmp_path: Path) -> None:
    mails = (f"From ana Mon Nov 2\n{MAIL.format(n=n)}>From here on\n>>From\n\n" for n in (1, 2))
    path = write(tmp_path, "buzon", "".join(mails))
    first, second = rows(path)
    assert (first["file"], second["file"]) == (f"{path}:1", f"{path}:2")
    assert first["text"] == "No llega mi pedido.\nFrom here on\n>>From\n"
    assert second["message_id"] == "m2@example.org"
    path.rename(tmp_path / "buzon.mbox")
    assert len(rows(tmp_path)) == 2


def test_what_is_known_beforehand_is_told_on_the_command_line(tmp_path: Path) -> None:
    path = write(tmp_path, "uno.eml", MAIL.format(n=1))
    assert rows(path, "--own", "Ana@Example.org")[0]["origin"] == "own"
    bots = write(tmp_path, "bots.toml", '[[bot]]\nname = "shop"\naddresses = ["ana@example.org"]\n')
    assert rows(path, "--bot", bots)[0]["origin"] == "bot"


def test_files_that_are_no_mails_are_shown_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, "a.eml", b"")
    write(tmp_path, "b.eml", bytes(range(256)) * 40)
    write(tmp_path, "c.eml", b"--\n" * 1000)
    assert [row["error"] for row in rows(tmp_path)] == [None, None, None]


def test_without_jsonl_a_person_can_read_it(tmp_path: Path) -> None:
    result = run(write(tmp_path, "uno.eml", MAIL.format(n=1)))
    assert result.exit_code == 0
    for said in ("Ana <ana@example.org>", "Pedido 1", "customer", "| No llega mi pedido."):
        assert said in result.output


@pytest.mark.parametrize("jsonl", [[], ["--jsonl"]])
def test_a_missing_file_is_said_in_one_sentence(tmp_path: Path, jsonl: list[str]) -> None:
    result = run(tmp_path / "nothing", *jsonl)
    assert result.exit_code == 2
    assert f"There is no file or folder {tmp_path / 'nothing'}." in result.output
    assert "Traceback" not in result.output


def test_a_bad_file_of_bots_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = write(tmp_path, "uno.eml", MAIL.format(n=1))
    result = run(path, "--bot", write(tmp_path, "bots.toml", "[[bot]\n"))
    assert result.exit_code == 2
    assert "not valid TOML" in result.output
