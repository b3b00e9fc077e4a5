"""Tagging beside the sentence encoder alone, on the same texts and by turns."""

import random
import time
from typing import Any

from cases import clock
from cases.case import Case
from cases.contact import introduce
from cases.db import transaction
from cases.history import What
from cases.mail import Origin
from cases.message import Direction, Message
from classifiers import encoder
from inbox.command.benching.installing import installed
from inbox.command.benching.mails import SENTENCES, SUBJECTS
from inbox.intake import tagging

# Sentences in a mail: what people write to a shop has some eighty words.
LEAST, MOST = 2, 10
TURN = 3 * tagging.BATCH
"""Texts of a turn; a bench of fewer has one short turn."""


def classify(number: int, url: str) -> dict[str, Any]:
    """Messages are tagged as the worker does it, rows and all."""
    size = min(number, TURN)
    turns = number // size
    with installed(url) as bench:
        texts = _texts((turns + 1) * size)
        _turn(texts[:size])
        spent = [_turn(texts[start : start + size]) for start in range(size, len(texts), size)]
        servers = bench.database
    tagged, encoded = (turns * size / sum(one) for one in zip(*spent, strict=True))
    return {
        "texts": turns * size,
        "servers": servers,
        "encoder": encoder.available(),
        "texts_per_s": round(tagged, 1),
        "encoder_per_s": round(encoded, 1),
        "ratio": round(tagged / encoded, 3),
    }


def _turn(texts: list[tuple[str, str]]) -> tuple[float, float]:
    """Seconds to tag these texts, and to encode them alone."""
    _file(texts)
    began = time.perf_counter()
    tagging.tag_waiting()
    between = time.perf_counter()
    for start in range(0, len(texts), tagging.BATCH):
        batch = texts[start : start + tagging.BATCH]
        encoder.encode([f"{subject}\n{body}" for subject, body in batch])
    return between - began, time.perf_counter() - between


def _texts(number: int) -> list[tuple[str, str]]:
    chance = random.Random(5)  # noqa: S311  no secret
    texts = []
    for n in range(number):
        language = chance.choice(("es", "en"))
        said = chance.choices(SENTENCES[language], k=chance.randint(LEAST, MOST))
        subject = chance.choice(SUBJECTS[language]).format(n=n)
        texts.append((subject, " ".join(said).format(n=n)))
    return texts


def _file(texts: list[tuple[str, str]]) -> None:
    """Each text is the first message of a case of its own."""
    now = clock.now()
    with transaction() as session:
        for n, (subject, body) in enumerate(texts):
            address = f"c{n}.{time.time_ns()}@cliente.test"
            contact = introduce(session, address, name="", at=now)
            case = Case(subject=subject, contact=contact, opened_at=now, last_at=now)
            session.add_all([case, _message(case, subject, body)])
            # Its exclusions are written now, as when a mail is filed, and not with its tag.
            case.happened(What.OPENED, by="", at=now)


def _message(case: Case, subject: str, body: str) -> Message:
    return Message(
        case=case,
        direction=Direction.IN,
        origin=Origin.CUSTOMER,
        subject=subject,
        new_text=body,
        arrived_at=case.opened_at,
        to_tag=True,
    )
