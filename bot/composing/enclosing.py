"""Files that go with a mail: the body and the files as parts of one container. Pure."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,60}/[a-z0-9][\w.+-]{0,80}")
_ANY = "application/octet-stream"
_PLAIN = re.compile(r"[A-Za-z0-9 !#$&+.^_`~()@,-]{1,120}")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file: its name, type and bytes."""

    name: str
    type: str
    content: bytes


def with_files(body: str, files: Sequence[Enclosure]) -> str:
    """The fields and the body of a mail that carries files; `body` begins with its own fields."""
    mark = hashlib.sha256(body.encode())
    for file in files:
        mark.update(hashlib.sha256(file.content).digest())
    # No base64 line holds "=_", and nobody can write the digest of their own text in it.
    boundary = f"=_{mark.hexdigest()[:40]}"
    parts = "".join(f"--{boundary}\r\n{part}\r\n" for part in (body, *map(_part, files)))
    about = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\nMIME-Version: 1.0\r\n'
    return f"{about}\r\n{parts}--{boundary}--\r\n"


def kind_of(file: Enclosure) -> str:
    """The type as it may stand in a header; containers and mails travel as plain bytes."""
    kind = file.type.strip().lower()
    inside = kind.startswith(("multipart/", "message/"))
    return kind if _TYPE.fullmatch(kind) and not inside else _ANY


def _part(file: Enclosure) -> str:
    lines = base64.encodebytes(file.content).decode("ascii").replace("\n", "\r\n")
    return (
        f"Content-Type: {kind_of(file)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {_named(file.name)}\r\n\r\n{lines}"
    )


def _named(name: str) -> str:
    """The name as it is, or as RFC 2231 writes what ASCII cannot; never both, as readers differ."""
    if _PLAIN.fullmatch(name):
        return f'filename="{name}"'
    return f"filename*=UTF-8''{quote(name.encode('utf-8', 'replace')[:240], safe='')}"
