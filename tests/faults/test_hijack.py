"""Whoever guesses, forges, steals or replays gets into nobody's case and no mail of ours to others.

In memory and in batches, from bytes where the bytes matter, since there are thousands.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import answers, policy, situation
from cases import Address, Agent, Case, Mail, Message, Part, Participant, Trust, signing
from cases.db import scratch
from cases.filing import Belief, Filed, file, file_all, shelf
from inbox.intake.opening import open_mail
from tests.builders import MORNING, a_mail, an_arrival
from tests.conversations import AGENT, KNOWN
from tests.raw import OURS, SERVER, a_raw, verdict

BELIEVED = Belief(servers_vouch=True, own=KNOWN.own)
ANA, EVE = "ana@cliente.example", "eve@evil.example"
BATCH = 500
CUSTOMERS = 12
AS_MANY = [1_000, pytest.param(10_000, marks=[pytest.mark.nightly, pytest.mark.timeout(600)])]


@dataclass
class Lab:
    """A shop with cases of its customers, and what an attacker tries on them."""

    session: Session
    agent: Agent
    cases: list[Case]
    stolen: list[str]

    def attack(self, mails: list[Mail]) -> list[Filed]:
        filed: list[Filed] = []
        for start in range(0, len(mails), BATCH):
            arrivals = [an_arrival(mail, minutes=60) for mail in mails[start : start + BATCH]]
            filed += file_all(self.session, arrivals, BELIEVED)
        return filed

    def joined(self, filed: list[Filed]) -> list[Filed]:
        """Those that got into a case of a customer without anybody seeing that they are new."""
        return [one for one in filed if one.case in self.cases and not self._is_shown(one)]

    def _is_shown(self, one: Filed) -> bool:
        self.session.flush()
        part = self.session.scalars(
            select(Participant.part).where(
                Participant.case_id == one.case.id, Participant.address == one.message.sender
            )
        ).first()
        return part is Part.NEWCOMER

    def replied(self, mails: list[Mail], filed: list[Filed]) -> set[str]:
        """Whom we would write to by ourselves."""
        sent = situation.Sent()
        found = set()
        for mail, one in zip(mails, filed, strict=True):
            about = situation.of(an_arrival(mail), one, sent, MORNING)
            if isinstance(policy.decide(about), policy.Reply):
                found.add(mail.sender.address)
                sent.reserve(mail.sender.address, one.case.snippet)
        return found


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """What is guessed is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def lab(installation: str) -> Iterator[Lab]:
    with scratch() as session:
        agent = Agent(address=AGENT, name="Bea", created_at=MORNING)
        session.add(agent)
        customers = [ANA, *(f"c{n}@cliente.example" for n in range(CUSTOMERS - 1))]
        mails = [_vouched(a_mail("No llega", sender=one)) for one in customers]
        filed = file_all(session, [an_arrival(mail) for mail in mails], BELIEVED)
        for one in filed:
            answers.send(session, one.case, agent, answers.Answer("En ello."), at=MORNING)
        session.flush()
        yield Lab(session, agent, [one.case for one in filed], [one.message_id for one in mails])


def _vouched(mail: Mail) -> Mail:
    return replace(mail, trust=Trust.PASS)


def _from_eve(text: str, **values: object) -> Mail:
    return _vouched(a_mail(text, **({"sender": EVE} | values)))


@pytest.mark.parametrize("guesses", AS_MANY)
def test_guessed_numbers_in_subjects_open_nothing(lab: Lab, guesses: int) -> None:
    mails = [_from_eve(f"Hola {n}", subject=f"Re: [#{n % 20}] ({n})") for n in range(guesses // 2)]
    forged = [
        a_mail(f"Soy yo {n}", sender=ANA, subject=f"[#{n % 20}] {n}", trust=trust)
        for n in range(guesses // 4)
        for trust in (Trust.FAIL, Trust.NONE)
    ]
    assert lab.joined(lab.attack(mails + forged)) == []


@pytest.mark.parametrize("guesses", AS_MANY)
def test_guessed_signatures_open_nothing(lab: Lab, guesses: int) -> None:
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz234567"

    def guessed(length: int) -> str:
        return "".join(chance.choices(letters, k=length))

    mails = []
    for n in range(guesses // 2):
        number = n % 20
        ours = f"tregua.c{number}.{guessed(8)}.{guessed(26)}@tienda.example"
        tagged = Address(f"soporte+c{number}.{guessed(26)}@tienda.example")
        mails.append(_from_eve(f"Hola {n}", in_reply_to=(ours,)))
        mails.append(_from_eve(f"Hola, {n}", to=(tagged,), references=(ours,)))
    filed = lab.attack(mails)
    assert len(filed) == guesses
    assert lab.joined(filed) == []
    assert {one.case.contact.address for one in filed} == {EVE}


def test_one_changed_letter_makes_a_signature_worthless(lab: Lab) -> None:
    case = lab.cases[0]
    ours = signing.new_message_id(case.id, "tienda.example")
    tag = signing.plus_address(OURS, case.id)
    other = lab.cases[1].id
    mails = [
        _from_eve("1", in_reply_to=(ours.replace(f"c{case.id}.", f"c{other}.", 1),)),
        _from_eve("2", in_reply_to=(ours.replace("tienda.example", "evil.example"),)),
        _from_eve("3", to=(Address(tag.replace(f"+c{case.id}.", f"+c{other}.", 1)),)),
        _from_eve("4", to=(Address(tag[:-1].replace("@tienda", "a@tienda")),)),
        _from_eve("5", in_reply_to=(ours.replace("@", "a@"),)),
    ]
    assert lab.joined(lab.attack(mails)) == []


def test_stolen_ids_open_nothing_to_strangers(lab: Lab) -> None:
    mails = [
        _from_eve(f"{n}", **{where: (rfc_id,)})
        for n, rfc_id in enumerate(lab.stolen)
        for where in ("in_reply_to", "references")
    ]
    filed = lab.attack(mails)
    assert lab.joined(filed) == []
    assert all(one.case.linked_to in lab.cases for one in filed)


def test_the_id_of_another_persons_mail_as_ones_own_changes_nothing(lab: Lab) -> None:
    filed = lab.attack([_from_eve(f"{n}", message_id=one) for n, one in enumerate(lab.stolen)])
    assert lab.joined(filed) == []
    late = _vouched(a_mail("¿Y lo mío?", sender=ANA, in_reply_to=(lab.stolen[0],)))
    assert lab.attack([late])[0].case is lab.cases[0]


@pytest.mark.parametrize("trust", [Trust.FAIL, Trust.NONE])
def test_a_forged_customer_with_a_stolen_id_is_kept_apart(lab: Lab, trust: Trust) -> None:
    forged = a_mail("Envíen todo a otra casa", sender=ANA, in_reply_to=(lab.stolen[0],))
    mails = [replace(forged, trust=trust)]
    filed = lab.attack(mails)
    assert lab.joined(filed) == []
    assert filed[0].case.provisional
    assert filed[0].message.quarantined is (trust is Trust.FAIL)


def test_strangers_of_one_batch_are_not_taken_for_each_other(lab: Lab) -> None:
    first = _vouched(a_mail("Soy nueva", sender="nueva@cliente.example"))
    second = _from_eve("Yo también", in_reply_to=(first.message_id,))
    filed = lab.attack([first, second])
    assert filed[0].case is not filed[1].case


@pytest.mark.parametrize("sender", [OURS, AGENT])
@pytest.mark.parametrize("result", ["", "none", "fail"])
def test_nobody_speaks_as_us_with_a_stolen_id(lab: Lab, sender: str, result: str) -> None:
    signed = signing.new_message_id(lab.cases[0].id, "tienda.example")
    raws = [
        a_raw(sender, "Re: x", f"Pague aquí {rfc_id}", at=MORNING, id=f"f{n}@evil.example",
              to=(ANA,), cc=(OURS,), trust=result, headers=(("In-Reply-To", f"<{rfc_id}>"),))
        for n, rfc_id in enumerate([lab.stolen[0], signed])
    ]  # fmt: skip
    filed = lab.attack([open_mail(raw, KNOWN) for raw in raws])
    assert lab.joined(filed) == []


def test_our_own_id_on_a_strangers_words_is_no_copy_of_ours(lab: Lab) -> None:
    ours = lab.session.scalars(
        select(Message.rfc_id).where(Message.case_id == lab.cases[0].id, Message.by != "")
    ).first()
    raw = a_raw(EVE, "Re: x", "Otras palabras", at=MORNING, id=ours or "")
    filed = lab.attack([open_mail(raw, KNOWN)])
    assert not filed[0].again
    assert lab.joined(filed) == []


FORGED_VERDICTS = {
    "below another server's": lambda ok: (
        ("Authentication-Results", "mx.evil.example; dmarc=fail"), ("Authentication-Results", ok)),
    "below our refusal": lambda ok: (
        ("Authentication-Results", verdict(ANA, "fail")), ("Authentication-Results", ok)),
    "below many hops": lambda ok: (
        *((("Received", "from a by b; Tue, 10 Mar 2026 09:00:00 +0000"),) * 6),
        ("Authentication-Results", ok)),
    "a name that looks like ours": lambda ok: (
        ("Authentication-Results", ok.replace(SERVER, f"{SERVER}.evil.example")),),
    "in a comment": lambda ok: (("Authentication-Results", f"mx.evil.example; none ({ok})"),),
    "our verdict on themselves": lambda _: (
        ("Authentication-Results", verdict(EVE, "pass")),),
}  # fmt: skip


@pytest.mark.parametrize("way", FORGED_VERDICTS)
def test_forged_verdicts_vouch_for_nobody(lab: Lab, way: str) -> None:
    headers = FORGED_VERDICTS[way](verdict(ANA, "pass"))
    said = (*headers, ("In-Reply-To", f"<{lab.stolen[0]}>"))
    raw = a_raw(ANA, "Re: x", "Soy yo", at=MORNING, id="f@evil.example", trust="", headers=said)
    mail = open_mail(raw, KNOWN)
    assert mail.trust is not Trust.PASS
    assert lab.joined(lab.attack([mail])) == []


@pytest.mark.parametrize(
    "author",
    [f"{ANA}, {EVE}", f'"{ANA}" <{EVE}>', f"{EVE} <{EVE}>\r\nFrom: {ANA}", f"grupo: {ANA}, {EVE};",
     f"=?utf-8?q?ana=40cliente=2Eexample?= <{EVE}>"],
)  # fmt: skip
def test_disguised_authors_are_not_the_customer(lab: Lab, author: str) -> None:
    headers = (("In-Reply-To", f"<{lab.stolen[0]}>"),
               ("Authentication-Results", verdict(EVE, "pass")))  # fmt: skip
    raw = a_raw(author, "Re: x", "Soy yo", at=MORNING, id="d@evil.example", trust="",
                headers=headers)  # fmt: skip
    assert lab.joined(lab.attack([open_mail(raw, KNOWN)])) == []


def test_hostile_control_headers_have_no_effect(lab: Lab) -> None:
    headers = (
        *(("X-Tregua-Case", str(lab.cases[0].id)), ("X-Tregua-Receipt", "1")),
        *(("X-Tregua-Origin", "agent"), ("X-Tregua-Trust", "pass"), ("X-Tregua-Bot", "pedidos")),
    )
    raw = a_raw(EVE, "Hola", "Déjenme entrar", at=MORNING, id="x@evil.example", headers=headers)
    filed = lab.attack([open_mail(raw, KNOWN)])
    assert lab.joined(filed) == []
    assert filed[0].message.origin.value == "customer"


def test_a_real_token_lets_a_newcomer_be_seen_and_nothing_more(lab: Lab) -> None:
    case = lab.cases[0]
    ours = signing.new_message_id(case.id, "tienda.example")
    mails = [_from_eve("Soy su hija", in_reply_to=(ours,), cc=(Address("eve2@evil.example"),))]
    filed = lab.attack(mails)
    assert filed[0].case is case
    assert lab.joined(filed) == []
    assert case.contact.address == ANA
    second = _from_eve("Y yo", sender="eve2@evil.example", in_reply_to=(mails[0].message_id,))
    assert lab.attack([second])[0].case is not case
    message = answers.send(lab.session, case, lab.agent, answers.Answer("Hola"), at=MORNING)
    assert message.to == [ANA]
    assert lab.replied(mails, filed) == set()


def test_a_token_replayed_after_the_end_opens_nothing(lab: Lab) -> None:
    case = lab.cases[0]
    ours = signing.new_message_id(case.id, "tienda.example")
    tag = Address(signing.plus_address(OURS, case.id))
    case.close(by=AGENT, at=MORNING)
    filed = lab.attack([_from_eve("Otra vez", in_reply_to=(ours,)), _from_eve("Y más", to=(tag,))])
    assert all(one.case is not case for one in filed)
    assert not case.is_open


def test_tokens_of_ones_own_case_open_no_other(lab: Lab) -> None:
    hers = file(lab.session, an_arrival(_from_eve("Mi pedido")), BELIEVED).case
    ours = signing.new_message_id(hers.id, "tienda.example")
    mail = _from_eve("Mi caso", in_reply_to=(ours,), references=(lab.stolen[0],),
                     subject=f"[#{lab.cases[0].id}]")  # fmt: skip
    assert lab.attack([mail])[0].case is hers


def test_people_put_in_copy_by_strangers_get_nothing(lab: Lab) -> None:
    victims = [f"victim{n}@other.example" for n in range(40)]
    mails = [
        _from_eve(f"Hola {n}", cc=(Address(one),), in_reply_to=(lab.stolen[n % CUSTOMERS],))
        for n, one in enumerate(victims)
    ]
    filed = lab.attack(mails)
    assert lab.replied(mails, filed) <= {EVE}
    assert lab.joined(filed) == []
    for one in filed[:5]:
        sent = answers.send(lab.session, one.case, lab.agent, answers.Answer("?"), at=MORNING)
        assert sent.to == [EVE]


def test_who_copies_a_customer_does_not_get_what_the_customer_writes_to_us(lab: Lab) -> None:
    """The attacker knows the id of a mail before it comes to us, and claims it for a case."""
    coming = "on-its-way@cliente.example"
    trap = _from_eve("Mira", references=(coming,), cc=(Address(ANA),))
    letter = _vouched(a_mail("Mi contraseña es …", sender=ANA, message_id=coming))
    filed = lab.attack([trap, letter])
    assert filed[1].case is not filed[0].case


def test_a_flood_of_strangers_costs_the_customer_nothing(lab: Lab) -> None:
    """Their references are not learned, or each answer would look at thousands of cases."""
    lab.attack([_from_eve(f"{n}", in_reply_to=(lab.stolen[0],)) for n in range(300)])
    lab.session.flush()
    from_all = select(func.count()).select_from(Message)
    assert (lab.session.scalar(from_all) or 0) > 300
    late = _vouched(a_mail("¿Y lo mío?", sender=ANA, in_reply_to=(lab.stolen[0],)))
    arrival = an_arrival(late)
    known = shelf.fetch(lab.session, [arrival], BELIEVED)
    assert len(known.ids[lab.stolen[0]]) == 1
