"""How long a mailbox keeps what was written: shown before it goes, and saved by who saw it."""

import re
from datetime import timedelta

from sqlalchemy import select

from cases import Case, Mailbox, clock
from cases.audit import Entry
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN, ANA


def _ended_long_ago() -> tuple[int, int]:
    """A mailbox, and how many of its cases were closed a year ago."""
    with transaction() as session:
        case = session.scalars(select(Case).where(Case.mailbox_id.is_not(None))).first()
        assert case is not None
        if case.is_open:
            case.close(by=ADMIN, at=clock.now())
        case.closed_at = clock.now() - timedelta(days=365)
        return case.mailbox_id or 0, 1


def test_what_would_go_is_shown_and_has_to_be_seen_before_it_is_saved(enter: Enter) -> None:
    box, count = _ended_long_ago()
    admin = enter(ADMIN)
    shown = admin.get(f"/admin/retention?look=yes&words-{box}=300").text
    assert f'name="going" value="{count}"' in shown
    refused = admin.post("/admin/retention", **{f"words-{box}": "300"})
    assert refused.status_code == 422
    assert re.search(r'name="going" value="1"', refused.text)
    assert _kept(box) == (None, None)
    saved = admin.post("/admin/retention", **{f"words-{box}": "300", "going": str(count)})
    assert saved.status_code == 303
    assert _kept(box) == (300, None)
    with reading() as session:
        entry = session.scalars(select(Entry).where(Entry.what == "retention.changed")).one()
        assert entry.data == {"words_days": 300, "names_days": ""}


def test_nonsense_is_refused_and_kept_in_its_field(enter: Enter) -> None:
    box, _count = _ended_long_ago()
    refused = enter(ADMIN).post("/admin/retention", **{f"words-{box}": "soon", f"names-{box}": "0"})
    assert refused.status_code == 422
    assert 'value="soon"' in refused.text
    assert refused.text.count('aria-invalid="true"') == 2


def test_only_an_admin_changes_it(enter: Enter) -> None:
    box, _count = _ended_long_ago()
    assert enter(ANA).post("/admin/retention", **{f"words-{box}": "9999"}).status_code == 403
    assert _kept(box) == (None, None)


def _kept(box: int) -> tuple[int | None, int | None]:
    with reading() as session:
        found = session.get_one(Mailbox, box)
        return found.words_days, found.names_days
