"""The feed over HTTP: whole, in changes, and only as much as a token may see."""

import csv
import gzip
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from cases import FeedChange, clock
from cases.db import transaction
from cases.exclusions import feed
from inbox import streams
from inbox.settings import settings
from inbox.tokens import Scope, Token
from tests.builders import MORNING

READ, RAW = Scope.FEED_READ, Scope.FEED_RAW


def lines(answer):
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_snapshot_has_a_header_the_held_and_a_trailer(api_server):
    api_server.case()
    header, item, trailer = lines(api_server.program(READ, RAW).get("/v1/exclusions"))
    assert header["campaign_class"] == "promotional"
    assert item["address"] == "ana@cliente.example"
    assert item["starts_at"] == "2026-03-10T09:00:00Z"
    assert item["until"] is None
    assert trailer["end"] is True
    assert trailer["count"] == 1
    assert trailer["cursor"] == header["cursor"]


def test_csv_has_a_trailer_row_and_its_columns(api_server):
    api_server.case()
    answer = api_server.program(READ, RAW).get("/v1/exclusions", headers={"Accept": "text/csv"})
    assert answer.content_type.startswith("text/csv; header=present")
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows[0] == ["address", "hash", "action", "starts_at", "until", "topics", "seq"]
    assert rows[1][:5] == ["ana@cliente.example", "", "exclude", "2026-03-10T09:00:00Z", ""]
    assert rows[2][:2] == ["#end", "1"]
    assert "\r\n" in answer.text


def test_an_unchanged_snapshot_is_not_sent_again(api_server):
    api_server.case()
    program = api_server.program(READ)
    first = program.get("/v1/exclusions")
    again = program.get("/v1/exclusions", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    api_server.case("eva@cliente.example")
    changed = program.get("/v1/exclusions", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_snapshot_comes_packed_to_who_unpacks(api_server):
    api_server.case()
    program = api_server.program(READ)
    plain = program.get("/v1/exclusions")
    packed = program.get("/v1/exclusions", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_pages_of_json_lead_from_one_to_the_next(api_server):
    for n in range(5):
        api_server.case(f"c{n}@cliente.example")
    program = api_server.program(READ, RAW)
    url, seen = "/v1/exclusions?limit=2", []
    while url:
        answer = program.get(url, headers={"Accept": "application/json"})
        seen += [item["address"] for item in answer.json["items"]]
        link = answer.headers.get("Link", "")
        url = link.partition("<")[2].partition(">")[0]
    assert sorted(seen) == [f"c{n}@cliente.example" for n in range(5)]


def test_without_the_scope_addresses_are_hashed_with_the_tokens_own_key(api_server):
    api_server.case()
    one, other = (api_server.program(READ) for _ in range(2))
    hashes = [lines(program.get("/v1/exclusions"))[1]["hash"] for program in (one, other)]
    assert len(set(hashes)) == 2
    assert "ana@" not in one.get("/v1/exclusions").text
    for wanted in ("none", "sha256"):
        assert one.get(f"/v1/exclusions?hash={wanted}").status_code == 403


def test_changes_lead_from_a_snapshot_to_the_present(api_server):
    case_id = api_server.case()
    program = api_server.program(READ, RAW)
    cursor = lines(program.get("/v1/exclusions"))[-1]["cursor"]
    api_server.case("eva@cliente.example")
    api_server.close(case_id)
    page = program.get(f"/v1/exclusions/changes?cursor={cursor}").json
    assert [(item["op"], item["address"]) for item in page["items"]] == [
        ("upsert", "eva@cliente.example"),
        ("release", "ana@cliente.example"),
    ]
    assert page["more"] is False
    after = program.get(f"/v1/exclusions/changes?cursor={page['cursor']}").json
    assert after["items"] == []


def test_changes_come_in_pages(api_server):
    program = api_server.program(READ, RAW)
    cursor = program.get("/v1/feed").json["cursor"]
    for n in range(3):
        api_server.case(f"c{n}@cliente.example")
    page = program.get(f"/v1/exclusions/changes?cursor={cursor}&limit=2").json
    assert (len(page["items"]), page["more"]) == (2, True)
    rest = program.get(f"/v1/exclusions/changes?cursor={page['cursor']}&limit=2").json
    assert (len(rest["items"]), rest["more"]) == (1, False)


def test_a_cursor_of_another_epoch_is_gone(api_server):
    program = api_server.program(READ)
    cursor = program.get("/v1/feed").json["cursor"]
    with transaction() as session:
        feed.renew_epoch(session)
    answer = program.get(f"/v1/exclusions/changes?cursor={cursor}")
    assert answer.status_code == 410
    assert answer.headers["Location"].endswith("/v1/exclusions")
    assert answer.json["type"].endswith("/cursor-expired")


def test_a_cursor_older_than_what_is_kept_is_gone(api_server):
    program = api_server.program(READ)
    cursor = program.get("/v1/feed").json["cursor"]
    api_server.case()
    with transaction() as session:
        session.execute(update(FeedChange).values(at=MORNING - timedelta(days=8)))
        feed.prune(session, MORNING)
    assert program.get(f"/v1/exclusions/changes?cursor={cursor}").status_code == 410
    fresh = program.get("/v1/feed").json["cursor"]
    assert program.get(f"/v1/exclusions/changes?cursor={fresh}").status_code == 200


@pytest.mark.parametrize("cursor", ["", "x", "%00", "Li4u", "a" * 3000, "éé"])
def test_nonsense_is_no_cursor(api_server, cursor):
    answer = api_server.program(READ).get(f"/v1/exclusions/changes?cursor={cursor}")
    assert answer.status_code == 400


def test_a_cursor_is_good_for_its_own_view_alone(api_server):
    program = api_server.program(READ)
    cursor = program.get("/v1/feed").json["cursor"]
    url = f"/v1/exclusions/changes?cursor={cursor}&campaign_class=survey"
    assert program.get(url).json["type"].endswith("/other-filter")


def test_a_case_that_a_class_does_not_mind_is_not_in_its_snapshot(api_server):
    api_server.case()
    answer = api_server.program(READ).get("/v1/exclusions?campaign_class=transactional")
    assert lines(answer)[-1]["count"] == 0


def test_groups_and_reasons_are_told_by_scope_alone(api_server):
    api_server.case()
    plain = api_server.program(READ).get("/v1/exclusions").text
    assert "care" not in plain
    assert "open_case" not in plain
    grouped = api_server.program(READ, Scope.FEED_GROUPS).get("/v1/exclusions").text
    assert "care" in grouped
    assert "open_case" not in grouped
    assert "open_case" in api_server.program(READ, Scope.FEED_REASONS).get("/v1/exclusions").text


def test_the_end_told_first_is_the_end_of_all_that_holds_without_a_break(api_server):
    case_id = api_server.case()
    closing = MORNING + timedelta(days=1)
    with clock.at(closing):
        api_server.close(case_id, at=closing)
        for scopes in ((READ, RAW), (READ, RAW, Scope.FEED_REASONS)):
            item = lines(api_server.program(*scopes).get("/v1/exclusions"))[1]
            assert item["until"] == "2026-03-18T09:00:00Z"


def test_the_head_says_where_the_feed_stands(api_server):
    api_server.case()
    answer = api_server.program(READ).get("/v1/feed")
    assert answer.json["seq"] == 1
    assert answer.json["degraded"] == []
    assert answer.headers["Tregua-Feed"] == f"epoch={answer.json['epoch']};seq=1"
    again = api_server.program(READ)
    etag = again.get("/v1/feed").headers["ETag"]
    assert again.get("/v1/feed", headers={"If-None-Match": etag}).status_code == 304


def test_the_head_counts_the_held_and_for_what_by_scope_alone(api_server):
    api_server.case()
    api_server.case("eva@cliente.example")
    with clock.at(MORNING + timedelta(minutes=2)):
        told = [
            api_server.program(READ, *more).get("/v1/feed").json["counts"]
            for more in ((), (Scope.FEED_GROUPS,), (Scope.FEED_REASONS,))
        ]
        assert told[0] == {"held": 2}
        assert told[1] == {"held": 2, "by_group": {"care": 2}}
        assert told[2] == {"held": 2, "by_group": {"care": 2}, "by_reason": {"open_case": 2}}
        invoices = api_server.program(READ).get("/v1/feed?campaign_class=transactional")
        assert invoices.json["counts"] == {"held": 0}


def test_the_held_are_counted_once_a_minute(api_server):
    program = api_server.program(READ)
    head = program.get("/v1/feed")
    api_server.case()
    assert program.get("/v1/feed").json["counts"] == {"held": 0}
    with clock.at(MORNING + timedelta(minutes=1)):
        again = program.get("/v1/feed", headers={"If-None-Match": head.headers["ETag"]})
        assert again.json["counts"] == {"held": 1}


def test_who_wants_less_says_which_fields(api_server):
    api_server.case()
    program = api_server.program(READ, RAW, Scope.FEED_REASONS)
    url = "/v1/exclusions?fields=until,reason"
    _, item, trailer = lines(program.get(url))
    assert set(item) == {"kind", "address", "until", "reason", "holds"}
    assert {frozenset(hold) for hold in item["holds"]} == {frozenset({"until", "reason"})}
    answer = program.get(url, headers={"Accept": "text/csv"})
    assert answer.text.splitlines()[0] == "address,hash,until,reason"
    page = program.get(url, headers={"Accept": "application/json"}).json
    assert page["items"] == [item]
    followed = f"/v1/exclusions/changes?cursor={trailer['cursor']}"
    assert program.get(followed).json["type"].endswith("other-filter")
    assert program.get(f"{followed}&fields=reason,until").status_code == 200
    assert program.get("/v1/exclusions?fields=mood").status_code == 400


def test_the_stream_tells_what_is_committed_and_resets_when_the_epoch_changes(api_server):
    program = api_server.program(READ, RAW)
    cursor = program.get("/v1/feed").json["cursor"]
    api_server.case()
    answer = program.get("/v1/exclusions/stream", headers={"Last-Event-ID": cursor})
    parts = (part.decode() for part in answer.response)
    assert next(parts).startswith(":")
    told = next(parts)
    assert "ana@cliente.example" in told
    assert told.startswith("id: ")
    with transaction() as session:
        feed.renew_epoch(session)
    assert next(parts).startswith("event: reset")
    answer.close()


def test_a_stream_ends_with_its_token(api_server):
    program = api_server.program(READ, RAW)
    with program.get("/v1/exclusions/stream", buffered=False) as answer:
        parts = iter(answer.response)
        assert next(parts).startswith(b":")
        with transaction() as session:
            session.execute(update(Token).values(revoked_at=MORNING))
        api_server.case()
        assert list(parts) == []


def test_programs_and_open_pages_share_the_room_for_streams(api_server):
    program = api_server.program(READ)
    pages = 0
    while streams.enter():
        pages += 1
    try:
        assert pages == settings().web_threads // 2
        assert program.get("/v1/exclusions/stream").json["type"].endswith("too-many-streams")
    finally:
        for _n in range(pages):
            streams.leave()


def test_a_first_reader_of_an_empty_installation_finds_an_empty_feed(api_server):
    assert lines(api_server.program(READ).get("/v1/exclusions"))[-1]["count"] == 0
