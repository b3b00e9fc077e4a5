"""A trial of rules: the mails of late under the rules in use and the edited ones, nothing sent."""

import zlib
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from bot import rules as own_rules
from bot.kinds import Mode
from bot.outbox import OutgoingMail
from bot.rules import Rule, rulebook, rules_toml, trials
from bot.rules.trials import Progress, Trial
from cases import Case, Message, clock
from cases.db import reading, transaction
from inbox.intake import trials_waiting, trying
from tests.builders import MORNING
from tests.inbox.web.conftest import Enter
from tests.raw import a_raw
from tests.seeding import ADMIN, BEA

EVERY = Rule(
    "avisos",
    Mode.SEND,
    {"first": True},
    tag=("nuevo",),
    set={"urgency": "urgent", "complaint": False},
    stop=True,
    version=4,
)
REFUNDS = Rule(
    "devoluciones", Mode.DRAFT, {"type": ["money"], "confidence_at_least": 0.1}, reply="progress"
)


def _tried(edited: Sequence[Rule], *, days: int = 30, file: bytes | None = None) -> Trial:
    with transaction() as session:
        trial = Trial(at=clock.now(), by="ana", days=days, file=file)
        number = trials.begin(session, trial, (), edited).id
    trials_waiting.look()
    trials_waiting.look()
    with reading() as session:
        return session.get_one(Trial, number)


def _held() -> tuple[int, ...]:
    with reading() as session:
        tables = (Case, Message, OutgoingMail)
        return tuple(session.scalar(select(func.count()).select_from(one)) or 0 for one in tables)


@pytest.mark.usefixtures("shop")
def test_the_mails_of_late_are_tried_and_nothing_is_changed() -> None:
    before = _held()
    trial = _tried([EVERY])
    assert (trial.progress, trial.error) == (Progress.DONE, "")
    assert trial.done == trial.total > 10
    assert trial.counts["present:answer"] > trial.counts.get("edited:answer", 0)
    assert trial.counts["edited:set"] == 2 * trial.counts["edited:tag"] > 0
    assert trial.counts["different"] > 0
    assert trial.counts["held"] > 0
    first = next(row for row in trial.rows if row["differs"])
    assert {"subject", "type", "mood", "due", "present", "edited", "held"} <= set(first)
    assert _held() == before


@pytest.mark.usefixtures("shop")
def test_the_same_rules_make_no_difference() -> None:
    trial = _tried([])
    assert trial.counts["different"] == 0


@pytest.mark.usefixtures("installation")
def test_a_mailbox_file_is_read_once_and_forgotten() -> None:
    mails = [
        a_raw("ana@c.example", "Reembolso", "¿Cuándo me devolvéis el dinero?", at=MORNING,
              id=f"{n}@c.example")
        for n in range(3)
    ]  # fmt: skip
    box = b"".join(b"From x Sun Nov 22 00:00:00 2026\n" + one + b"\n\n" for one in mails)
    trial = _tried([REFUNDS], days=0, file=zlib.compress(box))
    assert trial.progress is Progress.DONE
    assert trial.counts["mails"] == 3
    assert trial.file is None


@pytest.mark.usefixtures("installation")
def test_what_fails_says_so_and_the_next_is_tried() -> None:
    assert _tried([], days=0, file=b"no zip").progress is Progress.FAILED
    assert _tried([]).progress is Progress.DONE


def test_rules_written_as_toml_are_read_as_they_were() -> None:
    odd = Rule(
        'señor "x" \\ y',
        Mode.SEND,
        {"first": False, "tags": ["a", "b"], "confidence_at_least": 0.5, "contacts_at_least": 2},
        only_for=("a@b.example",),
        note="una\nnota\t…",
        escalate=True,
        quiet_hours="22:00-08:00",
        most_a_day=2,
    )
    both = (odd, REFUNDS)
    assert own_rules.parsed(rules_toml.written(both), "x") == both


def test_only_a_rule_that_changed_counts_as_another() -> None:
    same = own_rules.parsed(rules_toml.written([EVERY]), "x")
    assert trials.same_versions(same, [EVERY]) == [EVERY]
    (other,) = trials.same_versions([REFUNDS], [EVERY])
    assert other.version == 0


def test_the_box_begins_with_the_rules_in_use_and_what_is_typed_is_tried(enter: Enter) -> None:
    with transaction() as session:
        rulebook.save(session, EVERY, by=ADMIN, at=clock.now())
    admin = enter(ADMIN)
    assert "name = &#34;avisos&#34;" in admin.get("/admin/simulator").text
    goes = admin.post("/admin/simulator", rules="", days="30").headers["Location"]
    assert "Espera a un proceso libre" in admin.get(goes).text
    assert 'hx-trigger="every 2s"' in admin.get(goes).text
    trying.run_waiting()
    page = admin.get(goes).text
    assert "tratados de otro modo" in page
    assert "Responde: Acuse de recibo" in page
    assert "Fija: Urgencia: urgente" in page
    assert 'hx-trigger="every 2s"' not in page


def test_a_rule_is_tried_as_it_is_being_written(enter: Enter) -> None:
    goes = enter(ADMIN).post("/admin/simulator/rule", name="nueva", mode="send", stop="yes")
    number = int(goes.headers["Location"].rpartition("/")[2])
    with reading() as session:
        trial = session.get_one(Trial, number)
        assert [row["name"] for row in trial.edited] == ["nueva"]
        assert trial.present == []


def test_rules_that_cannot_be_read_are_not_tried(enter: Enter) -> None:
    admin = enter(ADMIN)
    answer = admin.post("/admin/simulator", rules="[[rule]]\nmode = 7", days="30")
    assert answer.status_code == 422
    assert "mode = 7" in answer.text
    assert enter(BEA).post("/admin/simulator", rules="").status_code == 403
