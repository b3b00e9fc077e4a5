"""A list may come as Excel keeps it, and no workbook takes more than its share of the machine."""

import csv
import io
import zipfile

import pytest

from inbox.web.console.lists import workbook
from inbox.web.console.lists.packed import TIMES
from inbox.web.console.lists.reading import Unreadable
from tests.workbooks import STYLES, a_workbook, texts

CLIENTS = """\
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>\
<c r="D1" t="inlineStr"><is><t>Alta</t></is></c></row>
<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="str"><f>LOWER("X")</f><v>uno@x.example</v></c>\
<c r="D2" s="1"><v>46091</v></c><c r="E2"><v>3.4600111222E10</v></c></row>
<row r="4"><c><v>0012</v></c><c t="inlineStr"><is><t>dos@x.example</t></is></c>\
<c t="b"><v>1</v></c><c s="2"><v>46091.395833333336</v></c><c><v>-1.5</v></c></row>
"""
SHARED = texts("Nombre", "Correo", "<r><t>José </t></r><r><t>&amp; Cía</t></r><rPh><t>x</t></rPh>")


def read(raw: bytes) -> list[list[str]]:
    text = b"".join(workbook.as_csv(io.BytesIO(raw))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_sheet_with_addresses_is_read_as_people_see_it() -> None:
    cover = "<row><c t='inlineStr'><is><t>Campaña</t></is></c></row>"
    raw = a_workbook(cover, CLIENTS, shared=SHARED, styles=STYLES)
    assert read(raw) == [
        ["Nombre", "Correo", "", "Alta"],
        ["José & Cía", "uno@x.example", "", "2026-03-10", "34600111222"],
        ["12", "dos@x.example", "1", "2026-03-10 09:30", "-1.5"],
    ]


def test_a_hidden_sheet_is_not_looked_at() -> None:
    hidden = "<row><c t='inlineStr'><is><t>oculta@x.example</t></is></c></row>"
    raw = a_workbook(hidden, CLIENTS, shared=SHARED, styles=STYLES, hidden=1)
    assert read(raw)[0][0] == "Nombre"


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04 and no more",
        a_workbook("<row><c><v>1</v></c></row>"),
        a_workbook("<row><c t='s'><v>7</v></c></row>"),
        a_workbook("<row><c s='x'><v>1</v></c></row>"),
        a_workbook("<row><c><v>uno@x.example</v></c>"),
        a_workbook('<row><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>',
                   before='<!DOCTYPE x [<!ENTITY a "uno@x.example">]>'),
        a_workbook(CLIENTS, shared=SHARED)[:-400],
    ],
    ids=["cut", "none", "text", "style", "open", "entity", "torn"],
)  # fmt: skip
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


def test_a_bomb_goes_off_nowhere() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 500_000)
    assert len(packed.getvalue()) * TIMES < 1_000_000
    with pytest.raises(Unreadable):
        read(packed.getvalue())
