"""Hostile mails made by chance from real-shaped ones; the same seed makes the same mails."""

import base64
import random
from collections.abc import Callable, Iterator

MOST = 300_000

_CHARSETS = (
    "utf-8", "iso-8859-1", "windows-1252", "iso-2022-jp", "utf-7", "utf-16", "gb18030", "big5",
    "unknown-8bit", "", "x-\x00null", "idna", "punycode", "base64", "hex", "rot13", "utf-8\xff",
    "=?utf-8?q?utf-8?=", "us-ascii;", "cp65001", "unicode_escape", "undefined", "koi8-r", "a" * 300,
)  # fmt: skip
_ENCODINGS = ("7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "binary", "", "x-yenc")
_TYPES = (
    "text/plain", "text/html", "text/enriched", "text/calendar; method=REQUEST", "text/rtf",
    "text/rfc822-headers", "message/rfc822", "message/delivery-status", "message/partial",
    "message/disposition-notification", "message/feedback-report", "application/ms-tnef",
    "application/pkcs7-mime; name=smime.p7m",
    "application/octet-stream", "image/png", "message/global", "message/external-body", "text",
    "multipart/mixed", "audio/", "/", "text/plain text/html", "message/global-delivery-status",
)  # fmt: skip
_CONTAINERS = (
    "mixed",
    "alternative",
    "related",
    "report",
    "digest",
    "signed",
    "x-odd",
    "appledouble",
)
_NAMES = (
    'name="a.txt"', "name*=utf-8''%E2%82%AC.txt", "name*0=a; name*1=b; name*1*=%FF", "name=\"a",
    "filename*0*=''x; filename*2=y", "name==?utf-8?b?4oKs?=", "name*=a'b'c'd",
    'name="\\"' + "\\" * 50,
)  # fmt: skip
_HEADERS = (
    b"Subject: =?utf-8?q?pedido?= =?iso-8859-1?b?8Q==?= =?utf-8?b?4oI=?= =?utf-8?b?rA==?=",
    b"Subject: =?x?q?=?= =?utf-8?b?=", b"From: \xff\xfe <a@b>, (((((c@d", b"From: a@b:;;<,>@@",
    b'From: "Ana \\" <ana@c.example>', b"To: undisclosed-recipients:;", b"Date: 99 Foo 20x6 25:61",
    b"Date: Thu, 01 Jan 99999 00:00:00 +9999", b"Date: Mon, 2 Mar 2026 10:00:00 -0000 (((",
    b"Message-ID: <<a@b>>", b"Message-ID: a b c", b"References: <a@b><c@d> <e", b"Return-Path: <>",
    b"Auto-Submitted: auto-replied (x", b"List-Id: <<<", b"Authentication-Results: ;;;=;",
    b"Authentication-Results: mx.tienda.example; dmarc=pass header.from=(((", b"Precedence: bulk",
    b"X-Failed-Recipients: a@b, ,,", b"Content-Type: multipart/mixed; boundary=\"",
    b"Content-Type: text/plain; charset=\"\\", b"Content-Disposition: attachment; filename*=",
    b"Received: from [::::] by ((( with ;;; Mon", b"Received: ", b"X-Amz-Sns-Message-Id: x",
    b"Sender: =?utf-8?", b"Reply-To: <>, <>", b"Subject: Fwd: Re: [x] Undelivered Mail",
    b"Subject: Automatic reply: x", b"In-Reply-To: <tregua.c1.x.y@tienda.example>",
    b"Content-Transfer-Encoding: base64", b"Bcc: \x00", b"\x80\x81: \x82", b": ", b" folded",
)  # fmt: skip
_LINES = (
    b"", b" ", b">", b"> >> >", b"On 3 May 2025, Ana <a@b.example> wrote:", b"From: Ana <a@b>",
    b"El mar, 3 mar 2026 a las 10:00, Ana (<a@b.example>) escribi\xc3\xb3:", b"To: ", b"-- ",
    b"Sent: Monday", b"-----Original Message-----", b"________________________________", b"|",
    b"-----BEGIN PGP SIGNED MESSAGE-----", b"-----BEGIN PGP SIGNATURE-----",
    b"MIAGCSqGSIb3DQEHAqCAMIACAQExADCABgkqhkiG9w0BBwGggCSABAJDb250ZW50LQ==",
    b"CAUTION: this email comes from outside. Do not open attachments", "señal".encode() * 9,
    "Ana arbeitet montags nicht. Urgente? c'est-à-dire l'équipe lit seÃ±al".encode(),
    b"I am on leave until Monday. For urgent matters please contact bob@b.example or 555 0100",
    b"Hemos recibido su consulta y le responderemos en breve. Urgente? Llame al 600 000 000.",
    b"* Ana <a@b.example> [2026-11-24 10:12]:", b"Ana",
    b"Enviado desde mi iPhone", b"Regards,", b"begin 644 a.txt", b"end", b"`", b"M" + b"!" * 60,
    b"=ybegin line=128 size=9 name=a", b"=yend", b"BEGIN:VCALENDAR", b"END:VEVENT", b"\xff\xfe\x00",
    b"Final-Recipient: rfc822; a@b.example", b"Action: failed", b"Status: 5.1.1", b"\xe2\x80\xa8",
    b"Diagnostic-Code: smtp; 550 5.1.1 <a@b.example>... no",
    b"<a@b.example>: host x[1.2.3.4] said:",
    b"The following addresses had permanent fatal errors",
    b"This message was created automatically",
    b"I am out of the office until 3 May", b"Estoy fuera hasta el 31 de febrero de 99999",
    b"<" * 70,
    b"<div><blockquote>", b"<table><tr><td>", b"<!--", b"<style>", b"&#x110000;&#0;&bogus",
    b"a@" * 30,
    b"=E2=82=", b"=", b"=?utf-8?q?", b"Hola, no llega mi pedido 4711", b"1.", b"* ",
    b"\x1b$B$3", b"http://",
)  # fmt: skip


def mails(seed: int, seeds: tuple[bytes, ...] = ()) -> Iterator[bytes]:
    """Endlessly many mails: trees made anew, and mutations of these and of the given ones."""
    chance = random.Random(seed)
    pool = [*seeds, *(tree(chance) for _ in range(20))]
    while True:
        content = tree(chance) if chance.random() < 0.3 else chance.choice(pool)
        for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
            content = chance.choice(_MUTATIONS)(chance, content, pool)[:MOST]
        yield content
        if chance.random() < 0.05:
            pool[chance.randrange(len(pool))] = content[:60_000]


def tree(chance: random.Random) -> bytes:
    """A mail that a program could have sent, had it been written in anger."""
    headers = [b"From: Ana <ana@cliente.example>", b"To: soporte@tienda.example"]
    headers += chance.sample(_HEADERS, chance.randrange(1, 9))
    return b"\r\n".join(headers) + b"\r\n" + _part(chance, depth=0)


def _part(chance: random.Random, *, depth: int) -> bytes:
    if chance.random() < 0.5 / (1 + depth / 6):
        return _container(chance, depth=depth)
    kind, body = chance.choice(_TYPES), _body(chance)
    encoding = chance.choice(_ENCODINGS)
    if encoding == "base64" and chance.random() < 0.7:
        body = base64.encodebytes(body)
    head = f"Content-Type: {kind}; charset={chance.choice(_CHARSETS)}; {chance.choice(_NAMES)}\r\n"
    head += f"Content-Transfer-Encoding: {encoding}\r\n"
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + body + b"\r\n"


def _container(chance: random.Random, *, depth: int) -> bytes:
    boundary = chance.choice((b"b", b"b" * 80, b"=_%d" % depth, b"", b" x ", b"--", b"\xff"))
    declared = boundary if chance.random() < 0.9 else b"other"
    kind = chance.choice(_CONTAINERS).encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind, declared)
    if depth == 0 and chance.random() < 0.05:
        return head + (b"--%s\r\n" % declared + head) * chance.choice((60, 400, 1500))
    most = chance.choice((0, 1, 2, 3, 1500 if depth == 0 else 3))
    few = [_part(chance, depth=depth + 1) for _ in range(min(most, 3))]
    parts = few * (most // 3) if most > 3 else few
    inner = b"".join(b"--%s\r\n%s" % (boundary, part) for part in parts)
    return head + inner[:MOST] + (b"--%s--\r\n" % boundary if chance.random() < 0.8 else b"")


def _body(chance: random.Random) -> bytes:
    form = chance.randrange(6)
    if form == 0:
        return chance.choice(_LINES) * chance.choice((1, 100, 5_000))
    if form == 1:
        return (chance.choice(_LINES) + b"\n") * chance.choice((10, 1_000, 20_000))
    if form == 2:
        return b"\x78\x9f\x3e\x22" + chance.randbytes(chance.choice((2, 50, 3_000)))
    if form == 3:
        return _tags(chance)
    newline = chance.choice((b"\n", b"\r\n", b"\r"))
    return newline.join(chance.choices(_LINES, k=chance.choice((1, 10, 60, 400))))


def _tags(chance: random.Random) -> bytes:
    tag = chance.choice(
        (b"<div>", b"<blockquote>", b"<table><tr><td>", b"<ul><li>", b"<b>", b"<p", b"<a href=")
    )
    return tag * chance.choice((1, 50, 2_000)) + b"x" + b"</div>" * chance.choice((0, 50, 2_000))


Mutation = Callable[[random.Random, bytes, list[bytes]], bytes]


def _span(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 3, 20, 200, 5_000)))


def _flip(chance: random.Random, content: bytes, _pool: list[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 5, 50)) if content else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _drop(chance: random.Random, content: bytes, _pool: list[bytes]) -> bytes:
    start, end = _span(chance, content)
    return content[:start] + content[end:]


def _repeat(chance: random.Random, content: bytes, _pool: list[bytes]) -> bytes:
    start, end = _span(chance, content)
    times = min(chance.choice((2, 30, 3_000, 100_000)), MOST // (end - start + 1))
    return content[:end] + content[start:end] * times + content[end:]


def _insert(chance: random.Random, content: bytes, _pool: list[bytes]) -> bytes:
    at = chance.randrange(len(content) + 1)
    if chance.random() < 0.7:
        at = content.rfind(b"\n", 0, at) + 1
    word = chance.choice((*_LINES, *_HEADERS))
    if chance.random() < 0.2:
        word = word * chance.choice((40, 2_000))
    return (
        content[:at] + word + chance.choice((b"", b"\r\n", b"\n", b"\n" * 100_000)) + content[at:]
    )


def _in_the_header(chance: random.Random, content: bytes, _pool: list[bytes]) -> bytes:
    header = chance.choice(_HEADERS)
    fold = chance.choice(
        (b"", b" x" * 5_000, b" =?utf-8?q?a?=" * 5_000, b"\r\n a" * 20_000, b"," * 99_000)
    )
    return header + fold + b"\r\n" + content


def _splice(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    other = chance.choice(pool)
    start, end = _span(chance, other)
    at = chance.randrange(len(content) + 1)
    return content[:at] + other[start : chance.choice((end, len(other)))] + content[at:]


def _newlines(chance: random.Random, content: bytes, _pool: list[bytes]) -> bytes:
    plain = content.replace(b"\r\n", b"\n")
    return plain.replace(b"\n", chance.choice((b"\r", b"\n", b"\r\r\n", b"\n\n", b"\n\r")))


def _enclose(chance: random.Random, content: bytes, _pool: list[bytes]) -> bytes:
    head = b"From: x@y.example\r\nContent-Type: message/rfc822\r\n\r\n"
    return head * chance.choice((1, 3, 300)) + content


_MUTATIONS: tuple[Mutation, ...] = (
    _flip, _drop, _repeat, _insert, _in_the_header, _splice, _newlines, _enclose,
)  # fmt: skip
