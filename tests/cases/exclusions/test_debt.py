"""A case that ended badly keeps a hold that fades: light mail may go again before a promotion."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.exclusions.asking import Question, judge
from cases.exclusions.debt import DEBT, paid_at
from cases.exclusions.matrix import CampaignClass
from tests.builders import MORNING

C, DAY = CampaignClass, timedelta(days=1)
HOLD = {
    "reason": "after_closing",
    "severity": "soft",
    "starts_at": MORNING.isoformat(),
    "until": (MORNING + 14 * DAY).isoformat(),
}


@pytest.mark.parametrize(
    ("campaign_class", "days"), [(C.PROMOTIONAL, 14), (C.DRIP, 10.4), (C.NEWSLETTER, 7)]
)
def test_the_lighter_the_mail_the_sooner_it_may_go(campaign_class, days):
    question, owed = Question(campaign_class), [HOLD | {"about": DEBT}]
    end = MORNING + days * DAY
    assert not judge(owed, question, end - DAY / 10).allowed
    assert judge(owed, question, end + DAY / 10).allowed
    told = judge(owed, question, MORNING).until
    assert abs(told - end) < DAY / 10


def test_a_closing_that_owes_nothing_holds_all_alike():
    for campaign_class in (C.PROMOTIONAL, C.DRIP, C.NEWSLETTER):
        assert judge([HOLD], Question(campaign_class), MORNING).until == MORNING + 14 * DAY


@given(st.sampled_from(CampaignClass), st.integers(1, 400))
def test_no_debt_lasts_longer_than_it_was_set(campaign_class, days):
    until = MORNING + days * DAY
    assert MORNING <= paid_at(MORNING, until, campaign_class) <= until
