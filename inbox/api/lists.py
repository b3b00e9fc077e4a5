"""Lists of addresses in the body of a request, and lists in answers: CSV, NDJSON or plain lines."""

import base64
import binascii
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from cases.contact import Kind
from inbox.api.naming import PLAIN, READERS
from inbox.api.problems import N_, Problem

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{43,44}):")
NAMED_INVALID = 100
HEADER = "address\n"
HEADERS = frozenset({"address", "email", "e-mail", "phone", "customer_id"})
LINES = ("text/csv", "text/plain")
# Addresses that are written as they are matched, one a line, are looked at all at once. What was
# matched is never given back, so this takes as long as the text is.
PLAIN_LINES = re.compile(f"(?:{HEADER})?(?:{PLAIN}\\r?\\n)*+(?:{PLAIN})?+")


@dataclass(frozen=True, slots=True)
class Read:
    """A list as it was read."""

    values: list[str]
    invalid: list[int]
    """Numbers (from 0) of the first lines that name nobody."""
    invalid_n: int


def read(kind: Kind) -> Read:
    """The identifiers in the body of this request, as they are matched."""
    content = request.get_data()
    check_digest(content, request.headers.get("Content-Digest"))
    text = content.decode("utf-8-sig", errors="replace")
    if kind is Kind.ADDRESS and request.mimetype in LINES and PLAIN_LINES.fullmatch(text):
        return Read(text.splitlines()[text.startswith(HEADER) :], [], 0)
    return normalise(kind, _lines(text))


def normalise(kind: Kind, lines: Iterable[str]) -> Read:
    """Those lines as identifiers."""
    values: list[str] = []
    invalid: list[int] = []
    count = 0
    read_one = READERS[kind]
    for n, line in enumerate(lines):
        try:
            values.append(read_one(line))
        except Problem:
            count += 1
            if len(invalid) < NAMED_INVALID:
                invalid.append(n)
    return Read(values, invalid, count)


def check_digest(content: bytes, said: str | None) -> None:
    """Refuse a body that is not the one whose digest was sent (RFC 9530)."""
    if said is None:
        return
    found = _DIGEST.search(said[:1000])
    try:
        wanted = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        wanted = b""
    if wanted != hashlib.sha256(content).digest():
        raise Problem(400, "digest-differs", N_("The body is not the one its digest speaks of."))


def _lines(text: str) -> Iterator[str]:
    if request.mimetype == "application/x-ndjson":
        return (_address(line) for line in text.splitlines() if line.strip())
    if request.mimetype not in LINES:
        raise not_a_list()
    return first_cells(text)


def not_a_list() -> Problem:
    return Problem(415, "unsupported-media-type", N_("Send JSON, NDJSON or CSV."))


def first_cells(text: str) -> Iterator[str]:
    """What stands first in each line, without that of the line that names the columns."""
    if '"' in text:
        rows = _of_csv(text)
    else:
        rows = (line.split(",", 1)[0] for line in text.splitlines() if line.strip())
    return _without_header(rows)


def _of_csv(text: str) -> Iterator[str]:
    try:
        yield from (row[0] for row in csv.reader(io.StringIO(text, newline="")) if row and row[0])
    except csv.Error as wrong:
        # Something of 128 kB stands between two of them.
        raise Problem(
            400, "bad-request", N_("A quotation mark is opened and never closed.")
        ) from wrong


def _without_header(rows: Iterator[str]) -> Iterator[str]:
    for n, row in enumerate(rows):
        if n or row.strip().lower() not in HEADERS:
            yield row


def _address(line: str) -> str:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    found = said.get("address", "") if isinstance(said, dict) else said
    return found if isinstance(found, str) else ""


def answer(names: list[str], rows: Iterable[Sequence[Any]], etag: str) -> Response:
    """Those rows of those columns as CSV, or as NDJSON for who prefers it."""
    wants = request.accept_mimetypes.best_match(
        ["text/csv", "application/x-ndjson"], default="text/csv"
    )
    if wants == "text/csv":
        made = io.StringIO(newline="")
        writer = csv.writer(made, lineterminator="\r\n")
        writer.writerow(names)
        # The module writes nothing for None.
        writer.writerows(rows)
        text = made.getvalue()
    else:
        told = (dict(zip(names, row, strict=True)) for row in rows)
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told)
    made_answer = Response(text, content_type=f"{wants}; charset=utf-8")
    made_answer.set_etag(etag if wants == "text/csv" else f"{etag}-lines")
    made_answer.headers["Vary"] = "Accept, Authorization"
    made_answer.headers["Cache-Control"] = "private, no-cache"
    made_answer.make_conditional(request)
    return made_answer
