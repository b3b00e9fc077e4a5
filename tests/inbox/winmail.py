"""A winmail.dat as Outlook writes it."""

import struct


def winmail(name: bytes, content: bytes) -> bytes:
    """The smallest winmail.dat with one file in it."""

    def attribute(kind: int, number: int, content: bytes) -> bytes:
        head = struct.pack("<BHHI", 2, number, kind, len(content))
        return head + content + struct.pack("<H", sum(content) & 0xFFFF)

    opening = struct.pack("<IH", 0x223E9F78, 1)
    begins = attribute(6, 0x9002, bytes(14))
    return opening + begins + attribute(1, 0x8010, name + b"\0") + attribute(6, 0x800F, content)
