"""Who tries at the same time as others is counted with them."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from cases import clock
from cases.db import transaction
from inbox.web.public import form_uses
from inbox.web.signin import guesses
from tests.meanwhile import ON_POSTGRESQL, meanwhile


def _guess(session: Session) -> bool:
    return guesses.may_guess(session, "ana@tienda.test", "192.0.2.1", at=clock.now())


def _write(session: Session) -> bool:
    return form_uses.may_write(session, "192.0.2.1", at=clock.now())


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("tries", "most"),
    [(_guess, guesses.FROM_ONE_PLACE), (_write, form_uses.FROM_ONE_PLACE)],
)
def test_the_last_try_is_one_also_for_two_who_come_at_once(
    installation: str, tries: Callable[[Session], bool], most: int
) -> None:
    allowed: list[bool] = []

    def another() -> None:
        with transaction() as session:
            allowed.append(tries(session))

    with transaction() as session:
        for _n in range(most - 1):
            assert tries(session)
            session.flush()
    with meanwhile(another) as another_begins, transaction() as session:
        assert tries(session)
        another_begins()
    assert allowed == [False]
