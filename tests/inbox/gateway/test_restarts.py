"""A gate that dies, restarts or loses its sender: nobody gets a mail twice, what waits is kept."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.delivery.smtp import Away, TemporaryFailure, Uncertain
from cases import clock
from cases.db import reading
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.touches import Touch
from inbox.gateway.gate import ACCEPTED, LATER, PATIENCE, Gate
from inbox.gateway.parking import Parking
from inbox.gateway.passing import Marketing
from inbox.gateway.server import _Door
from inbox.gateway.settings import settings
from inbox.gateway.underway import UnderWay
from inbox.passage import Outcome, Passage
from tests.apis import Api
from tests.builders import MORNING

ANA, EVA, LUZ = (f"{name}@cliente.example" for name in ("ana", "eva", "luz"))


class Died(BaseException):
    """The process is no more."""


class Line:
    """The way to the relay, and what arrived there; at a recipient it may fail, once."""

    def __init__(self):
        self.arrived, self.fails, self.full = [], {}, ()
        self.fresh = True

    def send(self, _sender, recipient, _content, before_body):
        if recipient in self.full:
            raise TemporaryFailure("452 4.2.2 mailbox full")
        failure = self.fails.pop(recipient, None)
        if isinstance(failure, TemporaryFailure):
            raise failure
        assert before_body()
        self.arrived.append(recipient)
        if failure is not None:
            raise failure

    def __call__(self):
        return self.fresh


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def born(installation, line, tmp_path):
    """A gate of that machine, as each start makes it."""

    def gate():
        parking, under_way = Parking(tmp_path / "parked"), UnderWay(tmp_path / "under-way")
        return Gate(line.send, line, parking, under_way, timedelta(hours=6))

    return gate


def a_mail(*recipients, klass=CampaignClass.PROMOTIONAL):
    return Marketing("news@shop.example", recipients, b"Subject: x\r\n\r\nx\r\n", klass)


def take(gate, mail, *, told=True):
    said, trip = gate.take(mail)
    if told:
        trip.over()
    return said


def passages():
    """What became of each, in the order in which it was first known."""
    with reading() as session:
        rows = session.scalars(select(Passage).order_by(Passage.id))
        return [(row.value, row.outcome) for row in rows]


def test_a_mail_that_comes_again_is_one_passage_for_each(born, line):
    Api().case(ANA)
    gate, mail = born(), a_mail(ANA, EVA, EVA.upper(), LUZ)
    line.fails[EVA] = Away("the relay cannot be reached")
    assert take(gate, mail) == LATER
    assert passages() == [(ANA, Outcome.DROPPED)]
    line.fails[LUZ] = Died()
    with pytest.raises(Died):
        take(gate, mail)
    line.fresh = False
    take(born(), mail, told=False)
    assert len(born().parking) == 1
    line.fresh = True
    assert born().look_again() == 1
    take(born(), mail)
    assert line.arrived == [EVA, EVA.upper(), LUZ]
    once = [(ANA, Outcome.DROPPED), (EVA, Outcome.PASSED), (LUZ, Outcome.PASSED)]
    assert sorted(passages()) == once
    # Its sender was answered, so this is another mail with the same words.
    take(born(), mail)
    assert sorted(passages()) == sorted(once * 2)


def test_what_waits_is_one_passage_that_says_how_it_ended(born, line):
    line.fresh = False
    with clock.at(MORNING):
        for _again in range(2):
            take(born(), a_mail(EVA))
    assert passages() == [(EVA, Outcome.PARKED)]
    with clock.at(MORNING + timedelta(hours=7)):
        assert born().look_again() == 1
    assert passages() == [(EVA, Outcome.EXPIRED)]


def test_a_mail_that_comes_again_after_a_death_reaches_only_those_without_it(born, line):
    line.fails[EVA] = Died()
    with pytest.raises(Died):
        take(born(), a_mail(ANA, EVA, LUZ))
    assert take(born(), a_mail(ANA, EVA, LUZ)) == ACCEPTED
    assert line.arrived == [ANA, EVA, LUZ]


def test_an_invoice_is_rather_sent_twice_than_not_at_all(born, line):
    line.fails[EVA] = Died()
    invoice = a_mail(ANA, EVA, klass=CampaignClass.TRANSACTIONAL)
    with pytest.raises(Died):
        take(born(), invoice)
    take(born(), invoice)
    assert line.arrived == [ANA, EVA, EVA]


def test_without_an_answer_of_the_relay_marketing_is_over_and_an_invoice_comes_again(born, line):
    gate = born()
    for klass, said in (
        (CampaignClass.PROMOTIONAL, ACCEPTED),
        (CampaignClass.TRANSACTIONAL, LATER),
    ):
        line.fails[EVA] = Uncertain("silence")
        assert take(gate, a_mail(EVA, klass=klass)) == said


def test_who_hung_up_before_the_answer_and_comes_again_doubles_nothing(born, line):
    gate = born()
    take(gate, a_mail(ANA), told=False)
    take(gate, a_mail(ANA))
    assert line.arrived == [ANA]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Touch)) == 1
    # Answered at last, so the same words are another mail from now on.
    take(gate, a_mail(ANA))
    assert line.arrived == [ANA, ANA]


def test_a_death_while_parked_mail_goes_out_doubles_nothing_and_keeps_the_rest(born, line):
    line.fresh = False
    take(born(), a_mail(ANA, EVA, LUZ))
    take(born(), a_mail(ANA, EVA, LUZ), told=False)  # It hung up, and brought it once more.
    line.fresh = True
    line.fails[EVA] = Died()
    with pytest.raises(Died):
        born().look_again()
    gate = born()
    assert len(gate.parking) == 1
    assert gate.look_again() == 1
    assert line.arrived == [ANA, EVA, LUZ]
    assert len(gate.parking) == 0


def test_who_complains_while_the_gate_is_down_gets_nothing_of_what_was_parked(born, line):
    line.fresh = False
    take(born(), a_mail(ANA, EVA))
    Api().case(ANA)
    line.fresh = True
    assert born().look_again() == 1
    assert line.arrived == [EVA]


def test_what_waits_again_keeps_its_age(born, line):
    gate = born()
    with clock.at(MORNING):
        gate.parking.put(a_mail(ANA, EVA), MORNING)
        line.fails[EVA] = TemporaryFailure("later")
        assert gate.look_again() == 0
    with clock.at(MORNING + timedelta(hours=7)):
        [waits] = gate.parking.waiting()
        assert (waits.mail.recipients, waits.since) == ((EVA,), MORNING)
        assert gate.look_again() == 1
    assert line.arrived == [ANA]


def test_an_invoice_half_way_waits_for_the_relay_alone_and_for_days(born, line):
    gate = born()
    line.fresh = False
    with clock.at(MORNING):
        line.fails[EVA] = TemporaryFailure("later")
        take(gate, a_mail(ANA, EVA, klass=CampaignClass.SAFETY_LEGAL))
    with clock.at(MORNING + timedelta(days=4)):
        assert gate.look_again() == 1
    assert line.arrived == [ANA, EVA]


def test_one_mail_that_cannot_go_holds_back_no_other(born, line):
    gate = born()
    for one in (ANA, EVA):
        gate.parking.put(a_mail(one), clock.now())
    line.fails[ANA] = TemporaryFailure("mailbox full")
    assert gate.look_again() == 1
    assert line.arrived == [EVA]


def test_some_who_cannot_get_it_now_are_no_obstacle_to_the_others(born, line):
    gate = born()
    line.full = [f"{n}@full.example" for n in range(PATIENCE)]
    for one in line.full:
        gate.parking.put(a_mail(one), clock.now())
    gate.parking.put(a_mail(*line.full, ANA), clock.now())
    for _look in range(3):
        gate.look_again()
    assert line.arrived == [ANA]


def test_a_relay_that_is_away_is_asked_once_and_not_for_each(born, line):
    gate = born()
    line.fails.update({ANA: Away("the relay cannot be reached"), EVA: Died()})
    assert take(gate, a_mail(ANA, EVA)) == LATER


def test_a_mark_that_goes_while_old_ones_are_swept_is_no_trouble(born, line, monkeypatch):
    gate = born()
    take(gate, a_mail(ANA), told=False)
    mark, _name = sorted(gate.under_way.mark("").iterdir(), key=lambda path: path.suffix)
    monkeypatch.setattr(Path, "iterdir", lambda _self: iter([mark, mark.with_name("gone")]))
    gate.under_way.sweep()
    assert mark.exists()


def test_two_gates_of_one_folder_never_send_the_same_at_once(born, line):
    first, second = born(), born()
    first.parking.put(a_mail(ANA), clock.now())
    with first.parking.alone() as mine:
        assert mine
        assert second.look_again() == 0
    assert second.look_again() == 1
    assert line.arrived == [ANA]


@pytest.mark.parametrize(
    ("clients", "peer", "known"),
    [
        ("[]", "127.0.0.1", True),
        ("[]", "10.1.2.3", True),
        ("[]", "8.8.8.8", False),
        ("[]", "fe80::1%eth0", True),
        ('["8.8.8.0/24"]', "8.8.8.8", True),
        ('["8.8.8.0/24"]', "::ffff:8.8.8.8", True),
        ('["8.8.8.0/24"]', "127.0.0.1", False),
    ],
)
def test_it_carries_no_strangers_mail(born, monkeypatch, clients, peer, known):
    monkeypatch.setenv("TREGUA_GATE_CLIENTS", clients)
    settings.cache_clear()
    assert _Door(born(), settings())._knows((peer, 4711)) is known
    settings.cache_clear()
