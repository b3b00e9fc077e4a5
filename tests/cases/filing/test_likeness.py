"""The same mail is one message, however it comes; other mail is another, whatever id it bears."""

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases import Address, Case, Delivery, KnownId, Message, Origin, Trust, signing
from cases.filing import Belief, file, file_all
from tests.builders import a_mail, an_arrival, spoken_by


def _count(session: Session, table: type[Case] | type[Message] | type[Delivery]) -> int:
    session.flush()
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_one_mail_to_three_mailboxes_is_one_message_with_three_deliveries(
    session: Session,
) -> None:
    mail = a_mail("No llega")
    copies = [
        replace(mail, headers=(("received", f"hop {n}"),), delivered_to=(f"box{n}@tienda.example",))
        for n in range(3)
    ]
    filed = file_all(session, [an_arrival(one, raw_id=n) for n, one in enumerate(copies)], Belief())
    assert [one.again for one in filed] == [False, True, True]
    assert [_count(session, table) for table in (Case, Message, Delivery)] == [1, 1, 2]


def test_a_copy_through_a_list_joins_the_direct_one(session: Session) -> None:
    direct = a_mail("No llega", subject="Pedido")
    listed = replace(
        direct,
        subject="[soporte] Pedido",
        text=f"{direct.text}\n\n-- \nLista de soporte",
        speaker=spoken_by(Origin.BULK),
    )
    first, second = file_all(session, [an_arrival(direct), an_arrival(listed)], Belief())
    assert second.case is first.case
    assert not second.opened
    assert first.case.is_open


def test_the_list_may_be_faster(session: Session) -> None:
    direct = a_mail("No llega", subject="Pedido")
    listed = replace(
        direct, subject="[s] Pedido", text="No llega\nLista", speaker=spoken_by(Origin.BULK)
    )
    first = file(session, an_arrival(listed))
    second = file(session, an_arrival(replace(direct, text="No llega")))
    assert second.case is first.case
    assert second.opened
    assert first.case.is_open
    assert not first.case.bulk


def test_sent_twice_within_minutes_is_one_case(session: Session) -> None:
    first = file(session, an_arrival(a_mail("No llega")))
    second = file(session, an_arrival(a_mail("No llega"), minutes=4))
    assert second.case is first.case
    assert (second.rule, second.opened) == ("sent again", False)
    assert _count(session, Message) == 2


def test_sent_twice_within_one_batch_too(session: Session) -> None:
    mails = [an_arrival(a_mail("No llega")), an_arrival(a_mail("No llega", message_id=""))]
    assert len({one.case for one in file_all(session, mails, Belief())}) == 1


def test_an_hour_later_the_same_words_are_a_new_matter(session: Session) -> None:
    first = file(session, an_arrival(a_mail("No llega")))
    assert file(session, an_arrival(a_mail("No llega"), minutes=60)).case is not first.case


def test_the_same_words_of_another_person_are_another_matter(session: Session) -> None:
    first = file(session, an_arrival(a_mail("No llega")))
    other = a_mail("No llega", sender="luis@otra.example")
    assert file(session, an_arrival(other, minutes=1)).case is not first.case


def test_mails_without_id_are_each_kept(session: Session) -> None:
    mails = [a_mail(f"Texto {n}", message_id="", subject="Hola") for n in range(20)]
    filed = file_all(session, [an_arrival(mail) for mail in mails], Belief())
    assert len({one.case for one in filed}) == 20
    assert _count(session, Message) == 20


def test_the_id_of_another_customers_mail_merges_nobody(session: Session) -> None:
    ana = file(session, an_arrival(a_mail("No llega")))
    eve = a_mail("Hola", sender="eve@mal.example", message_id=ana.message.rfc_id)
    filed = file(session, an_arrival(eve))
    assert filed.case is not ana.case
    assert not filed.again
    answer = a_mail("¿Y?", in_reply_to=(ana.message.rfc_id,))
    assert file(session, an_arrival(answer)).case is ana.case
    hers = a_mail("¿Y yo?", sender="eve@mal.example", in_reply_to=(ana.message.rfc_id,))
    assert file(session, an_arrival(hers)).case is filed.case


def test_one_of_our_ids_as_ones_own_changes_nothing(session: Session) -> None:
    case = file(session, an_arrival(a_mail("No llega"))).case
    ours = signing.new_message_id(case.id, "tienda.example")
    eve = a_mail("Hola", sender="eve@mal.example", message_id=ours)
    assert file(session, an_arrival(eve)).case is not case


def test_absurd_ids_are_kept_short_and_still_found(session: Session) -> None:
    for n, absurd in enumerate(("x" * 10_000, "ñ" * 2_000, "👻" * 900)):
        first = file(session, an_arrival(a_mail(f"Uno {n}", message_id=f"{absurd}@a.example")))
        other = file(session, an_arrival(a_mail(f"Otro {n}", message_id=f"{absurd}@b.example")))
        assert other.case is not first.case
        for text in ("¿Y?", "¿Y bien?"):
            answer = a_mail(f"{text} {n}", in_reply_to=(f"{absurd}@a.example",))
            assert file(session, an_arrival(answer)).case is first.case
    ids = session.scalars(select(KnownId.rfc_id)).all()
    assert max(len(one.encode()) for one in ids) <= 900


def test_absurd_addresses_harm_nobody(session: Session) -> None:
    endless = f"{'a' * 100_000}@x.example"
    filed = file(
        session, an_arrival(a_mail("Hola", sender=endless, cc=(Address(endless), Address("@"))))
    )
    assert filed.opened
    assert filed.case.contact.identifiers == []
    assert file(session, an_arrival(a_mail("Otra", sender=endless))).case is not filed.case


def test_numbers_beyond_all_cases_are_looked_for_in_vain(session: Session) -> None:
    mail = a_mail("Hola", subject="[#999999999999] [#2147483648] [#0] [#٣]")
    assert file(session, an_arrival(mail)).opened


def test_thousands_of_references_are_looked_at_in_part(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    many = tuple(f"r{n}@mal.example" for n in range(5_000))
    mail = a_mail("¿Y?", references=(*many, first.message.rfc_id))
    assert file(session, an_arrival(mail)).case is first.case
    learned = session.scalar(select(func.count()).select_from(KnownId)) or 0
    assert learned < 60


def test_a_better_word_for_the_sender_counts_when_the_mail_comes_again(session: Session) -> None:
    first = file(session, an_arrival("No llega"))
    answer = a_mail("¿Y?", references=(first.message.rfc_id,))
    failed = file(session, an_arrival(replace(answer, trust=Trust.FAIL)))
    assert failed.message.quarantined
    passed = file(session, an_arrival(replace(answer, trust=Trust.PASS), minutes=1))
    assert passed.case is first.case
