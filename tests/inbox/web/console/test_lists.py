"""Marketing brings a list and takes away who may be written to, with a receipt."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from cases import Exclusion, Mailbox, clock
from cases.contact import introduce
from cases.db import reading, transaction
from cases.exclusions import receipts
from cases.exclusions.changes import note_contact
from cases.exclusions.gates import Gate, GateHeld, GatePart, Going, Status
from cases.exclusions.reasons import Reason
from cases.exclusions.touches import Touch
from cases.exclusions.verbs import Set, exclude
from inbox.web.console.lists import jobs, workbook
from inbox.web.console.lists.rows import AudienceList, ListPiece, State
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ANA, BEA
from tests.workbooks import a_workbook

MAR = "mar@tienda.test"
HELD = "nora@correo.example"
LIST = (
    f"Nombre;Correo;Saldo\r\nUno;uno@x.example;=1+1\r\n"
    f"Nora;{HELD.upper()};3\r\nDos;dos@x.example;-5\r\nUno;UNO@x.example;0\r\nNadie;;0\r\n"
)


@pytest.fixture
def mar(enter: Enter) -> Visitor:
    """Marketing at work, on a day when mail is read as it should."""
    with transaction() as session:
        for box in session.scalars(select(Mailbox)):
            box.failing_since, box.last_ok_at = None, clock.now()
    return enter(MAR)


def bring(visitor: Visitor, content: str | bytes = LIST, **fields: str) -> str:
    """Upload that list; gives the address of its page."""
    raw = content if isinstance(content, bytes) else content.encode()
    said = {"name": "Rebajas", "campaign_class": "promotional", **fields}
    answer = visitor.post("/console/lists", file=(io.BytesIO(raw), "lista.csv"), **said)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def rows_of(
    visitor: Visitor, path: str, encoding: str = "utf-8", sign: str = ";"
) -> list[list[str]]:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode(encoding), newline=""), delimiter=sign))


def hold(address: str, reason: Reason = Reason.MANUAL) -> int:
    now = clock.now()
    with transaction() as session:
        person = introduce(session, address, name="", at=now)
        session.flush()
        until = now + timedelta(days=9) if reason is Reason.MANUAL else None
        wish = Set(reason, until=until, note="said by the test")
        return exclude(session, person.id, wish, by=BEA, at=now).id


def the_gates() -> list[Gate]:
    with reading() as session:
        return list(session.scalars(select(Gate).order_by(Gate.created_at)))


def test_the_allowed_list_keeps_its_columns_and_runs_nothing(mar: Visitor, enter: Enter) -> None:
    path = bring(mar)
    page = mar.get(path).text
    assert "Rebajas" in page
    assert HELD not in page.lower()
    assert rows_of(mar, f"{path}/allowed.csv") == [
        ["Nombre", "Correo", "Saldo"],
        ["Uno", "uno@x.example", "'=1+1"],
        ["Dos", "dos@x.example", "-5"],
    ]
    held = rows_of(mar, f"{path}/excluded.csv", "utf-8-sig", ",")
    assert [(row[0], len(row)) for row in held[1:]] == [(HELD, 4)]
    assert len(rows_of(enter(BEA), f"{path}/excluded.csv", "utf-8-sig", ",")[0]) == 5
    assert enter(ANA).get(path).status_code == 403


def test_who_complains_after_the_list_was_cut_is_found_and_who_is_free_too(mar: Visitor) -> None:
    bought = hold("tres@x.example")
    path = bring(mar, LIST + "Tres;tres@x.example;1\r\n")
    first = mar.get(f"{path}/receipt.jwt").text
    hold("dos@x.example")
    free(bought)
    assert mar.post(f"{path}/checks").status_code == 303
    assert [row[1] for row in rows_of(mar, f"{path}/out.csv")[1:]] == ["dos@x.example"]
    assert [row[1] for row in rows_of(mar, f"{path}/back.csv")[1:]] == ["tres@x.example"]
    allowed = [row[1] for row in rows_of(mar, f"{path}/allowed.csv")[1:]]
    assert allowed == ["uno@x.example", "tres@x.example"]
    newest = mar.get(f"{path}/receipt.jwt").text
    assert newest != first
    with reading() as session:
        said = receipts.verify(session, newest, clock.now()).claims
    assert said["allowed"] == {"n": 2, "digest": receipts.digest(allowed)}
    assert len(the_gates()) == 2
    # Whoever presses it once more is told the same: the first answer may not have been read.
    assert mar.post(f"{path}/checks").status_code == 303
    assert "Ahora hay que quitar a 1 persona." in mar.get(path).text
    assert [row[1] for row in rows_of(mar, f"{path}/out.csv")[1:]] == ["dos@x.example"]
    assert [row[1] for row in rows_of(mar, f"{path}/back.csv")[1:]] == ["tres@x.example"]


def free(exclusion_id: int) -> None:
    with transaction() as session:
        row = session.get_one(Exclusion, exclusion_id)
        row.lifted_at = clock.now()
        note_contact(session, row.contact_id)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_lists_come_as_the_tools_of_people_write_them(
    mar: Visitor, encoding: str, sign: str
) -> None:
    lines = [["Niño", "E-mail"], ["Ibáñez", "Ibáñez <uno@x.example>"], ["Peña", HELD]]
    text = "\r\n".join(sign.join(line) for line in lines) + "\r\n"
    path = bring(mar, text.encode(encoding))
    assert rows_of(mar, f"{path}/allowed.csv", encoding, sign) == lines[:2]


def test_a_list_comes_as_excel_keeps_it_and_goes_as_csv(mar: Visitor) -> None:
    cells = [["Cliente", "Email"], ["Peña", "uno@x.example"], ["Nora", HELD]]
    inline = [[f"<c t='inlineStr'><is><t>{one}</t></is></c>" for one in line] for line in cells]
    rows = "".join(f"<row>{''.join(line)}</row>" for line in inline)
    path = bring(mar, a_workbook(rows))
    assert rows_of(mar, f"{path}/allowed.csv", "utf-8-sig") == cells[:2]
    assert mar.post(f"{path}/checks").status_code == 303
    assert rows_of(mar, f"{path}/allowed.csv", "utf-8-sig") == cells[:2]
    for wrong in (workbook.OLD + b"x" * 600, workbook.SIGN + b"x" * 600):
        assert "libro de Excel" in mar.get(bring(mar, wrong)).text


def test_while_a_workbook_is_unpacked_the_page_says_how_far_it_is(
    mar: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(
        f"<row><c t='inlineStr'><is><t>p{n}@x.example</t></is></c></row>" for n in range(20_000)
    )
    monkeypatch.setattr("inbox.web.console.audiences.AT_ONCE", 10)
    path = bring(mar, a_workbook(rows))
    pages: list[str] = []
    looking = False

    def look(_session: Session) -> None:
        nonlocal looking
        if not looking:
            looking = True
            pages.append(mar.get(path).text)
            looking = False

    event.listen(Session, "after_commit", look)
    try:
        jobs.sift_waiting()
    finally:
        event.remove(Session, "after_commit", look)
    shown = [page for page in pages if "El libro se está desempaquetando" in page]
    done = [int(one) for page in shown for one in re.findall(r'<progress [^>]*value="(\d+)"', page)]
    assert len(done) == len(shown) > 2
    assert done == sorted(set(done))
    assert "El libro" not in pages[-1]
    assert "20.000" in pages[-1]


def test_the_column_of_the_customer_is_taken_and_not_that_of_the_seller(mar: Visitor) -> None:
    text = f"Comercial;Email\nbea@x.example;uno@x.example\nbea@x.example;{HELD}\nbea@x.example;\n"
    path = bring(mar, text)
    assert [row[1] for row in rows_of(mar, f"{path}/allowed.csv")] == ["Email", "uno@x.example"]
    assert "Se usó esta: Email" in mar.get(path).text
    assert "Se usó esta" not in mar.get(bring(mar)).text


def test_a_paste_needs_no_form(mar: Visitor) -> None:
    answer = mar.post(
        "/console/lists", name="Rebajas", campaign_class="newsletter",
        pasted=f"uno@x.example, Dos Dos <dos@x.example>\nhola\n{HELD};uno@x.example",
    )  # fmt: skip
    path = answer.location
    assert rows_of(mar, f"{path}/allowed.csv", sign=",") == [
        ["address"], ["uno@x.example"], ["dos@x.example"]
    ]  # fmt: skip
    assert the_gates()[0].audience_n == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [("a;b\n1;2\n", "ninguna columna"), ("\n \n", "vacía"),
     ('x@x.example\n"' + "a" * 200_000, "comillas")],
)  # fmt: skip
def test_a_list_that_cannot_be_read_says_what_to_do(mar: Visitor, content: str, words: str) -> None:
    page = mar.get(bring(mar, content)).text
    assert words in page


def test_what_is_missing_is_said_and_what_was_typed_stays(mar: Visitor) -> None:
    answer = mar.post("/console/lists", name="", campaign_class="x", topic="ofertas")
    assert answer.status_code == 422
    for words in ("Pon un nombre", "Elige un archivo", "ofertas"):
        assert words in answer.text


def test_a_list_of_one_brand_waits_for_its_mailbox_alone(mar: Visitor) -> None:
    now = clock.now()
    with transaction() as session:
        for name, late in (("propia", 0), ("otra", 61)):
            box = Mailbox(address=f"{name}@marca.example", imap_host="x", imap_user="x",
                          created_at=now, last_ok_at=now - timedelta(minutes=late))  # fmt: skip
            session.add(box)
        session.flush()
        ids = {box.address.partition("@")[0]: box.id for box in session.scalars(select(Mailbox))}
    assert "propia@marca.example" in mar.get("/console/lists").text
    for brand in (str(ids["propia"]), str(ids["otra"]), "", "999"):
        bring(mar, brand=brand)
    found = [gate.decision for gate in the_gates()]
    assert found == [Going.GO, Going.NO_GO, Going.NO_GO, Going.NO_GO]


def test_while_mail_is_not_read_nothing_may_be_taken_away(enter: Enter) -> None:
    mar = enter(MAR)
    path = bring(mar)
    assert the_gates()[0].decision is Going.NO_GO
    assert mar.get(f"{path}/allowed.csv").status_code == 409
    assert "allowed.csv" not in mar.get(path).text
    service = bring(mar, campaign_class="transactional")
    assert mar.get(f"{service}/allowed.csv").status_code == 200


def test_a_large_list_is_sifted_beside_the_requests(
    mar: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.web.console.audiences.AT_ONCE", 10)
    path = bring(mar)
    assert "hx-trigger" in mar.get(path).text
    jobs.sift_waiting()
    assert len(rows_of(mar, f"{path}/allowed.csv")) == 3


def test_what_was_sent_weighs_on_those_who_got_it(mar: Visitor) -> None:
    path = bring(mar)
    assert mar.post(f"{path}/sending").status_code == 303
    assert the_gates()[0].status is Status.HONOURED
    with reading() as session:
        touched = set(session.scalars(select(Touch.value)))
    assert touched == {"uno@x.example", "dos@x.example"}
    assert mar.post(f"{path}/sending").status_code == 409


def test_lists_are_sealed_and_forgotten_and_their_proof_stays(mar: Visitor) -> None:
    path = bring(mar)
    with reading() as session:
        content = b"".join(session.scalars(select(ListPiece.content)))
        assert b"x.example" not in content
        assert session.scalar(select(func.count()).select_from(GatePart)) == 0
    with clock.at(clock.now() + timedelta(days=8)):
        jobs.forget_old()
    with reading() as session:
        for table in (ListPiece, GatePart, GateHeld):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert session.scalars(select(AudienceList)).one().state is State.FORGOTTEN
    assert mar.get(f"{path}/allowed.csv").status_code == 404
    page = mar.get(path).text
    assert re.search(r"tile-number\">2<", page)


def test_an_influencer_waits_for_a_word_and_gets_it_from_the_next_look_on(
    mar: Visitor, enter: Enter
) -> None:
    hold("estrella@x.example", Reason.INFLUENCER)
    path = bring(mar, LIST + "Estrella;estrella@x.example;1\r\n")
    assert "estrella" not in mar.get(f"{path}/allowed.csv").text
    assert "estrella@x.example" in mar.get("/console/approvals").text
    bea, campaign = enter(BEA), str(the_gates()[0].campaign_id)
    word = {"campaign": campaign, "who": "estrella@x.example", "granted": "yes"}
    assert mar.post("/console/approvals", note="va", **word).status_code == 403
    assert bea.post("/console/approvals", note=" ", **word).status_code == 422
    assert bea.post("/console/approvals", note="Le gusta", **word).status_code == 303
    mar.post(f"{path}/checks")
    assert "estrella" in mar.get(f"{path}/allowed.csv").text
    assert "Le gusta" in mar.get("/console/approvals").text


@pytest.mark.parametrize("loose", [True, False])
def test_other_spellings_are_the_same_person_if_marketing_says_so(
    mar: Visitor, loose: bool
) -> None:
    hold("nora@gmail.com")
    spelt = "no.ra+rebajas@gmail.com"
    page = bring(mar, f"Correo\n{spelt}\nuno@x.example\n", match="loose" if loose else "exact")
    rows = rows_of(mar, f"{page}/allowed.csv")
    assert [row[0] for row in rows[1:]] == [*([] if loose else [spelt]), "uno@x.example"]
    text = mar.get(f"{page}/receipt.jwt").text.strip()
    with reading() as session:
        claims = receipts.verify(session, text, clock.now()).claims
    assert claims["matching"] == ("loose" if loose else "exact")
    # The late look takes them for the same person again.
    mar.post(f"{page}/checks")
    assert len(rows_of(mar, f"{page}/allowed.csv")) == len(rows)
    shown = mar.post("/console/campaigns/receipts", receipt=text).text
    assert ("también con otra grafía" if loose else "tal como se escriben") in shown
    assert "<dd>de serie</dd>" in shown
    assert "En tregua: ahora no" in mar.post("/console/people", who=spelt).text
