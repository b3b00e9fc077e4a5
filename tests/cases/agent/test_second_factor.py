"""The second proof of the sign-in: codes as RFC 6238 has them, each taken once."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from cases.agent import Agent, second_factor, totp
from cases.agent.second_factor import SecondFactor

NOW = datetime(2026, 11, 3, 9, 0, 10, tzinfo=UTC)
# RFC 6238, appendix B: the secret of the SHA-1 examples.
RFC = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1234567890, "89005924"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.code_at(RFC, seconds // totp.STEP) == code[-totp.DIGITS :]


def test_a_code_of_the_half_minute_before_or_after_fits_and_no_other() -> None:
    step = int(NOW.timestamp()) // totp.STEP
    taken = [totp.step_of(RFC, totp.code_at(RFC, step + n), NOW, after=0) for n in range(-2, 3)]
    assert taken == [None, step - 1, step, step + 1, None]
    assert totp.step_of(RFC, "código", NOW, after=0) is None


def _agent(session: Session) -> Agent:
    made = Agent(address="ana@tienda.test", name="Ana", created_at=NOW)
    session.add(made)
    session.flush()
    return made


def _set_up(session: Session) -> tuple[SecondFactor, list[str]]:
    begun = second_factor.begin(session, _agent(session).id, at=NOW)
    session.flush()
    paper = second_factor.confirm(session, begun, _code(begun, NOW), at=NOW)
    assert paper is not None
    session.flush()
    return begun, paper


def _code(factor: SecondFactor, at: datetime) -> str:
    return totp.code_at(factor.secret(), int(at.timestamp()) // totp.STEP)


def test_it_counts_only_once_its_first_code_has_fitted(session: Session) -> None:
    begun = second_factor.begin(session, _agent(session).id, at=NOW)
    session.flush()
    assert second_factor.confirm(session, begun, "000000x", at=NOW) is None
    assert second_factor.of(session, begun.agent_id) is None
    assert not second_factor.proves(session, begun.agent_id, _code(begun, NOW), at=NOW)
    assert second_factor.confirm(session, begun, _code(begun, NOW), at=NOW)
    assert second_factor.of(session, begun.agent_id) is begun


def test_no_code_is_taken_twice_nor_one_before_it(session: Session) -> None:
    factor, _paper = _set_up(session)
    later = NOW + timedelta(minutes=1)
    assert not second_factor.proves(session, factor.agent_id, _code(factor, NOW), at=NOW)
    assert second_factor.proves(session, factor.agent_id, _code(factor, later), at=later)
    before = _code(factor, later - timedelta(seconds=totp.STEP))
    assert not second_factor.proves(session, factor.agent_id, before, at=later)


def test_each_backup_code_works_once_and_is_not_stored_in_clear(session: Session) -> None:
    factor, paper = _set_up(session)
    assert len(set(paper)) == second_factor.PAPER_CODES
    assert not any(one.replace("-", "") in str(factor.paper) for one in paper)
    assert second_factor.proves(session, factor.agent_id, f" {paper[3].upper()} ", at=NOW)
    assert not second_factor.proves(session, factor.agent_id, paper[3], at=NOW)
    assert len(factor.paper) == second_factor.PAPER_CODES - 1
    other = second_factor.renew_paper(factor)
    assert not second_factor.proves(session, factor.agent_id, paper[4], at=NOW)
    assert second_factor.proves(session, factor.agent_id, other[0], at=NOW)
