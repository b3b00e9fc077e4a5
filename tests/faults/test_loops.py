"""Machines that answer machines fall silent soon, whatever they strip, change or pretend."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.policy import Reply
from cases.db import scratch
from cases.mail import Origin
from tests.builders import MORNING
from tests.peers import Installation, without_marks
from tests.raw import a_raw

HERE, THERE = "soporte@aqui.example", "help@there.example"


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """Who answers whom is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def here(installation: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with scratch() as session:
        yield Installation(HERE, session, monkeypatch)


@pytest.fixture
def there(installation: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with scratch() as session:
        yield Installation(THERE, session, monkeypatch)


def _exchange(
    here: Installation, there: Installation, *, stripped: bool, threading: bool, hours: float = 24
) -> int:
    """A person writes once, then only the programs write; how many mails they send."""
    content: bytes | None = a_raw(
        THERE, "Order", "Where?", at=MORNING, to=(HERE,), id="1@t.example"
    )
    at, sent = MORNING, 0
    sides = [here, there]
    while content is not None and at < MORNING + timedelta(hours=hours):
        content = sides[sent % 2].takes(content, at)
        if content is not None:
            sent += 1
            content = without_marks(content, threading=threading) if stripped else content
        at += timedelta(seconds=1)
    return sent


def test_two_installations_that_acknowledge_stop_after_one_mail(
    here: Installation, there: Installation
) -> None:
    assert _exchange(here, there, stripped=False, threading=False) == 1
    assert there.messages()[0].origin is Origin.AUTO_REPLY
    assert "automatic reply" in there.decided[-1].reason


def test_they_stop_after_two_if_a_gateway_strips_the_marks(
    here: Installation, there: Installation
) -> None:
    assert _exchange(here, there, stripped=True, threading=False) <= 2


def test_they_stop_even_if_nothing_is_left_to_tell_them_by(
    here: Installation, there: Installation
) -> None:
    assert _exchange(here, there, stripped=True, threading=True) <= 2


def _peer(here: Installation, senders: list[str], *, seconds: float, said: str) -> Counter[str]:
    """A robot without any mark writes as these, one after another; how often each got a mail."""
    answered: Counter[str] = Counter()
    for n, sender in enumerate(senders):
        at = MORNING + timedelta(seconds=seconds * n)
        text = f"{said} {n * 7919 % 100003}"
        raw = a_raw(sender, f"Notice {n}", text, at=at, to=(HERE,), id=f"r{n}@robot.example")
        answered[sender] += here.takes(raw, at) is not None
    return answered


def test_an_address_gets_two_answers_a_day_at_most(here: Installation) -> None:
    answered = _peer(here, ["robot@peer.example"] * 60, seconds=1400, said="Your call was logged")
    assert max(answered.values()) == 2
    assert len(here.messages()) == 60 + 2


def test_a_domain_gets_twenty_answers_an_hour_at_most(here: Installation) -> None:
    senders = [f"robot{n}@peer.example" for n in range(80)]
    answered = _peer(here, senders, seconds=1, said="Your call was logged")
    assert sum(answered.values()) == 20
    assert here.decided[-1].rule == "limit-domain"


def test_a_robot_with_many_free_addresses_is_known_by_its_words(here: Installation) -> None:
    senders = [f"robot{n}@gmail.com" for n in range(40)]
    answered = _peer(here, senders, seconds=1, said="Your call has been logged under number")
    assert sum(answered.values()) == 5
    assert here.decided[-1].rule == "limit-alike"


def test_people_with_free_addresses_get_their_answers(here: Installation) -> None:
    things = "bolso abrigo mesa lámpara silla cuadro reloj libro vaso cama espejo sofá"
    words = things.split()
    for n, word in enumerate(words):
        text = f"Hola, no llega {word} que compré para {words[-n]} de mi casa"
        raw = a_raw(f"c{n}@gmail.com", "Pedido", text, at=MORNING, to=(HERE,), id=f"{n}@gmail.com")
        assert here.takes(raw, MORNING) is not None
    assert all(isinstance(one, Reply) for one in here.decided)


def test_a_case_gets_one_automatic_answer(here: Installation) -> None:
    ack = here.takes(a_raw("ana@c.example", "Hola", "No va", at=MORNING, to=(HERE,), id="1@c.e"),
                     MORNING)  # fmt: skip
    assert ack is not None
    for n in range(3):
        headers = (("In-Reply-To", "<1@c.e>"),)
        more = a_raw(
            "ana@c.example", "Re: Hola", f"¿Y? {n}", at=MORNING, to=(HERE,), headers=headers
        )
        assert here.takes(more, MORNING) is None
        assert here.decided[-1].rule == "once-per-case"
    assert len({message.case for message in here.messages()}) == 1
