"""What people correct is learned, examined, and used without a restart if it is not worse."""

import json
from datetime import UTC, datetime

import pytest

from cases import Case, Contact, Message, Origin, correcting
from cases.correcting.correction import Field
from cases.correcting.taught import Taught
from cases.db import transaction
from cases.message import Direction
from cases.settings import settings
from cases.taxonomy import changes
from cases.taxonomy.changes import Draft
from classifiers import versions
from classifiers.labels import Text
from classifiers.places import MODEL
from classifiers.promotion import Reason, Verdict
from inbox.intake import chosen, nightly, retraining

pytestmark = pytest.mark.slow

NIGHT = datetime(2026, 3, 10, 3, tzinfo=UTC)
WORDS = {
    "money.billing": ["cobro doble en la factura", "me cobraron de más", "cargo que no entiendo"],
    "fulfil.delivery": ["el paquete no llega", "envío perdido", "el repartidor no vino"],
    "info.question": ["a qué hora abren", "cuánto cuesta el envío", "tienen tienda en Vigo"],
}
SEATS = (
    *("El asiento del concierto está ocupado", "Entrada duplicada para el concierto"),
    *("Nos separaron los asientos del teatro", "Mi butaca no existe en la sala"),
)


@pytest.fixture
def corpus(tmp_path):
    rows = [
        {"text": f"{text} {end}", "type": code}
        for end in ("", "hoy", "por favor", "otra vez", "ayer", "de nuevo")
        for code, texts in WORDS.items()
        for text in texts
    ]
    (tmp_path / "corpus" / "es").mkdir(parents=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "corpus" / "es" / "a.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path / "corpus"


def corrected(session, text, code):
    contact = Contact(name="", created_at=NIGHT)
    case = Case(subject="", contact=contact, opened_at=NIGHT, last_at=NIGHT)
    about = {"direction": Direction.IN, "origin": Origin.CUSTOMER, "language": "es"}
    message = Message(case=case, new_text=text, arrived_at=NIGHT, **about)
    session.add_all([contact, case, message])
    session.flush()
    correcting.correct(session, case, Field.TYPE, code, by="ana@tienda.test", at=NIGHT)


@pytest.fixture
def taught(installation):
    """A type that an admin added, and some corrections to it."""
    draft = Draft(labels={"es": "Asientos", "en": "Seats"}, examples={"es": SEATS[:2]})
    with transaction() as session:
        code = changes.add(session, "fulfil", draft, by="admin@tienda.test", at=NIGHT)
    with transaction() as session:
        for text in SEATS:
            corrected(session, text, code)
    return code


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_type_that_an_admin_added_is_learned_from_corrections(taught, corpus):
    outcome = retraining.retrain(corpus=corpus)
    assert outcome.verdict == Verdict(True, Reason.NOT_WORSE)
    (labels,) = chosen.model().classify([Text("1", "", "Los asientos del concierto")])
    assert (labels.type, labels.model) == (taught, outcome.version)
    assert versions.back(settings().data) == versions.SHIPPED
    assert chosen.model().version == json.loads((MODEL / "about.json").read_text())["version"]
    latest = versions.latest(settings().data)
    assert (latest["taught"], latest["version"]) == (4, outcome.version)
    assert not nightly.due(NIGHT)


def some(count):
    return [Taught(n, "", f"texto {n}", "es", NIGHT, type="money.refund") for n in range(count)]


def test_the_newest_fifth_is_the_exam_once_there_are_enough():
    lessons, exam = retraining.split(some(9))
    assert (len(lessons), exam) == (9, [])
    lessons, exam = retraining.split(some(50))
    assert [one.message for one in exam] == list(range(40, 50))
    assert len(retraining.split(some(5000))[1]) == retraining.EXAM_MOST


def test_a_correction_becomes_a_text_of_the_corpus_unless_its_type_is_gone():
    (one,) = some(1)
    found = retraining.example_of(one)
    assert (found.type, found.language, found.weight) == ("money.refund", "es", retraining.WEIGHT)
    gone = Taught(1, "", "hola", "pt", NIGHT, type="no.such")
    assert retraining.example_of(gone) is None
    moody = retraining.example_of(Taught(1, "", "hola", "pt", NIGHT, mood="positive"))
    assert (moody.type, moody.sentiment, moody.language) == (None, "positive", "es")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_learns_at_night_when_something_new_was_taught(installation):
    assert not nightly.due(NIGHT)
    with transaction() as session:
        corrected(session, "No llega", "fulfil.delivery")
    assert nightly.due(NIGHT)
    assert not nightly.due(NIGHT.replace(hour=12))
    told = {"at": NIGHT.isoformat(), "correction": 1}
    versions.note_latest(settings().data, told)
    assert not nightly.due(NIGHT.replace(day=12))
    versions.note_latest(settings().data, {**told, "correction": 0})
    assert not nightly.due(NIGHT)
    assert nightly.due(NIGHT.replace(day=12))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_model_that_cannot_be_read_is_replaced_by_the_shipped_one(installation, caplog):
    broken = settings().data / "broken"
    broken.mkdir()
    (broken / "about.json").write_text('{"version": "x"}')
    versions.keep(settings().data, broken, "broken")
    versions.use(settings().data, "broken")
    assert chosen.model().about["texts"]
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_do_not_train_at_once(installation):
    with (
        retraining._alone(versions.home(settings().data)),
        pytest.raises(retraining.AlreadyTraining),
    ):
        retraining.retrain()


@pytest.mark.nightly
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whose_training_is_under_way_elsewhere_has_not_failed(installation):
    data = settings().data
    with retraining._alone(versions.home(data)):
        nightly.retrain()
    assert versions.latest(data) == {}
