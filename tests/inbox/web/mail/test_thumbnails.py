"""Pictures that customers attach are seen at once, and nothing else is shown by the browser."""

import zlib
from dataclasses import asdict
from email.message import EmailMessage

from sqlalchemy import select

from cases import Message
from cases.db import transaction
from inbox.intake.parsing import parse
from inbox.spool import RawContent, RawMail
from inbox.web.mail.thumbnails import MOST, thumbnails_of
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(60)


def _file(**values: str | int | bool) -> dict[str, str | int | bool]:
    usual = {"name": "a.png", "type": "image/png", "size": 9_000, "part": 2}
    return {**usual, "content_id": "", "inline": False, **values}


def _shown(*files: dict[str, str | int | bool]) -> int:
    return len(thumbnails_of(Message(attachments=list(files))))


def test_photos_are_shown_and_logos_documents_and_what_is_huge_are_not() -> None:
    assert _shown(_file(), _file(type="image/jpeg", content_id="<photo>")) == 2
    assert _shown(_file(content_id="<logo>", size=900), _file(type="image/svg+xml")) == 0
    assert _shown(_file(type="application/pdf"), _file(size=4_000_000)) == 0
    assert _shown(_file(), _file(type="video/mp4", size=30_000_000)) == 0
    assert _shown(*[_file()] * 30) == MOST
    ours = {"name": "a.png", "type": "image/png", "size": 90, "part": 2}
    assert _shown(ours, {"name": "b.png", "size": 90, "part": 3}) == 1


def test_a_file_is_opened_only_if_its_bytes_are_a_picture(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    first = _with_files(case.id, {"rota.png": PHOTO, "virus.png": b"<script>alert(1)</script>"})
    page = admin.get(f"/cases/{case.id}").text
    paths = [f"/messages/{first}/attachments/{part}/picture" for part in (2, 3)]
    assert all(f'<img src="{path}" alt="' in page for path in paths)
    photo = admin.get(paths[0])
    assert photo.data == PHOTO
    assert photo.headers["Content-Type"] == "image/png"
    assert photo.headers["Content-Security-Policy"].startswith("sandbox;")
    assert admin.get(paths[1]).location == paths[1].removesuffix("/picture")


def _with_files(case_id: int, files: dict[str, bytes]) -> int:
    """The first mail of the case has those files instead of its own; gives its number."""
    mail = EmailMessage()
    mail["From"] = "ana@cliente.test"
    mail.set_content("Mire la foto.")
    for name, content in files.items():
        mail.add_attachment(content, "image", "png", filename=name)
    content = mail.as_bytes()
    parts = [asdict(one) for one in parse(content).mail.attachments]
    with transaction() as session:
        message = session.scalars(select(Message).where(Message.case_id == case_id)).first()
        assert message is not None
        raw = session.get_one(RawMail, message.raw_id)
        session.get_one(RawContent, raw.sha256).content = zlib.compress(content)
        message.attachments = parts
        return message.id
