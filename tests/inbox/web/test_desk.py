"""Around a case: laid aside and woken, renamed, mentioned colleagues, and who else is here."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.voice.presence import Presence
from cases import Agent, clock, snoozing
from cases.db import reading, transaction
from cases.mention import Mention
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, BEA, LUIS

SUBJECT = "Factura"


def test_a_case_is_laid_aside_and_woken_in_time_and_by_hand(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/snooze", preset="tomorrow")
    until = case_about(SUBJECT).snoozed_until
    assert until is not None
    assert "Pospuesto hasta el" in ana.get(f"/cases/{case.id}").text
    assert snoozing.wake_due(until - timedelta(seconds=1)) == 0
    assert snoozing.wake_due(until) == 1
    woken = case_about(SUBJECT)
    assert (woken.snoozed_at, woken.unread) == (None, True)
    ana.post(f"/cases/{case.id}/snooze", preset="reply")
    assert case_about(SUBJECT).snoozed_until is None
    ana.post(f"/cases/{case.id}/waking")
    assert case_about(SUBJECT).snoozed_at is None
    for wrong in ({"until": "2001-01-01T10:00"}, {"until": "soon"}, {"preset": "never"}, {}):
        assert ana.post(f"/cases/{case.id}/snooze", **wrong).status_code == 422


def test_a_case_is_called_what_it_is_about(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/subject", subject="  Factura de\nmarzo ")
    assert case_about("Factura de marzo").id == case.id
    assert ana.post(f"/cases/{case.id}/subject", subject=" ").status_code == 422


def test_a_new_subject_is_taken_back_unless_there_is_a_newer_one(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    done = [ana.post(f"/cases/{case.id}/subject", subject=one) for one in ("Uno", "Dos")]
    first, second = (
        re.search(r"/renamings/\d+/undoing", ana.get(one.location).text) for one in done
    )
    assert first is not None
    assert second is not None
    assert ana.post(first[0]).status_code == 409
    assert "se llama como antes" in ana.get(ana.post(second[0]).location).text
    assert case_about("Uno").id == case.id
    assert ana.post("/renamings/99999/undoing").status_code == 404


def test_who_is_named_in_a_note_is_told_and_may_open_the_case(enter: Enter) -> None:
    case, luis = case_about(SUBJECT), enter(LUIS)
    assert luis.get(f"/cases/{case.id}").status_code == 404
    enter(ANA).post(f"/cases/{case.id}/replies", text="@luis, ¿lo ves? (@nadie)", **{"as": "note"})
    with reading() as session:
        (told,) = session.scalars(select(Mention)).all()
        assert (told.case_id, told.seen_at) == (case.id, None)
    assert luis.get(f"/cases/{case.id}").status_code == 200
    assert luis.post(f"/cases/{case.id}/sight").status_code == 204
    with reading() as session:
        assert session.scalars(select(Mention.seen_at)).one() is not None
    assert "@luis" in enter(ANA).get("/colleagues", partial=True).text


def test_colleagues_see_each_other_and_bots_wait_for_who_writes(enter: Enter) -> None:
    case, ana, bea = case_about(SUBJECT), enter(ANA), enter(BEA)
    ana.post(f"/cases/{case.id}/presence", doing="viewing")
    assert (
        "Ana Belén Fernández-Villaverde lo está mirando"
        in bea.get(f"/presence?cases={case.id}", partial=True).text
    )
    ana.post(f"/cases/{case.id}/presence", doing="writing")
    shown = bea.get(f"/presence?cases={case.id},x,99", partial=True).text
    # Others may still be there, from pages that a browser of a test before had open.
    assert "Ana Belén Fernández-Villaverde está escribiendo" in shown
    assert "Ana Belén Fernández-Villaverde lo está mirando" not in shown
    assert "Ana" not in ana.get(f"/presence?cases={case.id}", partial=True).text
    assert "Ana" not in enter(LUIS).get(f"/presence?cases={case.id}", partial=True).text
    with reading() as session:
        assert session.scalars(select(Presence.case_id)).all() == [case.id]
    ana.post(f"/cases/{case.id}/presence", doing="", wrote="1")
    assert "Ana" not in bea.get(f"/presence?cases={case.id}", partial=True).text
    with reading() as session:
        assert session.scalars(select(Presence.case_id)).all() == []


def test_a_colleague_is_chosen_on_a_page_of_its_own_where_scripts_are_off(enter: Enter) -> None:
    case, admin = case_about(SUBJECT), enter(ADMIN)
    whole = admin.get(f"/cases/{case.id}/assignee").text
    assert whole.startswith("<!doctype html>")
    assert "Bea Soto" in whole
    assert "<html" not in admin.get(f"/cases/{case.id}/assignee", partial=True).text


def test_each_agent_chooses_how_long_answers_wait(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    assert ana.post("/preferences/undo", value="20").status_code == 303
    sent = ana.post(f"/cases/{case.id}/replies", text="Recibida.")
    assert "sale en 20 segundos" in ana.get(sent.location).text
    assert ana.post("/preferences/undo", value="3000").status_code == 422


def test_each_browser_gives_the_list_the_room_it_likes(enter: Enter) -> None:
    ana = enter(ANA)
    assert 'data-width="4 8 16"' in ana.get("/inbox/all").text
    assert ana.post("/preferences/width", value="65", back="/inbox/all").location == "/inbox/all"
    page = ana.get("/inbox/all").text
    assert 'data-width="1 64"' in page
    assert 'aria-valuenow="65"' in page
    assert ana.post("/preferences/width", value="64", partial=True).status_code == 204
    assert ana.post("/preferences/side", value="slim", back="/inbox/all").status_code == 303
    assert 'data-side="slim"' in ana.get("/inbox/all").text
    for endless in ("101", "-1", "wide"):
        assert ana.post("/preferences/width", value=endless).status_code == 422


def test_who_is_away_is_shown_where_cases_are_given_until_they_are_back(enter: Enter) -> None:
    bea, ana, case = enter(BEA), enter(ANA), case_about(SUBJECT)
    gone = bea.post("/preferences/availability", value="away", back="/inbox/mine")
    assert gone.location == "/inbox/mine"
    assert ">Ausente<" in bea.get("/inbox/mine").text.split('id="my-menu"')[0]
    choices = ana.get(f"/cases/{case.id}/assignee", partial=True).text
    assert re.findall(r"</span>([^<]+)<span class=\"chip", choices) == ["Bea Soto"]
    # Who is away can be given a case all the same, and its page says so.
    with reading() as session:
        number = session.scalars(select(Agent.id).where(Agent.address == BEA)).one()
    ana.post(f"/cases/{case.id}/assignee", agent=str(number))
    assert "Bea Soto · Ausente" in ana.get(f"/cases/{case.id}").text
    bea.post("/preferences/availability", value="available")
    assert "Bea Soto · " not in ana.get(f"/cases/{case.id}").text
    assert ana.post("/preferences/availability", value="asleep").status_code == 422


def test_an_absence_ends_by_the_clock_of_whoever_said_so(enter: Enter) -> None:
    case = case_about(SUBJECT)
    with transaction() as session:
        one = session.scalars(select(Agent).where(Agent.address == BEA)).one()
        one.zone, number = "Atlantic/Canary", one.id
    with clock.at(datetime(2026, 11, 26, 15, 30, tzinfo=UTC)):
        bea, ana = enter(BEA), enter(ANA)
        ana.post(f"/cases/{case.id}/assignee", agent=str(number))
        # Enter presses the first button of a form, so a time that is typed has a form of its own.
        typed = bea.get("/inbox/all").text.split('id="away-until"')[0].rpartition("<form")[2]
        assert "<button" not in typed
        bea.post("/preferences/availability", value="tomorrow")
        page = ana.get("/inbox/all").text
        # Nine in the morning there is ten o'clock in Madrid.
        assert "Asignado a Bea Soto · Ausente hasta: vie, 10:00" in page
        assert "Ausente hasta: vie, 9:00" in bea.get("/inbox/mine").text
        bea.post("/preferences/availability", value="until", until="2026-11-26T16:00")
        assert "Ausente hasta: 17:00" in ana.get(f"/cases/{case.id}").text
        for wrong in ("2026-11-26T15:00", "2028-01-01T00:00", "soon", ""):
            sent = bea.post("/preferences/availability", value="until", until=wrong)
            assert sent.status_code == 422
    with clock.at(datetime(2026, 11, 26, 16, 0, tzinfo=UTC)):
        assert "Ausente" not in ana.get(f"/cases/{case.id}").text.split('id="drop-assignee"')[1]
        assert 'value="available" aria-pressed="true"' in bea.get("/inbox/mine").text


def test_each_agent_reads_times_on_their_own_clock(enter: Enter) -> None:
    fields = {"name": "Ana", "language": "es", "undo": "10"}
    with clock.at(datetime(2026, 11, 26, 15, 30, tzinfo=UTC)):
        ana, path = enter(ANA), f"/cases/{case_about(SUBJECT).id}"
        assert ana.post("/profile", zone="Mars/Olympus", **fields).status_code == 422
        assert 'Tres horas<span class="dim push">19:30<' in ana.get(path, partial=True).text
        assert ana.post("/profile", zone="America/Bogota", **fields).status_code == 303
        assert 'Tres horas<span class="dim push">13:30<' in ana.get(path, partial=True).text
        ana.post(f"{path}/snooze", until="2026-11-26T12:00")
        assert "26 nov 2026, 12:00" in ana.get(path, partial=True).text
    assert case_about(SUBJECT).snoozed_until == datetime(2026, 11, 26, 17, 0, tzinfo=UTC)


def test_times_are_exact_for_who_has_no_mouse_to_point_at_them(enter: Enter) -> None:
    ana, path = enter(ANA), f"/cases/{case_about(SUBJECT).id}"
    times = r'<time class="message-at" datetime="[^"]+"( title="[^"]+")?>([^<]+)</time>'
    titles = [title.split('"')[1] for title, _short in re.findall(times, ana.get(path).text)]
    assert ana.post("/preferences/times", value="exact", back=path).location == path
    shown = re.findall(times, ana.get(path).text)
    assert shown == [("", exact) for exact in titles]
    assert len(shown) > 0
    assert ana.post("/preferences/times", value="vague").status_code == 422
