"""The mail itself: harmless in its frame, its files only saved, the original as it came."""

import re

import pytest

from cases import Message
from cases.db import transaction
from cases.mail import Trust
from inbox.content import Picture
from inbox.web import file_names
from inbox.web.mail.safe_html import clean
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, BEA, PIXEL

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a href='javascript:alert(1)'>x</a></svg>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<form action='https://evil.example'><input name=p><button>x</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<style>@import 'https://evil.example/x.css'; body{display:none}</style>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<div style='position:fixed;inset:0;background:url(https://evil.example/x.png)'>x</div>",
    "<table background='https://evil.example/x.png'><tr><td>x</td></tr></table>",
    "<video poster='https://evil.example/x.png' src='https://evil.example/x.mp4'></video>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></math>",
    "<div hx-get='/cases/1' hx-trigger='load' id='reader' class='composer' name='csrf'>x</div>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<p onclick=alert(1) onmouseover='alert(1)'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<img src='https://evil.example/track.gif' srcset='https://evil.example/2x.gif 2x'>",
)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_of_a_mail_runs_loads_or_poses_as_ours(html: str) -> None:
    safe = clean(html, {}).html.lower()
    for word in (
        "script",
        "onerror",
        "onload",
        "onclick",
        "onmouse",
        "hx-",
        "evil.example",
        "srcset",
    ):
        assert word not in safe, safe
    for word in (
        "<form",
        "<input",
        "<iframe",
        "<style",
        "<svg",
        " id=",
        " class=",
        " name=",
        "fixed",
    ):
        assert word not in safe, safe


def test_what_is_harmless_stays_as_it_was_laid_out() -> None:
    html = "<h1>Hola</h1><table border='1'><tr><td style='color:#123456'>A</td></tr></table>"
    safe = clean(html + "<a href='https://x.example/'>x</a>", {}).html
    assert "<h1>Hola</h1>" in safe
    assert "#123456" in safe
    assert 'rel="noopener noreferrer nofollow"' in safe
    assert 'target="_blank"' in safe


def test_pictures_of_the_mail_are_shown_and_those_from_elsewhere_are_counted() -> None:
    html = "<img src='cid:logo'><img src='https://evil.example/a'><img src='cid:gone'>"
    safe = clean(html, {"logo": Picture("image/png", PIXEL)})
    assert "data:image/png;base64,iVBOR" in safe.html
    assert safe.blocked == 2


def test_pictures_that_are_wished_come_from_us_and_nothing_else_does() -> None:
    html = "<img src='https://a.example/b.gif'><img src='cid:shown-by-us.7'><img src='/admin'>"
    safe = clean(html, {}, proxied=lambda number: f"/pictures/{number}")
    assert safe.html == '<img src="/pictures/0"><img><img>'


def test_a_megabyte_of_nesting_is_cleaned_in_one_go() -> None:
    assert "x" in clean("<div>" * 20_000 + "x", {}).html


def _message(visitor: Visitor, subject: str) -> str:
    page = visitor.get(f"/cases/{case_about(subject).id}").text
    found = re.search(r"/messages/(\d+)/original", page)
    assert found is not None
    return found[1]


def test_the_body_of_a_mail_is_shown_without_its_tricks(enter: Enter) -> None:
    admin = enter(ADMIN)
    body = admin.get(f"/messages/{_message(admin, 'Factura')}/body").text
    assert "<td>89,90 €</td>" in body
    assert "data:image/png;base64" in body
    assert "rastreo.example" not in body
    assert "alert(1)" not in body


def test_the_frame_is_asked_for_and_never_the_first_thing_shown(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    number = _message(admin, "Factura")
    assert "<iframe" not in admin.get(f"/cases/{case.id}").text
    page = admin.get(f"/cases/{case.id}?html={number}").text
    assert re.search(rf'<iframe[^>]+sandbox="[^"]+"[^>]+src="/messages/{number}/body"', page)
    assert "allow-scripts" not in page


def test_pictures_from_elsewhere_are_shown_once_or_always_of_their_sender(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    number = _message(admin, "Factura")
    page, body = f"/cases/{case.id}?html={number}", f"/messages/{number}/body"
    assert "No se cargó 1 imagen externa." in admin.get(page).text
    assert f'src="{body}?pictures=1"' in admin.get(f"{page}&pictures=1").text
    assert f"/messages/{number}/pictures/0" in admin.get(f"{body}?pictures=1").text
    assert admin.post(f"/messages/{number}/pictures", always="yes").status_code == 303
    # A colleague has the same senders, since it is the shop that was written to.
    colleague = enter(BEA)
    assert "se muestran siempre" in colleague.get(page).text
    assert f"/messages/{number}/pictures/0" in colleague.get(body).text
    with transaction() as session:
        session.get_one(Message, int(number)).trust = Trust.FAIL
    assert f"/messages/{number}/pictures/0" not in colleague.get(body).text
    assert admin.post(f"/messages/{number}/pictures", always="yes").status_code == 409
    assert "Siempre de este remitente" not in colleague.get(page).text


def test_files_are_saved_under_their_name_and_never_opened(enter: Enter) -> None:
    admin = enter(ADMIN)
    page = admin.get(f"/cases/{case_about('Factura').id}").text
    path = re.findall(r"/messages/\d+/attachments/\d+", page)[1]
    file = admin.get(path)
    assert file.data == b"%PDF-1.4 factura"[: len(file.data)]
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment; filename=")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Security-Policy"].startswith("sandbox;")
    assert admin.get(re.sub(r"\d+$", "900", path)).status_code == 404


def test_the_original_is_the_mail_byte_for_byte(enter: Enter) -> None:
    admin = enter(ADMIN)
    original = admin.get(f"/messages/{_message(admin, 'Factura')}/original")
    assert original.data.startswith(b"From: ")
    assert b"<script>alert(1)</script>" in original.data
    assert ".eml" in original.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("a\x00b\r\nX: y.pdf", "abX_ y.pdf"),
        ("CON.txt", "_CON.txt"),
        ("  ...  ", "file"),
        ("", "file"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ('a"b;c.pdf', "a_b;c.pdf"),
    ],
)
def test_a_files_name_is_only_a_name(name: str, shown: str) -> None:
    assert file_names.shown(name) == shown
    header = file_names.disposition(name)
    assert "\n" not in header
    assert header.count('"') == 2


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (48_000_000, "48 MB")]
)
def test_sizes_are_said_in_units_people_know(number: int, said: str) -> None:
    assert file_names.size(number) == said
