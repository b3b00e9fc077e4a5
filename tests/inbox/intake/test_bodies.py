"""An agent reads the right text and finds the right files, however the mail is built."""

import base64
import hashlib
from email.message import EmailMessage

import pytest

from inbox.intake.bodies import Bodies, read_bodies
from inbox.mime.decoding import attachment_content
from inbox.mime.parts import split
from tests.inbox.winmail import winmail


def read(content: bytes) -> Bodies:
    return read_bodies(split(content)[0])


def multipart(kind: str, *parts: str) -> str:
    """A container; containers can be nested, since each has a boundary of its own."""
    mark = "b" + hashlib.md5("".join(parts).encode()).hexdigest()
    inside = "".join(f"--{mark}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={mark}\n\n{inside}--{mark}--\n"


def part(text: str, kind: str = "text/plain", **headers: str) -> str:
    more = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"Content-Type: {kind}; charset=utf-8\n{more}\n{text}"


PLAIN = part("Hola")
HTML = part("<p>Hola</p>", "text/html")
PICTURE = part("xx", "image/png", Content_ID="<p1@x>")
FILE = part("yy", 'application/pdf; name="a.pdf"', Content_Disposition="attachment")


@pytest.mark.parametrize(
    ("mail", "text", "names"),
    [
        (PLAIN, "Hola", []),
        (HTML, "Hola", []),
        (multipart("alternative", PLAIN, HTML), "Hola", []),
        (multipart("alternative", part(""), HTML), "Hola", []),
        (multipart("mixed", PLAIN, FILE), "Hola", ["a.pdf"]),
        (multipart("mixed", PLAIN, FILE, part("y adiós")), "Hola\ny adiós", ["a.pdf"]),
        (multipart("mixed", PLAIN, HTML), "Hola", []),
        (multipart("mixed", PLAIN, part("<p>Otra cosa</p>", "text/html")), "Hola\nOtra cosa", []),
        (multipart("related", HTML, PICTURE), "Hola", ["part-2.png"]),
        (
            multipart("alternative", PLAIN, multipart("related", HTML, PICTURE)),
            "Hola",
            ["part-4.png"],
        ),
        (
            multipart(
                "alternative", PLAIN, multipart("mixed", HTML, FILE, part("<p>fin", "text/html"))
            ),
            "Hola",
            ["a.pdf"],
        ),
        (
            multipart("mixed", multipart("alternative", PLAIN, HTML), part("al pie")),
            "Hola\nal pie",
            [],
        ),
        (
            multipart("mixed", PLAIN, part("log", Content_Disposition="attachment")),
            "Hola",
            ["part-2.txt"],
        ),
        (multipart("mixed", PLAIN, part("log", "text/plain; name=a.log")), "Hola", ["a.log"]),
        (multipart("alternative", PLAIN, part("VEVENT", "text/calendar")), "Hola", ["part-2.ics"]),
        (part("<bold>Hola</bold>", "text/enriched"), "Hola", []),
        (
            multipart(
                "mixed", PLAIN, "Content-Type: message/rfc822\n\nSubject: Vieja\n\ntexto ajeno"
            ),
            "Hola",
            ["Vieja.eml"],
        ),
        (
            multipart("report", PLAIN, "Content-Type: message/delivery-status\n\nStatus: 5.1.1\n"),
            "Hola",
            ["part-2.txt"],
        ),
        (
            multipart(
                "mixed", PLAIN, multipart("appledouble", part("r", "application/applefile"), FILE)
            ),
            "Hola",
            ["part-3", "a.pdf"],
        ),
        (
            multipart("signed", PLAIN, part("sig", 'application/pgp-signature; name="s.asc"')),
            "Hola",
            ["s.asc"],
        ),
        (FILE, "", ["a.pdf"]),
        (
            multipart("mixed", part(""), part("notas", "text/plain; name=n.txt")),
            "notas",
            ["n.txt"],
        ),
    ],
)
def test_text_and_files_of_a_mail(mail: str, text: str, names: list[str]) -> None:
    bodies = read(mail.encode())
    assert bodies.text.strip() == text
    assert [file.name for file in bodies.attachments] == names


def test_html_gives_text_beside_the_text() -> None:
    bodies = read(multipart("alternative", part("uno"), part("<b>dos</b>", "text/html")).encode())
    assert (bodies.text, bodies.text_from_html, bodies.html) == ("uno", "dos", "<b>dos</b>")


def test_the_bytes_of_each_file_can_be_asked_for_again() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Fotos"
    mail.set_content("Hola")
    for n in range(3):
        mail.add_attachment(bytes(range(256)) * n, "image", "jpeg", filename=f"foto-{n}.jpg")
    content = mail.as_bytes()
    files = read(content).attachments
    assert [file.name for file in files] == ["foto-0.jpg", "foto-1.jpg", "foto-2.jpg"]
    for file in files:
        found = attachment_content(content, file.part)
        assert found is not None
        assert (len(found), hashlib.md5(found).hexdigest()) == (file.size, file.md5)
    assert attachment_content(content, 99) is None


def test_a_file_inside_the_text_can_be_asked_for_too() -> None:
    content = b"\nantes\nbegin 644 a.txt\n#86)C\n`\nend\ndespues\n"
    bodies = read(content)
    assert bodies.text.split() == ["antes", "despues"]
    (file,) = bodies.attachments
    assert (file.name, file.size) == ("a.txt", 3)
    assert attachment_content(content, file.part) == b"abc"
    assert attachment_content(content, file.part + 1) is None


def test_an_enclosed_mail_is_kept_to_the_byte() -> None:
    inner = b"Subject:   two   blanks\nX-Odd:\tvalue\n\nbody \n"
    content = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhola\n"
    content += b"--b\nContent-Type: message/rfc822\n\n" + inner + b"\n--b--"
    (file,) = read(content).attachments
    assert file.md5 == hashlib.md5(inner).hexdigest()


def test_inline_pictures_are_known_by_their_id() -> None:
    (picture,) = read(multipart("related", HTML, PICTURE).encode()).attachments
    assert (picture.content_id, picture.inline) == ("p1@x", True)


def test_flowed_lines_are_joined_and_quotes_kept() -> None:
    flowed = "Hola, esto \nes una línea.\n> cita \n> larga\n-- \nAna\n"
    body = f"Content-Type: text/plain; charset=utf-8; format=flowed\n\n{flowed}"
    assert read(body.encode()).text == "Hola, esto es una línea.\n> cita larga\n-- \nAna\n"
    japanese = "Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-8\n\nあ \nい"
    assert read(japanese.encode()).text == "あい"


def test_the_charset_of_a_page_may_stand_in_the_page() -> None:
    page = b'Content-Type: text/html\n\n<meta charset="windows-1251"><p>'
    assert read(page + "Привет".encode("cp1251")).text == "Привет"


def test_line_ends_and_zero_bytes_do_not_reach_the_agent() -> None:
    assert read(b"\nuno\r\ndos\r\r\ntres\rcuatro\x00\n").text == "uno\ndos\ntres\ncuatro\n"


def test_a_winmail_dat_is_unpacked() -> None:
    packed = base64.encodebytes(winmail(b"plano.pdf", b"%PDF-1.4")).decode()
    outlook = part(
        packed, "application/ms-tnef; name=winmail.dat", Content_Transfer_Encoding="base64"
    )
    content = multipart("mixed", PLAIN, outlook).encode()
    (file,) = read(content).attachments
    assert (file.name, file.size) == ("plano.pdf", 8)
    assert attachment_content(content, file.part) == b"%PDF-1.4"


def test_a_broken_winmail_dat_stays_a_file() -> None:
    bodies = read(
        multipart("mixed", PLAIN, part("broken", "application/ms-tnef; name=winmail.dat")).encode()
    )
    assert [file.name for file in bodies.attachments] == ["winmail.dat"]
    assert bodies.defects == ["part 2: the winmail.dat cannot be read"]


def test_a_part_that_is_not_the_base64_it_claims_can_be_fetched_as_a_file() -> None:
    broken = part("?garbage!", Content_Transfer_Encoding="base64")
    content = multipart("mixed", PLAIN, broken).encode()
    bodies = read(content)
    (file,) = bodies.attachments
    assert attachment_content(content, file.part) == b"?garbage!"
    assert bodies.defects == ["part 2: it is not the base64 it claims"]
    assert "?garbage!" in bodies.text
    assert read(broken.encode()).attachments == []
