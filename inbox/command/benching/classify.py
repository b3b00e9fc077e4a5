"""Tagging beside the sentence encoder alone, on the same texts and by turns."""

import random
import time
from typing import Any

from sqlalchemy import insert

from cases import clock
from cases.case import Case
from cases.contact import introduce
from cases.db import transaction
from cases.mail import Origin
from cases.message import Direction, Message
from classifiers import encoder
from inbox.command.benching.installing import installed
from inbox.command.benching.mails import SENTENCES, SUBJECTS
from inbox.intake import tagging

TURN = tagging.BATCH


def classify(number: int, url: str) -> dict[str, Any]:
    """Messages are tagged as the worker does it, rows and all."""
    turns = max(number // TURN, 1)
    with installed(url) as bench:
        texts = _texts((turns + 1) * TURN)
        case_id = _case()
        _turn(case_id, texts[:TURN])
        spent = [
            _turn(case_id, texts[start : start + TURN]) for start in range(TURN, len(texts), TURN)
        ]
        servers = bench.database
    tagged, encoded = (turns * TURN / sum(one) for one in zip(*spent, strict=True))
    return {
        "texts": turns * TURN,
        "servers": servers,
        "encoder": encoder.available(),
        "texts_per_s": round(tagged, 1),
        "encoder_per_s": round(encoded, 1),
        "ratio": round(tagged / encoded, 3),
    }


def _turn(case_id: int, texts: list[tuple[str, str]]) -> tuple[float, float]:
    """Seconds to tag these texts, and to encode them alone."""
    _file(case_id, texts)
    began = time.perf_counter()
    tagging.tag_waiting()
    between = time.perf_counter()
    encoder.encode([f"{subject}\n{body}" for subject, body in texts])
    return between - began, time.perf_counter() - between


def _texts(number: int) -> list[tuple[str, str]]:
    chance = random.Random(5)  # noqa: S311  no secret
    texts = []
    for n in range(number):
        language = chance.choice(("es", "en"))
        said = chance.choices(SENTENCES[language], k=chance.randint(1, 5))
        subject = chance.choice(SUBJECTS[language]).format(n=n)
        texts.append((subject, " ".join(said).format(n=n)))
    return texts


def _case() -> int:
    now = clock.now()
    with transaction() as session:
        contact = introduce(session, "ana@cliente.test", name="Ana", at=now)
        case = Case(subject="Pedido", contact=contact, opened_at=now, last_at=now)
        session.add(case)
        session.flush()
        return case.id


def _file(case_id: int, texts: list[tuple[str, str]]) -> None:
    about = {
        "case_id": case_id,
        "direction": Direction.IN,
        "origin": Origin.CUSTOMER,
        "arrived_at": clock.now(),
        "to_tag": True,
    }
    with transaction() as session:
        session.execute(
            insert(Message),
            [{**about, "subject": subject, "new_text": body} for subject, body in texts],
        )
