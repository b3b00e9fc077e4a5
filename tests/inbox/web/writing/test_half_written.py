"""What is half written survives everything, and two windows never wipe each other's words."""

import io
import re

import pytest
from sqlalchemy import select

from cases import Case, Message, unsent
from cases.db import reading
from cases.unsent import Unsent, UnsentFile
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ANA, BEA

SUBJECT = "Charged twice for order 88213"


def _save(who: Visitor, case: Case, text: str, version: int | None = None, **more: str) -> int:
    fields = {"text": text, **more}
    if version is not None:
        fields["version"] = str(version)
    answer = who.post(f"/cases/{case.id}/draft", partial=True, **fields)
    return answer.status_code


def _box(who: Visitor, case: Case) -> str:
    page = who.get(f"/cases/{case.id}").text
    return page[page.index("data-write=") :]


def test_a_saved_text_is_in_the_box_again_with_its_people(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    assert _save(ana, case, "A medias", 0, cc="jefa@otra.test", mode="all") == 200
    shown = _box(ana, case)
    assert "A medias</textarea>" in shown
    assert 'value="jefa@otra.test"' in shown
    assert 'value="all" id="mode-all" checked' in shown
    assert "Guardado a las" in shown
    assert "A medias" not in _box(enter(BEA), case)


def test_of_a_note_without_a_word_nothing_is_left(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    assert _save(ana, case, "", 0, mode="note") == 200
    assert 'value="reply" id="mode-answer" checked' in _box(ana, case)


def test_who_saves_over_a_newer_text_sees_both(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    assert _save(ana, case, "desde la primera ventana", 0) == 200
    second = ana.post(f"/cases/{case.id}/draft", partial=True, text="desde la otra", version=0)
    assert second.status_code == 409
    assert "desde la primera ventana" in second.text
    assert second.headers["ETag"] == '"1"'
    plain = ana.post(f"/cases/{case.id}/draft", text="desde la otra", version=0)
    assert plain.status_code == 409
    assert "desde la otra</textarea>" in plain.text
    assert "desde la primera ventana" in plain.text
    assert _save(ana, case, "desde la otra", 1) == 200


def test_a_late_save_does_not_bring_a_sent_text_back(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    _save(ana, case, "Ya está", 0)
    ana.post(f"/cases/{case.id}/replies", text="Ya está")
    assert _save(ana, case, "Ya est", 1) == 409
    assert "Ya est" not in _box(ana, case).split("</textarea>")[0].split("<textarea")[1]


def test_a_note_never_takes_the_answer_along_nor_an_answer_the_note(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    beside = {"aside": "Dear Emily", "aside_mode": "all", "cc": "jefa@otra.test"}
    _save(ana, case, "@bea who is she?", 0, mode="note", **beside)
    noted = ana.post(
        f"/cases/{case.id}/replies",
        text="@bea who is she?",
        mode="note",
        **beside,
        **{"as": "note"},
    )
    assert noted.status_code == 303
    shown = _box(ana, case)
    assert "Dear Emily</textarea>" in shown
    assert 'value="all" id="mode-all" checked' in shown
    assert 'value="jefa@otra.test"' in shown
    ana.post(f"/cases/{case.id}/replies", text="Dear Emily", mode="reply", aside="ask Bea")
    shown = _box(ana, case)
    assert "ask Bea</textarea>" in shown
    assert 'value="note" id="mode-note" checked' in shown
    with reading() as session:
        said = session.scalars(select(Message.text).where(Message.case_id == case.id)).all()
    assert said[-2:] == ["@bea who is she?", "Dear Emily"]


def test_an_answer_that_is_taken_back_leaves_the_note_beside_it(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/replies", text="Dear Emily", mode="reply", aside="ask Bea")
    with reading() as session:
        number = session.scalars(select(Message.id).order_by(Message.id.desc())).first()
    ana.post(f"/messages/{number}/withdrawal")
    shown = _box(ana, case)
    assert "Dear Emily</textarea>" in shown
    assert 'name="aside_mode" value="note"' in shown
    assert 'id="mode-answer" checked' in shown


def test_an_answer_that_is_taken_back_keeps_the_one_that_waited_beside_a_note(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/replies", text="Dear Emily", mode="reply")
    with reading() as session:
        number = session.scalars(select(Message.id).order_by(Message.id.desc())).first()
    beside = {"aside": "One thing more", "aside_mode": "reply"}
    assert _save(ana, case, "ask Bea", 0, mode="note", **beside) == 200
    ana.post(f"/messages/{number}/withdrawal")
    shown = _box(ana, case)
    assert "Dear Emily\n\nOne thing more</textarea>" in shown
    assert "ask Bea</textarea>" in shown


def test_files_wait_with_the_text_leave_with_it_and_come_back_with_it(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    file = (io.BytesIO(b"%PDF-1.4 x"), "factura.pdf", "application/pdf")
    ana.post(f"/cases/{case.id}/draft/files", partial=True, files=file)
    assert "factura.pdf" in _box(ana, case)
    sent = ana.post(
        f"/cases/{case.id}/replies",
        partial=True,
        text="Te adjunto la factura",
        mode="all",
        cc="jefa@otra.test",
    )
    assert sent.status_code == 200, sent.text
    with reading() as session:
        assert session.scalars(select(UnsentFile)).all() == []
        number = session.scalars(select(Unsent.case_id)).one()
    assert number == case.id
    answer = sent.text[sent.text.index("/attachments/4") - 20 :]
    path = answer[
        answer.index("/messages") : answer.index("/attachments/4") + len("/attachments/4")
    ]
    assert ana.get(path).data == b"%PDF-1.4 x"
    message = path.split("/")[2]
    back = ana.post(f"/messages/{message}/withdrawal", partial=True).text
    box = back[back.index("data-write=") :]
    assert "Te adjunto la factura</textarea>" in box
    assert "factura.pdf" in box
    assert 'value="jefa@otra.test"' in box
    with reading() as session:
        (file_id,) = session.scalars(select(UnsentFile.id)).all()
    ana.post(f"/cases/{case.id}/draft/files/{file_id}/removal", partial=True)
    assert "factura.pdf" not in _box(ana, case).split("write-actions")[0]


def test_without_scripts_files_and_text_go_in_one_form(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    file = (io.BytesIO(b"abc"), "a.txt", "text/plain")
    kept = ana.post(f"/cases/{case.id}/draft", text="Con adjunto", files=file)
    assert kept.status_code == 303
    assert "a.txt" in _box(ana, case)
    gone = ana.post(f"/cases/{case.id}/draft/discarding")
    assert "Borrador descartado" in ana.get(gone.location).text
    assert "a.txt" not in _box(ana, case)


def test_what_was_discarded_comes_back_above_what_was_written_since(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    address = f"/cases/{case.id}/draft"
    said = {"mode": "note", "text": "Una nota\nlarga", "aside": "Una respuesta", "cc": "a@b.test"}
    ana.post(address, **said)
    gone = ana.post(f"{address}/discarding", partial=True, **said).text
    assert "Una respuesta</textarea>" in gone
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', gone.split('id="undo"')[0][-900:]))
    assert fields.items() >= said.items()
    ana.post(address, **said | {"text": "Otra cosa"})
    back = ana.post(f"{address}/discarding/withdrawal", partial=True, **fields).text
    assert "Una nota\nlarga\n\nOtra cosa</textarea>" in back
    assert 'value="a@b.test"' in back


def test_a_note_that_was_written_since_stays_beside_the_answer_that_comes_back(
    enter: Enter,
) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    address = f"/cases/{case.id}/draft"
    said = {"mode": "reply", "text": "Una respuesta"}
    ana.post(address, **said)
    ana.post(f"{address}/discarding", partial=True, **said)
    ana.post(address, mode="note", text="Ojo con este cliente")
    ana.post(f"{address}/discarding/withdrawal", partial=True, **said)
    with reading() as session:
        kept = session.scalars(select(Unsent)).one().written
    assert (kept.mode, kept.text) == ("reply", "Una respuesta")
    assert (kept.aside_mode, kept.aside) == ("note", "Ojo con este cliente")


def test_too_much_to_attach_is_refused(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "LARGEST_FILES", 150)
    ana, case = enter(ANA), case_about(SUBJECT)
    for _ in range(2):
        file = (io.BytesIO(b"x" * 100), "a.bin", "application/octet-stream")
        answer = ana.post(f"/cases/{case.id}/draft/files", partial=True, files=file)
    assert answer.status_code == 413
    assert "20 MB" in answer.text
