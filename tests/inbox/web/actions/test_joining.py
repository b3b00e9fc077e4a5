"""Cases merged and split on pages: looked at before, undone after; and linked without that."""

from itertools import pairwise

from sqlalchemy import select

from cases import Case, Mailbox, Message, clock
from cases.case import take
from cases.db import reading, transaction
from cases.merging import merge
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, LUIS

ONE, OTHER = "Factura", "¿Tenéis tienda en Valencia?"


def _messages(case: Case) -> list[int]:
    with reading() as session:
        return list(session.scalars(select(Message.id).where(Message.case_id == case.id)))


def test_a_merge_is_looked_at_done_and_undone(enter: Enter) -> None:
    admin, one, other = enter(ADMIN), case_about(ONE), case_about(OTHER)
    before = _messages(one)
    page = admin.get(f"/cases/{one.id}/merging?into={other.id}").text
    assert "otro cliente" in page
    assert f"El #{one.id} pasa al #{other.id}" in page
    assert "Valencia" in page[page.index("timeline") :]
    done = admin.post(f"/cases/{one.id}/merging", into=other.id)
    assert done.location.startswith(f"/cases/{other.id}")
    assert set(before) < set(_messages(other))
    assert f'action="/cases/{one.id}/merging/undoing"' in admin.get(done.location).text
    back = admin.post(f"/cases/{one.id}/merging/undoing")
    assert back.location.startswith(f"/cases/{one.id}")
    assert _messages(one) == before
    assert admin.post(f"/cases/{one.id}/merging/undoing").status_code == 409


def test_who_undoes_it_by_the_key_is_led_to_the_case_that_is_back(enter: Enter) -> None:
    admin, one, other = enter(ADMIN), case_about(ONE), case_about(OTHER)
    admin.post(f"/cases/{one.id}/merging", into=other.id)
    back = admin.post(f"/cases/{one.id}/merging/undoing", partial=True)
    # A page that came as an answer would be put into the toasts.
    assert (back.status_code, back.text) == (200, "")
    assert back.headers["HX-Redirect"].startswith(f"/cases/{one.id}?done=")


def test_what_became_of_a_mail_is_still_seen_after_a_merge_and_another(enter: Enter) -> None:
    admin = enter(ADMIN)
    some = [case_about("Llamadas a deshora"), case_about(ONE), case_about(OTHER)]
    sent = [admin.get(f"/cases/{case.id}").text.count("<span>Enviado</span>") for case in some]
    assert sent[0]
    for n, (one, other) in enumerate(pairwise(some), 2):
        admin.post(f"/cases/{one.id}/merging", into=other.id)
        shown = admin.get(f"/cases/{other.id}").text.count("<span>Enviado</span>")
        assert shown == sum(sent[:n])


def test_nobody_merges_into_nothing_itself_or_what_they_may_not_see(enter: Enter) -> None:
    admin, one = enter(ADMIN), case_about(ONE)
    for into in ("", "9999999", str(one.id), "x", "٣"):
        assert admin.post(f"/cases/{one.id}/merging", into=into).status_code == 409
    assert "No hay ningún caso así" in admin.get(f"/cases/{one.id}/merging?into=77777").text
    assert enter(LUIS).get(f"/cases/{one.id}/merging").status_code == 404


def test_a_case_that_went_to_another_team_shows_nothing_of_where_it_is(enter: Enter) -> None:
    one, gone = case_about(ONE), case_about(OTHER)
    with transaction() as session:
        theirs = select(Case).join(Mailbox).where(Mailbox.team == "mayoristas").limit(1)
        hidden = session.scalars(theirs).one()
        merge(session, take(session, gone.id), hidden, by=ADMIN, at=clock.now())
        words, number = hidden.subject, hidden.id
    page = enter(ANA).get(f"/cases/{one.id}/merging?into={gone.id}").text
    assert words not in page
    assert f"#{number}" not in page
    assert enter(ANA).post(f"/cases/{one.id}/merging", into=gone.id).status_code == 409


def test_messages_are_split_off_after_a_look_and_come_back(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Llamadas a deshora")
    first, *_others, last = _messages(case)
    page = admin.get(f"/cases/{case.id}/splitting?message={last}&preview=1").text
    stays, leaves = page.split("El caso nuevo")
    assert "Me han llamado tres veces" in stays
    assert "Hoy otra vez" in leaves
    empty = admin.get(f"/cases/{case.id}/splitting?preview=1").text
    assert "Elige al menos un mensaje" in empty
    done = admin.post(f"/cases/{case.id}/splitting", message=[first, last])
    number = int(done.location.split("/cases/")[1].split("?")[0])
    assert number != case.id
    with reading() as session:
        assert _messages(session.get_one(Case, number)) == [first, last]
    assert admin.post(f"/cases/{number}/splitting/undoing").status_code == 303
    assert first in _messages(case)
    everything = admin.post(f"/cases/{case.id}/splitting", message=_messages(case))
    assert everything.status_code == 409


def test_linked_cases_name_each_other(enter: Enter) -> None:
    admin, one, other = enter(ADMIN), case_about(ONE), case_about(OTHER)
    admin.post(f"/cases/{one.id}/links", other=f"#{other.id}")
    for here, there in ((one, other), (other, one)):
        side = admin.get(f"/cases/{here.id}").text.split("Casos enlazados")[1]
        assert f'href="/cases/{there.id}"' in side
    assert admin.post(f"/cases/{one.id}/links", other=one.id).status_code == 422
    admin.post(f"/cases/{other.id}/links/{one.id}/removal")
    assert "Casos enlazados" not in admin.get(f"/cases/{one.id}").text
