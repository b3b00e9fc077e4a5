"""The page of a case: whole or as a fragment, in the order of time, with its reasons."""

import re
from datetime import timedelta

from sqlalchemy import select

from cases import Case, Direction, Message, Origin, clock
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.history import Event, What
from inbox.web import chips, times, words
from inbox.web.casefile import entries
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA

LONG = (
    "El pedido 4711-2026-ES no ha llegado y ya es la tercera vez que escribo "
    "sin que nadie me responda"
)


def test_the_conversation_reads_from_the_first_mail_to_the_last(enter: Enter) -> None:
    whole = enter(ADMIN).get(f"/cases/{case_about('Llamadas a deshora').id}").text
    page = whole.partition('id="case-thread')[2]
    steps = [
        "Me han llamado tres veces",
        "respuesta automática",
        "le pido disculpas",
        "Hoy otra vez",
    ]
    places = [page.index(step) for step in steps]
    assert places == sorted(places)


def test_each_card_says_who_speaks(enter: Enter) -> None:
    page = enter(ADMIN).get(f"/cases/{case_about('Llamadas a deshora').id}").text
    said = re.findall(r'class="message-label">([^<]+)<', page)
    assert said == ["Cliente", "Bot", "Agente", "Cliente"]


def test_quoted_text_is_folded_away(enter: Enter) -> None:
    page = enter(ADMIN).get(f"/cases/{case_about('Llamadas a deshora').id}").text
    folded = page[page.index('<details class="quoted">') :]
    assert "Hemos recibido su mensaje" in folded
    assert "Hemos recibido su mensaje. Le responderemos" not in page[: page.index('class="quoted"')]


def test_a_case_says_why_a_mail_is_here_and_why_the_bot_was_silent(enter: Enter) -> None:
    page = enter(ADMIN).get(f"/cases/{case_about('Llamadas a deshora').id}").text
    assert "responde a un correo" in page
    assert "El bot calla: el caso ya tuvo acuse; ahora responde una persona" in page
    assert "nadie avala al remitente" in page


def test_a_case_shows_the_truce_and_until_when(enter: Enter) -> None:
    page = enter(ADMIN).get(f"/cases/{case_about(LONG).id}").text
    assert "Tregua hasta el cierre" in page
    assert "Caso abierto" in page


def test_the_promise_is_said_with_the_hour_it_ends_at(enter: Enter) -> None:
    case = case_about("Factura")
    with transaction() as session:
        session.get_one(Case, case.id).due_at = clock.now() + timedelta(days=9, hours=1)
    page = enter(ADMIN).get(f"/cases/{case.id}").text
    ends = times.day(clock.now() + timedelta(days=9, hours=1))
    assert f">9 d · {ends}<" in page or f">9 d 1 h · {ends}<" in page


def test_a_fragment_is_the_reading_pane_with_its_title(enter: Enter) -> None:
    case = case_about("Factura")
    page = enter(ADMIN).get(f"/cases/{case.id}", partial=True).text
    assert page.startswith(f"<title>#{case.id} Factura · Tregua</title>")
    assert "<html" not in page
    assert 'id="rows"' not in page
    assert f'id="case-composer-{case.id}"' in page


def test_the_same_address_is_a_whole_page_for_reloads_and_new_tabs(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    plain = admin.get(f"/cases/{case.id}?in=unassigned").text
    restored = admin.client.get(
        f"/cases/{case.id}?in=unassigned",
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    ).text
    for page in (plain, restored):
        assert page.startswith("<!doctype html>")
        assert 'id="rows"' in page
        assert "Sin asignar</h1>" in page


def test_fetching_a_case_changes_nothing_and_its_page_says_when_it_is_read(enter: Enter) -> None:
    ana, case = enter(ANA), case_about("Factura")
    for partial in (True, False):
        assert " data-unseen" in ana.get(f"/cases/{case.id}", partial=partial).text
    assert case_about("Factura").unread
    assert ana.post(f"/cases/{case.id}/sight").status_code == 204
    assert not case_about("Factura").unread
    assert " data-unseen" not in ana.get(f"/cases/{case.id}").text


def test_a_case_is_marked_as_unread_and_as_read_by_buttons(enter: Enter) -> None:
    ana, path = enter(ANA), f"/cases/{case_about('Factura').id}"
    ana.post(f"{path}/sight")
    shown = ana.post(f"{path}/sight", partial=True, read="no").text
    assert 'class="row is-unread"' in shown
    assert case_about("Factura").unread
    assert '<button class="button" name="read" value="yes">' in ana.get(path).text
    assert ana.post(f"{path}/sight", read="yes", **{"in": "mine"}).location.startswith(path)
    assert not case_about("Factura").unread


def test_a_case_costs_at_most_twelve_statements_with_its_list_and_frame(
    enter: Enter, statements: list[str]
) -> None:
    admin, case = enter(ADMIN), case_about("Llamadas a deshora")
    admin.get(f"/cases/{case.id}")
    for partial in (False, True):
        statements.clear()
        admin.get(f"/cases/{case.id}", partial=partial)
        sent = [one for one in statements if "BEGIN" not in one and "PRAGMA" not in one]
        assert len(sent) <= (9 if partial else 12), "\n".join(sent)


def _grow(case: Case, number: int) -> None:
    with transaction() as session:
        for n in range(number):
            session.add(
                Message(
                    case_id=case.id,
                    direction=Direction.IN,
                    origin=Origin.CUSTOMER,
                    text=f"mensaje {n}",
                    arrived_at=clock.now() + timedelta(seconds=n),
                )
            )


def test_old_messages_of_a_long_case_are_folded_and_older_ones_a_page_further(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    _grow(case, 130)
    page = admin.get(f"/cases/{case.id}").text
    assert len(re.findall(r'<details class="message [^>]+ open>', page)) == 3
    older = re.search(r"\?before=(\d+)", page)
    assert older is not None
    assert "mensaje 2\n" in admin.get(f"/cases/{case.id}?before={older[1]}").text.replace(
        "<", "\n<"
    )


def test_new_messages_are_announced(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    with reading() as session:
        newest = max(session.scalars(select(Message.id).where(Message.case_id == case.id)))
    path = f"/cases/{case.id}/news?seen={newest}"
    assert admin.get(path, partial=True).text == ""
    _grow(case, 2)
    assert "2 mensajes nuevos · mostrar" in admin.get(path, partial=True).text


def test_what_the_agent_said_is_no_news_to_them(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    with transaction() as session:
        own = Message(
            case_id=case.id,
            direction=Direction.NOTE,
            by=ADMIN,
            arrived_at=clock.now(),
            origin=Origin.AGENT,
        )
        session.add(own)
    assert admin.get(f"/cases/{case.id}/news?seen=0", partial=True).text
    path = f"/cases/{case.id}/news?seen={own.id - 1}"
    assert admin.get(path, partial=True).text == ""
    assert enter(ANA).get(path, partial=True).text


def test_the_mood_that_is_set_can_be_confirmed_under_its_own_name(enter: Enter) -> None:
    case = case_about("Llamadas a deshora")
    with transaction() as session:
        found = session.get_one(Case, case.id)
        found.sentiment, found.anger = "negative", 2.0
    page = enter(ADMIN).get(f"/cases/{case.id}").text
    menu = page.partition('id="drop-mood"')[2].partition("</details>")[0]
    assert re.search(r'value="negative" aria-pressed="true">.*?Enfadado</button>', menu)


def test_the_truce_is_as_long_as_its_longest_reason() -> None:
    endless = [Exclusion(reason=one) for one in (Reason.OPEN_CASE, Reason.FORMAL_CLAIM)]
    assert chips.until(endless[:1]) == "until it is closed"
    assert chips.until(endless) == "until further notice"


def test_what_the_head_of_a_case_says_is_no_event_in_it() -> None:
    told = [
        Event(what=one, at=clock.now(), data={}) for one in (What.OPENED, What.TAGGED, What.SILENCE)
    ]
    assert entries.of_events(told) == []
    assert len(entries.of_events([Event(what=What.CLOSED, at=clock.now(), data={})])) == 1


def test_a_language_is_called_by_its_own_name() -> None:
    assert [words.tongue(code) for code in ("es", "pt", "ja", "xx")] == [
        *("Español", "Português", "日本語", "xx")
    ]


def test_a_farewell_is_not_folded_and_quoted_text_is() -> None:
    message = Message(text="No llega.\n\nUn saludo\nPepa", new_text="No llega.")
    assert entries.split(message) == (message.text, "")
    message.text = "No llega.\n\n> ¿Ha llegado?\n> Lucía"
    assert entries.split(message) == ("No llega.", "> ¿Ha llegado?\n> Lucía")


def test_a_case_that_is_not_there_says_so_in_both_languages(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert "Aquí no está" in admin.get("/cases/999999").text
    admin.post("/preferences/language", value="en")
    assert "Not here" in admin.get("/cases/999999").text


def test_types_and_moods_are_said_in_the_agents_language(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about(LONG)
    assert "Entrega, retraso" in admin.get(f"/cases/{case.id}").text
    admin.post("/preferences/language", value="en")
    page = admin.get(f"/cases/{case.id}").text
    assert "Angry" in page
    assert "Entrega, retraso" not in page
