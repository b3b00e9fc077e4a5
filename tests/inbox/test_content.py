"""Parts out of the raw mail, counted as the intake counts them."""

import base64
from email.message import EmailMessage

import pytest

from inbox import content
from inbox.intake.parsing import parse
from tests.inbox.winmail import winmail
from tests.seeding import PIXEL


def _a_mail(*, deep: bool = False) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Ana <ana@cliente.test>", "Factura"
    mail.set_content("Hola, adjunto la factura.")
    mail.add_alternative('<p>Hola <img src="cid:logo"></p>', subtype="html")
    mail.get_payload()[1].add_related(PIXEL, "image", "png", cid="<logo>")
    mail.add_attachment(b"%PDF-1.4", "application", "pdf", filename="factura.pdf")
    if deep:
        mail.add_attachment(email_inside())
        mail.add_attachment("día;1\n", filename="día.csv", subtype="csv")
    return mail.as_bytes()


def email_inside() -> EmailMessage:
    inner = EmailMessage()
    inner["Subject"] = "dentro"
    inner.set_content("un correo dentro de otro")
    inner.add_attachment(b"\x00" * 10, "application", "octet-stream", filename="dentro.bin")
    return inner


@pytest.mark.parametrize("deep", [False, True])
def test_each_attachment_is_found_under_the_number_the_intake_gave_it(deep: bool) -> None:
    raw = _a_mail(deep=deep)
    attachments = parse(raw).mail.attachments
    assert len(attachments) >= (4 if deep else 2)
    for file in attachments:
        found = content.attachment(raw, file.part, file.size)
        assert found is not None, file
        if file.type != "message/rfc822":
            assert len(found) == file.size


def test_a_part_of_another_size_is_another_part() -> None:
    raw = _a_mail()
    (pdf,) = (one for one in parse(raw).mail.attachments if one.name == "factura.pdf")
    assert content.attachment(raw, pdf.part, pdf.size + 1) is None
    assert content.attachment(raw, 77, 8) is None


def test_the_html_and_its_pictures_are_found() -> None:
    raw = _a_mail()
    assert content.html(raw).strip() == '<p>Hola <img src="cid:logo"></p>'
    assert content.pictures(raw) == {"logo": content.Picture("image/png", PIXEL)}


def test_what_only_claims_to_be_a_picture_is_none() -> None:
    raw = _a_mail().replace(b"Content-Type: image/png", b"Content-Type: image/svg+xml")
    assert content.pictures(raw)["logo"].type == "image/png"
    forged = EmailMessage()
    forged.set_content("x")
    forged.add_related(b"<svg onload='alert(1)'/>", "image", "png", cid="<evil>")
    assert content.pictures(forged.as_bytes()) == {}


@pytest.mark.parametrize(
    ("charset", "body", "said"),
    [
        ("utf-8", "año €".encode(), "año €"),
        ("iso-8859-1", "año €".encode("cp1252"), "año €"),
        ("no-such-charset", "año".encode(), "año"),
        ("us-ascii", "año".encode("cp1252"), "año"),
    ],
)
def test_undeclared_and_wrong_charsets_are_read(charset: str, body: bytes, said: str) -> None:
    raw = b"Content-Type: text/html; charset=" + charset.encode() + b"\n\n<p>" + body + b"</p>"
    assert content.html(raw) == f"<p>{said}</p>"


def test_a_mail_nested_without_end_is_no_reason_to_fall() -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)
    )
    assert content.html(raw) == ""
    assert content.attachment(raw, 5, 1) is None


def test_what_lies_inside_a_winmail_dat_or_the_text_is_found_too() -> None:
    packed = base64.encodebytes(winmail(b"plano.pdf", b"%PDF-1.4")).decode()
    outlook = "Content-Type: application/ms-tnef; name=winmail.dat\n"
    outlook += f"Content-Transfer-Encoding: base64\n\n{packed}"
    text = "Content-Type: text/plain\n\nantes\nbegin 644 a.txt\n#86)C\n`\nend\n"
    raw = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{text}\n--b\n{outlook}\n--b--\n"
    files = {one.name: one for one in parse(raw.encode()).mail.attachments}
    for name, inside in (("plano.pdf", b"%PDF-1.4"), ("a.txt", b"abc")):
        assert content.attachment(raw.encode(), files[name].part, files[name].size) == inside
