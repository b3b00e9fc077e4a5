"""The whole feed at one seq, as NDJSON or CSV with a trailer: a file without it is cut off."""

import csv
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions.feed import Head
from cases.exclusions.rows import FeedEntry
from cases.exclusions.spans import joined
from inbox.api.cursors import Cursor
from inbox.api.seeing import KINDS, View

IN_MEMORY = 4 * 2**20
ROWS_AT_ONCE = 5000
LINES_AT_ONCE = 500
PIECE = 256 * 1024
NDJSON, CSV = "application/x-ndjson", "text/csv; header=present"
Item = dict[str, Any]


_ROWS = select(FeedEntry.seq, FeedEntry.kind, FeedEntry.value, FeedEntry.holds)


def page(session: Session, view: View, after: int, limit: int) -> tuple[list[Item], int | None]:
    """One page of the held identifiers, and after which seq the next begins, if there is one."""
    query = _ROWS.where(FeedEntry.seq > after).order_by(FeedEntry.seq).limit(limit + 1)
    rows = session.execute(query).all()
    told = (an_item(view, *row[1:]) for row in rows[:limit])
    items = [item | _at(view, row[0]) for item, row in zip(told, rows, strict=False) if item]
    return items, rows[limit - 1][0] if len(rows) > limit else None


def everybody(session: Session, view: View) -> Iterator[Item]:
    """All held identifiers as that view tells them, in the order of their last change."""
    query = _ROWS.order_by(FeedEntry.seq).execution_options(yield_per=ROWS_AT_ONCE)
    for seq, kind, value, holds in session.execute(query):
        item = an_item(view, kind, value, holds)
        if item is not None:
            yield item | _at(view, seq)


def _at(view: View, seq: int) -> Item:
    return {"seq": seq} if "seq" in view.fields else {}


def an_item(view: View, kind: Kind, value: str, holds: list[Item]) -> Item | None:
    """One held identifier; None where nothing concerns that view."""
    found = view.spans(holds)
    if not found:
        return None
    item = {"kind": KINDS[kind], view.field: view.name(value)}
    if len(found) == 1:
        return item | view.tell(found[0])
    told = [view.tell(span) for span in found]
    # The first three fields are right for who reads no further: held from here to there.
    whole = view.tell(joined(found)[0])
    # More than one only where there is a gap between them, or the token may see their causes.
    return item | told[0] | whole | ({"holds": told} if told[0] else {})


def write(
    session: Session, view: View, head: Head, *, as_csv: bool, packed: bool
) -> SpooledTemporaryFile[bytes]:
    """The snapshot in a temporary file, so that a slow reader holds no connection."""
    file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(  # noqa: SIM115  closed by who sends it
        max_size=IN_MEMORY
    )
    cursor = str(Cursor(head.epoch, head.seq, view.digest()))
    with ExitStack() as stack:
        target = cast(IO[bytes], file)
        if packed:
            # Without a time in it the same content has the same bytes, as its ETag says.
            packer = gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6, mtime=0)
            target = cast(IO[bytes], stack.enter_context(packer))
        _fill(target, everybody(session, view), view, head, cursor, as_csv=as_csv)
    return file


def _fill(
    target: IO[bytes], rows: Iterator[Item], view: View, head: Head, cursor: str, *, as_csv: bool
) -> None:
    digest = hashlib.sha256()
    text = _csv(rows, view) if as_csv else _ndjson(rows, view, head, cursor)
    count = 0
    while lines := list(islice(text, LINES_AT_ONCE)):
        content = "".join(lines).encode()
        digest.update(content)
        target.write(content)
        count += len(lines)
    # The first line is the header; the digest covers all lines before this one.
    trailer = {"end": True, "count": count - 1, "cursor": cursor, "sha256": digest.hexdigest()}
    last = f"#end,{count - 1},{cursor}\r\n" if as_csv else json.dumps(trailer) + "\n"
    target.write(last.encode())


def _ndjson(rows: Iterator[Item], view: View, head: Head, cursor: str) -> Iterator[str]:
    header = {
        "feed": "tregua-exclusions-1",
        "epoch": head.epoch,
        "seq": head.seq,
        "cursor": cursor,
        "campaign_class": view.question.campaign_class,
        "topic": view.question.topic,
        "hash": view.form,
    }
    yield json.dumps(header) + "\n"
    dumps: Callable[[Item], str] = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":")
    ).encode
    for row in rows:
        yield dumps(row) + "\n"


class _Line:
    """Gives back what the csv module writes."""

    def write(self, text: str) -> str:
        return text


def _csv(rows: Iterator[Item], view: View) -> Iterator[str]:
    names = ["address", "hash", "action", "starts_at", "until"]
    names += ["group"] * view.groups + ["reason"] * view.reasons + ["topics", "seq"]
    names = [name for name in names if name in {"address", "hash", *view.fields}]
    writer = csv.DictWriter(
        _Line(), names, restval="", extrasaction="ignore", lineterminator="\r\n"
    )
    yield str(writer.writerow(dict(zip(names, names, strict=True))))
    for row in rows:
        for span in row.get("holds") or [row]:
            yield str(writer.writerow({"topics": view.question.topic, **row, **span}))


def pieces(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    """The file from its beginning, piece by piece."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
