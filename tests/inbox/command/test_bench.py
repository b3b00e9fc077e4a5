"""The benches make the same mail each time, and their figures say what they were compared with."""

import json
from email import message_from_bytes

import pytest
from click.testing import CliRunner

from inbox.command import tregua
from inbox.command.bench import BENCHES
from inbox.command.benching.mails import BOT, mails
from inbox.command.benching.telling import auc
from inbox.intake.jail import parse_safely
from inbox.intake.known import BotRule, Known
from tests.servers.warm import warm


def test_the_same_mail_is_made_each_time_and_another_run_differs():
    assert list(mails(50)) == list(mails(50))
    ids = {message_from_bytes(mail)["Message-ID"] for mail in mails(50)}
    others = {message_from_bytes(mail)["Message-ID"] for mail in mails(50, run="x")}
    assert len(ids) == 50
    assert not ids & others


@pytest.mark.slow
def test_there_is_mail_of_every_kind_in_both_languages_with_threads_and_attachments():
    bot = BotRule("pedidos", addresses=frozenset({BOT}), customer="to")
    opened = [mail for _n, mail in parse_safely(enumerate(mails(200)), Known(bots=(bot,)))]
    origins = {mail.origin.value for mail in opened}
    assert origins >= {"customer", "bot", "auto_reply", "bounce", "bulk"}
    assert any(mail.attachments for mail in opened)
    assert any(mail.html for mail in opened)
    ids = {mail.message_id for mail in opened}
    assert any(set(mail.in_reply_to) & ids for mail in opened)
    texts = " ".join(mail.new_text for mail in opened)
    assert "pedido" in texts
    assert "order" in texts


def test_an_unknown_bench_is_refused_with_those_there_are():
    refused = CliRunner().invoke(tregua, ["bench", "everything"])
    assert refused.exit_code == 2
    assert "ingest" in refused.output
    assert set(BENCHES) >= {"ingest", "latency", "classify", "send"}


def test_a_guess_by_the_time_is_right_always_half_the_time_or_never():
    assert auc([2, 3], [0, 1]) == 1
    assert auc([0, 1], [2, 3]) == 0
    assert auc([1, 1, 2], [1, 2, 1]) == 0.5


@pytest.mark.nightly
@pytest.mark.server
def test_the_time_of_an_answer_tells_no_customer_from_a_stranger(bench_alone):
    figures = json.loads(bench_alone("check", "--mails", "2000").strip().splitlines()[-1])
    # A bound that a busy machine keeps too; what is published comes from a quiet one.
    assert 0.4 <= figures["customer_or_stranger_auc"] <= 0.6
    assert 0.4 <= figures["held_or_stranger_auc"] <= 0.6


CHECKED = {
    *("single_p50_ms", "single_p95_ms", "single_p99_ms", "bulk_10k_p95_ms", "sql_ratio"),
    *("gate_50_s", "gate_500_s", "snapshot_50_s", "delta_p99_ms"),
    *("customer_or_stranger_auc", "held_or_stranger_auc"),
}


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        ("ingest", "30", {"mails_per_s", "floor_per_s", "floor_stage", "ratio", "stages"}),
        ("send", "10", {"mails_per_s", "floor_per_s", "ratio"}),
        ("classify", "12", {"texts_per_s", "encoder_per_s", "ratio"}),
        pytest.param(
            *("pages", "60", {"list_p95_ms", "case_p95_ms", "search_p95_ms", "growth"}),
            marks=pytest.mark.nightly,
        ),
        pytest.param("grow", "600", {"points", "fall"}, marks=pytest.mark.nightly),
        ("check", "50", CHECKED),
        pytest.param(
            *("latency", "3", {"case_p50_ms", "case_p99_ms", "reply_p99_ms"}),
            marks=pytest.mark.nightly,
        ),
    ],
)
def test_a_bench_gives_its_figures_on_the_last_line(name, number, wanted, tmp_path, bench_alone):
    told = bench_alone(name, "--mails", number, "--database", f"sqlite:///{tmp_path}/bench.db")
    figures = json.loads(told.strip().splitlines()[-1])
    assert set(figures) >= wanted


@pytest.fixture
def bench_alone(tmp_path):
    """A bench in a process of its own, since it makes itself an installation."""

    def run(*words):
        log = tmp_path / "bench.log"
        needs = ("inbox.command.bench",)
        ended = warm().run("inbox", "bench", *words, "--json", needs=needs, log=log)
        assert ended == 0, log.read_text()[-4000:]
        return log.read_text()

    return run
