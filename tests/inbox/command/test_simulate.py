"""`tregua simulate`: one row a mail, in the order of the file, and archives in their threads."""

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from inbox.command.simulate import simulate
from inbox.intake.mbox import read_mbox
from tests.archives import Posted, an_archive
from tests.builders import MORNING
from tests.raw import OURS, SERVER, a_raw

FROM = b"From x@example.com Sun Nov 22 00:00:00 2026\n"


def _mbox(folder: Path, mails: list[bytes]) -> Path:
    """Written as archives are: an empty line behind each mail, ">From " in its body."""
    path = folder / "box.mbox"
    written = (mail.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ") for mail in mails)
    path.write_bytes(b"".join(FROM + mail + b"\n\n" for mail in written))
    return path


def _rows(folder: Path, mails: list[bytes], *words: str) -> list[dict[str, object]]:
    told = CliRunner().invoke(
        simulate, ["--mbox", str(_mbox(folder, mails)), "--jsonl", *words], catch_exceptions=False
    )
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in told.stdout.splitlines()]


def _pairs(groups: list[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(groups).values())


def _figures(posted: list[Posted], rows: list[dict[str, object]]) -> tuple[float, float]:
    """Precision and recall of the pairs that are in one case."""
    meant = [one.thread for one in posted]
    got = [row["case"] for row in rows]
    both = _pairs(list(zip(meant, got, strict=True)))
    claimed = _pairs(got)
    return both / claimed if claimed else 1.0, both / max(1, _pairs(meant))


def test_each_row_has_what_a_caller_may_rely_on(tmp_path: Path) -> None:
    mails = [
        a_raw("ana@c.example", "Hola", "No llega", at=MORNING, id="1@c.example"),
        a_raw("ana@c.example", "Re: Hola", "¿Y?", at=MORNING, id="2@c.example",
              headers=(("In-Reply-To", "<1@c.example>"),)),
    ]  # fmt: skip
    first, second = _rows(tmp_path, mails, "--own", OURS, "--authserv", SERVER)
    assert list(first) == ["n", "message_id", "case", "rule", "decision", "reason"]
    assert (first["n"], second["n"]) == (0, 1)
    assert (first["message_id"], first["rule"], first["decision"]) == (
        "1@c.example", "new case", "reply",
    )  # fmt: skip
    assert isinstance(first["case"], str)
    assert second["case"] == first["case"]
    assert (second["rule"], second["decision"]) == ("known message-id", "silence")
    assert second["reason"]


def test_empty_and_broken_mails_keep_their_place(tmp_path: Path) -> None:
    whole = a_raw("ana@c.example", "Hola", "No llega", at=MORNING, id="1@c.example")
    rows = _rows(tmp_path, [b"", whole, b"", b"\xff\xfe\x00", whole.replace(b"1@c", b"2@c"), b""])
    assert [row["n"] for row in rows] == list(range(6))
    assert [row["message_id"] for row in rows] == ["", "1@c.example", "", "", "2@c.example", ""]


@pytest.mark.parametrize(
    ("lines", "mails"),
    [
        (b"", []),
        (b"From x\n", [b""]),
        (b"From x\nA: b\n\nhi\n\nFrom y\n\nFrom z\nC: d\n", [b"A: b\n\nhi\n", b"", b"C: d\n"]),
        (b"From x\nFrom inside@old.example\nA: b\n\n", [b"From inside@old.example\nA: b\n"]),
        (b"\n\nA: b\n\nhi\n", [b"A: b\n\nhi\n"]),
        (b"From x\nA: b\n\n>From me\n", [b"A: b\n\nFrom me\n"]),
    ],
)
def test_a_mailbox_file_is_cut_where_mails_begin(
    tmp_path: Path, lines: bytes, mails: list[bytes]
) -> None:
    path = tmp_path / "x.mbox"
    path.write_bytes(lines)
    with path.open("rb") as opened:
        assert list(read_mbox(opened)) == mails


@pytest.mark.parametrize("late", [0, 3000])
def test_archives_are_threaded_as_their_references_say(tmp_path: Path, late: int) -> None:
    posted = an_archive(60, seed=1, lost=0.0, late=late)
    rows = _rows(tmp_path, [one.content() for one in posted], "--trust", "all")
    assert _figures(posted, rows) == (1.0, 1.0)


@pytest.mark.parametrize("in_reply_to", [True, False])
def test_without_references_likeness_merges_nothing(tmp_path: Path, in_reply_to: bool) -> None:
    """Many threads have one subject, so whoever goes by subjects joins strangers."""
    posted = an_archive(60, seed=2)
    mails = [one.content(references=False, in_reply_to=in_reply_to) for one in posted]
    precision, recall = _figures(posted, _rows(tmp_path, mails, "--trust", "all"))
    assert precision == 1.0
    assert (recall > 0.5) is in_reply_to


def test_what_is_told_for_people_fits_on_a_line(tmp_path: Path) -> None:
    mail = a_raw("ana@c.example", "Hola", "No llega", at=MORNING, id="1@c.example")
    told = CliRunner().invoke(simulate, ["--mbox", str(_mbox(tmp_path, [mail]))])
    assert "new case" in told.stdout
    assert told.stdout.count("\n") == 1
