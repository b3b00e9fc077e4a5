"""The table of a letter machine says the same when only what is unusual is kept."""

import numpy as np

from classifiers.transitions import LETTERS, Transitions


def test_every_step_is_the_one_of_the_whole_table():
    chance = np.random.default_rng(4)
    rows = np.tile(chance.integers(0, 70_000, LETTERS), (9, 1))
    rows[3, 7], rows[3, 250], rows[8, 0], rows[8, 255] = 1, 2, 3, 4
    rows[5] = chance.integers(0, 70_000, LETTERS)
    whole = rows.ravel().tolist()
    kept = Transitions(whole)
    assert [kept[place] for place in range(len(whole))] == whole
