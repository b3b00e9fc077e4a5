"""Bodies: small mails in one go, large ones in pieces, too large ones without their files."""

from collections.abc import Callable, Sequence

from cases import clock
from inbox.intake.imap import answers
from inbox.intake.imap.answers import Answer
from inbox.intake.imap.skimming import TooStrange, skim
from inbox.spool import Fetched

CHUNK = 2**20
# The library holds a literal several times over, so what is larger comes in pieces.
AT_ONCE = 2 * CHUNK

Fetch = Callable[[Sequence[int], Sequence[str]], dict[int, Answer]]


def fetch_batch(fetch: Fetch, batch: Sequence[tuple[int, int]], largest: int) -> list[Fetched]:
    """The mails of a batch that are still there, by UID."""
    small = {uid: size for uid, size in batch if size <= min(AT_ONCE, largest)}
    said = fetch(list(small), ["BODY.PEEK[]", "INTERNALDATE"]) if small else {}
    # Answers about mails nobody asked for are about flags, which others change meanwhile.
    found = [_small(uid, size, said.get(uid, {})) for uid, size in small.items()]
    for uid, size in batch:
        if uid not in small:
            whole = size <= largest
            found.append(fetch_whole(fetch, uid, size) if whole else _part(fetch, uid, size))
    return sorted((one for one in found if one is not None), key=lambda one: one.uid)


def _small(uid: int, size: int, said: Answer) -> Fetched | None:
    if answers.REFUSED in said:
        # People see an empty mail on the failures page, and can ask for it again.
        return Fetched(uid, b"", clock.now(), size, partial=True)
    content = answers.body(said)
    if content is None:
        return None
    return Fetched(uid, content, answers.arrived_at(said), size)


def fetch_whole(fetch: Fetch, uid: int, size: int) -> Fetched | None:
    """A large mail, piece by piece."""
    said = fetch([uid], ["INTERNALDATE"]).get(uid)
    content = bytearray()
    while said is not None:
        items = [f"BODY.PEEK[]<{len(content)}.{CHUNK}>"]
        piece = answers.body(fetch([uid], items).get(uid, {}), len(content))
        if piece is None:
            return None
        content += piece
        if len(piece) < CHUNK:
            return Fetched(uid, bytes(content), answers.arrived_at(said), size)
    return None


def _part(fetch: Fetch, uid: int, size: int) -> Fetched | None:
    said = fetch([uid], ["INTERNALDATE"]).get(uid)
    if said is None:
        return None
    try:
        content = skim(lambda items: fetch([uid], items).get(uid, {}))
    except TooStrange:
        found = answers.body(fetch([uid], [f"BODY.PEEK[]<0.{CHUNK}>"]).get(uid, {}), 0)
        content = found or b""
    if not content:
        return None
    return Fetched(uid, content, answers.arrived_at(said), size, partial=True)
