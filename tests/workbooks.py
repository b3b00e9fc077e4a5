"""Excel workbooks for tests, with no more in them than a list needs."""

import io
import zipfile

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
STYLES = f"""\
<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy h:mm"/>
<numFmt numFmtId="165" formatCode="0.00 &quot;days&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>"""


def texts(*said: str) -> str:
    """The shared texts; what begins with an element is written as it is."""
    items = "".join(f"<si>{one if one[:1] == '<' else f'<t>{one}</t>'}</si>" for one in said)
    return f"<sst {MAIN}>{items}</sst>"


def a_workbook(
    *sheets: str, shared: str = "", styles: str = "", hidden: int = 0, before: str = ""
) -> bytes:
    """Rows of XML as a workbook; the first sheets may be hidden."""
    states = ["hidden" if n < hidden else "visible" for n in range(len(sheets))]
    named = "".join(
        f'<sheet name="S{n}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, state in enumerate(states, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Target="/xl/worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    files = {
        "xl/workbook.xml": f"<workbook {MAIN} {LINKS}><sheets>{named}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "xl/sharedStrings.xml": shared,
        "xl/styles.xml": styles,
    }
    for n, rows in enumerate(sheets, start=1):
        data = f"{before}<x:worksheet xmlns:x='m'><x:sheetData>{rows}</x:sheetData></x:worksheet>"
        files[f"xl/worksheets/sheet{n}.xml"] = data
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, said in files.items():
            if said:
                file.writestr(name, said)
    return packed.getvalue()
