"""The test vectors of the protocol: our own server and client pass them."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from tregua_client import Mirror, NoAnswer, Refusal, names, verify
from tregua_client.mirror import _holds

from cases import contact
from cases.exclusions import receipts, spans
from cases.exclusions.matrix import Action
from cases.exclusions.receipts import Forged, SigningKey
from inbox.api.naming import an_address
from tests.builders import MORNING

UNKNOWN_WAY = "matched in an unknown way"
VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "truce-vectors.json").read_text()
)


def named(cases):
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", VECTORS["normalisation"])
def test_names_are_matched_alike_on_both_sides(case):
    assert names.normalised(case["written"]) == case["matched"]
    assert contact.normalised(case["written"]) == case["matched"]
    if names.looks_right(case["matched"]):
        assert an_address(case["written"]) == case["matched"]


def test_keyed_hashes_are_as_written():
    key = bytes.fromhex(VECTORS["keyed_hash"]["key"])
    for case in VECTORS["keyed_hash"]["of"]:
        assert names.keyed(case["matched"], key) == case["hash"]


@pytest.mark.parametrize("case", VECTORS["digest"])
def test_digests_are_as_written(case):
    assert names.digest(case["of"]) == case["digest"]
    assert receipts.digest(case["of"]) == case["digest"]


@pytest.mark.parametrize("case", named(VECTORS["receipts"]["cases"]))
def test_the_client_believes_good_receipts_alone(case):
    keys = VECTORS["receipts"]["keys"]
    if case["valid"]:
        found = verify(case["receipt"], keys, now=case["now"], audience=case["audience"])
        assert found.matching == case.get("matching", "exact")
    else:
        with pytest.raises(Refusal):
            verify(case["receipt"], keys, now=case["now"], audience=case["audience"])


@pytest.mark.parametrize("case", named(VECTORS["receipts"]["cases"]))
def test_the_server_believes_its_own_signature_alone(session, case):
    for key in VECTORS["receipts"]["keys"]["keys"]:
        session.add(SigningKey(kid=key["kid"], sealed="", public=key, created_at=MORNING))
    session.flush()
    now = datetime.fromtimestamp(case["now"], tz=MORNING.tzinfo)
    about_the_signature = case["name"] not in ("lease over", "another audience", UNKNOWN_WAY)
    if case["valid"] or not about_the_signature:
        found = receipts.verify(session, case["receipt"], now)
        assert found.expired is (case["name"] == "lease over")
    else:
        with pytest.raises(Forged):
            receipts.verify(session, case["receipt"], now)


class _Told:
    """A client that is told a snapshot."""

    def __init__(self, text):
        self.text = text

    def head(self):
        return {"server_time": "2026-11-03T09:00:00Z", "lag": "none"}

    def stream(self, _url, **_values):
        return [line.encode() for line in self.text.splitlines(keepends=True)]


@pytest.mark.parametrize("case", named(VECTORS["snapshots"]))
def test_only_whole_snapshots_are_believed(tmp_path, case):
    mirror = Mirror(tmp_path / "m.sqlite")
    try:
        if case["valid"]:
            mirror.sync(_Told(case["text"]))
            assert mirror.count() == case["held"]
        else:
            with pytest.raises(NoAnswer):
                mirror.sync(_Told(case["text"]))
    finally:
        mirror.close()


@pytest.mark.parametrize("case", VECTORS["spans"])
def test_a_span_holds_from_its_start_until_before_its_end(case):
    now = datetime.fromisoformat(case["now"])
    pairs = [(one["starts_at"], one["until"]) for one in case["holds"]]
    assert any(_holds(pair, now.timestamp()) for pair in pairs) is case["held"]
    made = [
        spans.Span(Action.EXCLUDE, datetime.fromisoformat(start), _instant(until))
        for start, until in pairs
    ]
    assert bool(spans.standing(made, now)) is case["held"]


def _instant(text):
    return datetime.fromisoformat(text) if text else None
