"""While mail is not read: marketing waits, of that brand alone, unless somebody answers for it."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Mailbox, clock
from cases.audit import Entry
from cases.db import reading, transaction
from inbox.tokens import Limits, Scope
from tests.builders import MORNING

ANA, EVA = "ana@cliente.example", "eva@cliente.example"
LATER = MORNING + timedelta(minutes=61)
WORD = {"why": "Se corta la luz", "who": "Bea"}


def a_mailbox(name="soporte", read_at=MORNING):
    with transaction() as session:
        box = Mailbox(
            address=f"{name}@tienda.example",
            imap_host="127.0.0.1",
            imap_user=name,
            created_at=MORNING,
            last_ok_at=read_at,
        )
        session.add(box)
        session.flush()
        return box.id


def a_gate(sender, campaign="rebajas", **values):
    sender.put(f"/v1/campaigns/{campaign}", json={"campaign_class": "promotional"})
    return sender.post(f"/v1/campaigns/{campaign}/gates", json={"addresses": [ANA, EVA], **values})


def claims_of(gate):
    return json.loads(base64.urlsafe_b64decode(gate["receipt"].split(".")[1] + "==="))


def test_somebody_may_answer_for_sending_although_mail_is_not_read(api_server):
    api_server.case(ANA)
    a_mailbox()
    sender = api_server.program(Scope.GATE)
    with clock.at(LATER):
        assert a_gate(sender).json["decision"] == "no_go"
        assert a_gate(sender, override=WORD | {"why": " "}).status_code == 422
        gate = a_gate(sender, override=WORD).json
        assert (gate["decision"], gate["allowed"]["n"]) == ("go", 1)
        assert claims_of(gate)["overridden"] == WORD
        assert sender.post(gate["links"]["refresh"]).json["decision"] == "go"
    with reading() as session:
        [entry] = session.scalars(select(Entry).where(Entry.what == "gate.overridden"))
        assert (entry.about, entry.data) == (gate["id"], WORD)


def test_large_audiences_are_answered_for_when_they_are_sealed(api_server):
    a_mailbox()
    sender = api_server.program(Scope.GATE)
    sender.put("/v1/campaigns/rebajas", json={})
    with clock.at(LATER):
        gate = sender.post("/v1/campaigns/rebajas/gates", json={}).json
        sender.put(f"/v1/gates/{gate['id']}/parts/0", data=EVA, content_type="text/plain")
        told = sender.post(f"/v1/gates/{gate['id']}/seal", json={"override": WORD}).json
    assert told["decision"] == "go"


def test_while_mail_is_read_there_is_nothing_to_answer_for(api_server):
    gate = a_gate(api_server.program(Scope.GATE), override=WORD).json
    assert "overridden" not in claims_of(gate)
    with reading() as session:
        assert session.scalars(select(Entry)).all() == []


@pytest.mark.parametrize(
    ("own", "found"), [(True, ("go", True, "none")), (False, ("no_go", False, "stopped"))]
)
def test_trouble_with_another_brand_holds_nobody_back(api_server, own, found):
    a_mailbox("otra")
    boxes = (a_mailbox(read_at=LATER),) if own else ()
    scopes = (Scope.GATE, Scope.CHECK, Scope.LOAD_READ)
    sender = api_server.program(*scopes, limits=Limits(mailboxes=boxes))
    with clock.at(LATER):
        decision = a_gate(sender).json["decision"]
        assert (decision, sender.allowed(EVA), sender.get("/v1/feed").json["lag"]) == found
        assert sender.get("/v1/load").json["inputs"]["degraded"] is not own
