"""What the embedded mail servers are asked to serve, as one line of JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the process is to serve."""

    folder: str
    imap_port: int
    smtp_port: int
    users: dict[str, str]
    bounces: tuple[str, ...] = ()

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        return cls(**json.loads(line))
