"""Whether a machine may answer (RFC 3834): every "no" has its reason."""

from dataclasses import replace

import pytest

from cases.mail import Address, Mail, Origin, Trust
from inbox.intake.answerable import may_answer, nobody_reads, role_address
from inbox.intake.known import Known

US = "help@shop.example"
KNOWN = Known(own=frozenset({US}), agents=frozenset({"marta@shop.example"}))
MAIL = Mail(sender=Address("ana@home.example"), to=(Address(US),), return_path="ana@home.example")


def reason(mail: Mail, origin: Origin = Origin.CUSTOMER) -> str | None:
    """Why not, or None where it may be answered."""
    allowed, why = may_answer(mail, KNOWN, origin, "some rule")
    return None if allowed else why


def with_header(*headers: tuple[str, str]) -> Mail:
    return replace(MAIL, headers=headers)


def test_a_person_may_be_answered():
    assert may_answer(MAIL, KNOWN, Origin.CUSTOMER, "nothing else") == (True, "a person wrote")


@pytest.mark.parametrize("origin", [each for each in Origin if each is not Origin.CUSTOMER])
def test_nobody_but_a_customer_is_answered(origin: Origin):
    assert reason(MAIL, origin)


def test_the_rule_that_told_a_machine_is_the_reason():
    allowed, why = may_answer(MAIL, KNOWN, Origin.AUTO_REPLY, "auto-submitted: auto-replied")
    assert not allowed
    assert why == "written by a machine (auto-submitted: auto-replied)"


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (replace(MAIL, sender=Address("")), "no address"),
        (replace(MAIL, return_path=""), "return path is empty"),
        (replace(MAIL, sender=Address(US)), "an address of ours"),
        (replace(MAIL, sender=Address("marta@shop.example")), "claims to come from an agent"),
        (replace(MAIL, trust=Trust.FAIL), "authenticated"),
        (replace(MAIL, sender=Address("no-reply@x.example")), "nobody reads no-reply@x.example"),
        (replace(MAIL, reply_to=(Address("noresponder@x.example"),)), "nobody reads"),
        (replace(MAIL, sender=Address("postmaster@x.example")), "not a person's"),
        (replace(MAIL, return_path="list-bounces@x.example"), "not a person's"),
        (replace(MAIL, to=(Address("other@x.example"),)), "none of our addresses"),
        (with_header(("auto-submitted", "auto-generated")), "auto-generated"),
        (with_header(("x-auto-response-suppress", "DR, OOF, AutoReply")), "wants no automatic"),
        (with_header(("precedence", "bulk")), "Precedence: bulk"),
        (with_header(("precedence", " List ")), "Precedence: list"),
        (with_header(("list-id", "<x.y.example>")), "list-id"),
        (with_header(("feedback-id", "1:2:3:x")), "Feedback-ID"),
        (with_header(("x-loop", "Help@shop.example")), "X-Loop"),
        (with_header(("x-tregua-loop", "abc")), "loop mark"),
        (with_header(*[("received", "by x")] * 26), "26 servers"),
    ],
)
def test_each_silence_has_its_reason(mail: Mail, why: str):
    assert why in (reason(mail) or "")


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, return_path=None),
        replace(MAIL, to=(Address("help+c12.abc@shop.example"),)),
        replace(MAIL, to=(), cc=(Address(US),)),
        with_header(("auto-submitted", "no")),
        with_header(("x-auto-response-suppress", "DR, RN, NRN")),
        with_header(("precedence", "normal")),
        with_header(("list-id", "Help <help.shop.example>"), ("precedence", "list")),
        with_header(("x-loop", "other@x.example")),
        with_header(*[("received", "by x")] * 25),
    ],
)
def test_what_only_looks_suspicious_is_answered(mail: Mail):
    assert reason(mail) is None


def test_without_addresses_of_our_own_the_addressees_say_nothing():
    mail = replace(MAIL, to=())
    assert may_answer(mail, Known(), Origin.CUSTOMER, "nothing else")[0]


@pytest.mark.parametrize(
    "address",
    [
        "noreply@x.example",
        "no-reply@x.example",
        "no_reply@x.example",
        "shop-noreply@x.example",
        "noreply-orders@x.example",
        "noreply+abc@x.example",
        "noreply2@x.example",
        "donotreply@x.example",
        "do-not-reply@x.example",
        "no-responder@x.example",
        "noresponda@x.example",
        "no-contestar@x.example",
        "nao-responda@x.example",
        "nao_responder@x.example",
        "no-contesteu@x.example",
        "ne-pas-repondre@x.example",
        "nicht-antworten@x.example",
        "non-rispondere@x.example",
        "autoreply@x.example",
    ],
)
def test_addresses_that_take_no_answers_are_known(address: str):
    assert nobody_reads(address)


@pytest.mark.parametrize(
    "address",
    ["mailer-daemon@x", "root@x", "owner-list@x", "list-request@x", "bounces+12=a@x", "abuse@x",
     "notificacions@x", "notificação@x", "dmarc-reports@x", "unsubscribe@x", "robot@x"],
)  # fmt: skip
def test_roles_are_known(address: str):
    assert role_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "ana@x.example",
        "noreen@x.example",
        "norris.replyson@x.example",
        "info@x.example",
        "rooter@x",
        "robotica@x",
        "botella@x",
    ],
)
def test_people_are_not_taken_for_roles(address: str):
    assert not nobody_reads(address)
    assert not role_address(address)
