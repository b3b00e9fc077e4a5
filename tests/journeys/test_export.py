"""Marketing without developers: an export is filtered, and who complains overnight gets nothing."""

import csv
import io
import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cases import Agent, Role, clock
from cases.contact import introduce
from cases.db import FILING, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.verbs import Set, exclude
from cases.filing import file_all
from cases.filing.arrival import Arrival, Belief
from inbox.app import create_app
from inbox.web import signin
from inbox.web.console.lists import jobs
from inbox.web.signin import sessions
from tests.builders import MORNING, a_mail
from tests.inbox.web.conftest import Visitor

EVENING = MORNING + timedelta(hours=9)
NEXT_DAY = MORNING + timedelta(days=1)


@pytest.fixture
def marketer(installation: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Somebody of marketing, who has a browser and an export."""
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    visitor = Visitor(create_app().test_client())
    with clock.at(EVENING), transaction() as session:
        mar = Agent(address="mar@t.example", name="Mar", role=Role.MARKETING, language="es",
                    created_at=EVENING)  # fmt: skip
        session.add(mar)
        session.flush()
        visitor.secret = sessions.begin(session, mar, at=EVENING)
    visitor.client.set_cookie(signin.COOKIE, visitor.secret)
    return visitor


def _export(people: int) -> bytes:
    """As a Spanish spreadsheet writes it."""
    lines = [f"Núñez {n};cliente{n}@correo{n % 90}.example;600{n:06d}" for n in range(people)]
    return "\r\n".join(["Nombre;Correo electrónico;Móvil", *lines, ""]).encode("cp1252")


def _address(n: int) -> str:
    return f"cliente{n}@correo{n % 90}.example"


def _on_truce(numbers: list[int]) -> None:
    """Of some people support knows already that they are to be left in peace."""
    with clock.at(EVENING), transaction() as session:
        for n in numbers:
            person = introduce(session, _address(n), name="", at=EVENING)
            session.flush()
            wish = Set(Reason.MANUAL, until=NEXT_DAY + timedelta(days=9), note="obras")
            exclude(session, person.id, wish, by="ana@t.example", at=EVENING)


def _complain(numbers: list[int]) -> None:
    with clock.at(NEXT_DAY - timedelta(hours=4)), transaction(lock=FILING) as session:
        mails = [a_mail("No ha llegado nada y nadie contesta", sender=_address(n)) for n in numbers]
        file_all(session, [Arrival(one, clock.now()) for one in mails], Belief())


def _column(answer: TestResponse) -> list[str]:
    text = answer.data.decode("cp1252")
    return [row[1] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]


@pytest.mark.parametrize(
    "people", [3_000, pytest.param(100_000, marks=[pytest.mark.nightly, pytest.mark.timeout(600)])]
)
def test_who_complains_overnight_gets_nothing(marketer: Visitor, people: int) -> None:
    chance = random.Random(7)
    chosen = chance.sample(range(people), 60)
    before, overnight = chosen[:20], chosen[20:]
    _on_truce(before)
    with clock.at(EVENING):
        answer = marketer.post(
            "/console/lists", name="Rebajas", campaign_class="promotional",
            file=(io.BytesIO(_export(people)), "export.csv"),
        )  # fmt: skip
        assert answer.status_code == 303, answer.text
        page = answer.location
        # The test's own browser keeps what it sent in a temporary file.
        answer.request.environ["wsgi.input"].close()
        jobs.sift_waiting()
        allowed = _column(marketer.get(f"{page}/allowed.csv"))
    assert len(allowed) == people - 20
    _complain(overnight)
    with clock.at(NEXT_DAY - timedelta(hours=2)):
        marketer.secret = _again(marketer)
        assert marketer.post(f"{page}/checks").status_code == 303
        jobs.sift_waiting()
        out = _column(marketer.get(f"{page}/out.csv"))
        now_allowed = _column(marketer.get(f"{page}/allowed.csv"))
        assert "hay que quitar a 40 personas" in marketer.get(page).text
        assert marketer.post(f"{page}/sending").status_code == 303
        jobs.sift_waiting()
        assert "Enviado" in marketer.get("/console/campaigns").text
    assert sorted(out) == sorted(map(_address, overnight))
    reached = set(allowed) - set(out)
    assert reached == set(now_allowed)
    assert not reached & {_address(n) for n in chosen}
    assert len(reached) == people - 60


def _again(visitor: Visitor) -> str:
    """A new day, a new sign-in."""
    with transaction() as session:
        mar = session.scalars(select(Agent)).one()
        secret = sessions.begin(session, mar, at=clock.now())
    visitor.client.set_cookie(signin.COOKIE, secret)
    return secret
