"""Word pieces are read from disk as they are met, and are the same as those of the whole table."""

import tempfile

import numpy as np
import pytest

from classifiers import pieces

CHANCE = np.random.default_rng(3)


@pytest.fixture
def table():
    return CHANCE.integers(0, 255, (500, 8), dtype=np.uint8)


def test_a_piece_reads_the_same_from_disk_at_the_first_time_and_later(table):
    kept = pieces.on_disk(table)
    for _again in range(2):
        asked = CHANCE.integers(0, 500, 40)
        assert (kept[asked] == table[asked]).all()
    assert kept[np.zeros(0, np.int64)].shape == (0, 8)


def test_who_sends_every_word_there_is_cannot_fill_the_memory(table, monkeypatch):
    monkeypatch.setattr(pieces, "MOST", 50)
    monkeypatch.setattr(pieces, "STEP", 10)
    kept = pieces.on_disk(table)
    for start in range(0, 500, 25):
        asked = np.arange(start, start + 25)
        assert (kept[asked] == table[asked]).all()
    assert len(kept._met) <= 60


def test_where_nothing_can_be_written_the_table_stays_in_memory(table, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    assert pieces.on_disk(table) is table
