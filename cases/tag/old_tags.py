"""Tags from before cases were found by them: written into their table once, some at a time."""

from sqlalchemy import String, cast, exists, func, select
from sqlalchemy.orm import Session

from cases import catching_up, tag
from cases.case import Case, CaseTag
from cases.db import reading, transaction
from cases.tag import case_tags

_WORK = "tags"
_AT_ONCE, _MOST = 5_000, 20


def catch_up() -> None:
    """Some batches of cases, each in a transaction of its own; nothing once all were seen."""
    with reading() as session:
        if catching_up.is_done(session, _WORK):
            return
    for _n in range(_MOST):
        with transaction() as session:
            if not _batch(session):
                return


def _batch(session: Session) -> bool:
    """The next cases; False where none are left."""
    numbers = catching_up.take(session, _WORK, lambda: _newest(session), _AT_ONCE)
    if numbers is None:
        return False
    wanted = select(Case).where(
        Case.id >= numbers.start,
        Case.id < numbers.stop,
        cast(Case.labels, String).contains('"tags"'),
        ~exists().where(CaseTag.case_id == Case.id),
    )
    for case in session.scalars(wanted.order_by(Case.id).with_for_update()):
        own = tag.joined((), case_tags.of(case))
        session.add_all(CaseTag(key=tag.key(one), case_id=case.id, tag=one) for one in own)
    return True


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Case.id))) or 0
