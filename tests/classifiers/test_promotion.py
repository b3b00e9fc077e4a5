"""A new model is used only where it is not worse."""

import pytest

from classifiers.promotion import Reason, Worth, judge, worth

USED = Worth(strict=0.70, lenient=0.80, gap=0.02, corrected=10, right=7)


@pytest.mark.parametrize(
    ("fresh", "reason"),
    [
        (Worth(0.70, 0.80, 0.02, 10, 7), Reason.NOT_WORSE),
        (Worth(0.695, 0.80, 0.02, 10, 9), Reason.NOT_WORSE),
        (Worth(0.68, 0.80, 0.02, 10, 9), Reason.WORSE_ON_FROZEN),
        (Worth(0.70, 0.78, 0.02, 10, 9), Reason.WORSE_ON_FROZEN),
        (Worth(0.75, 0.85, 0.02, 10, 6), Reason.WORSE_ON_CORRECTIONS),
        (Worth(0.75, 0.85, 0.09, 10, 9), Reason.LANGUAGES_APART),
    ],
)
def test_the_first_objection_decides(fresh, reason):
    verdict = judge(USED, fresh)
    assert (verdict.promoted, verdict.reason) == (reason is Reason.NOT_WORSE, reason)


def test_frozen_texts_count_before_those_left_out_and_these_before_what_training_noted():
    noted = {"strict": 0.5, "lenient": 0.6}
    left_out = {"strict": 0.6, "lenient": 0.7, "gap": 0.01}
    frozen = {"strict": 0.7, "lenient": 0.8, "gap": 0.02}
    assert worth({}, noted).strict == 0.5
    assert worth({"left_out": left_out}, noted).strict == 0.6
    asked = {"texts": 9, "right": 5}
    whole = worth({"left_out": left_out, "frozen": frozen, "corrections": asked}, noted)
    assert whole == Worth(0.7, 0.8, 0.02, 9, 5)
