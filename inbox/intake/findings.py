"""What came of a trial of rules so far: sums, and mails that show the difference."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from inbox.intake.outcomes import Seen, Side
from inbox.intake.trial_mails import Source

MOST_ROWS = 300


@dataclass
class Findings:
    """What came of a trial so far."""

    present: Side
    edited: Side
    counts: Counter[str] = field(default_factory=Counter)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def look(self, mail: Source, seen: Seen) -> None:
        """Decide about one mail under both sets of rules."""
        now, then = self.present.decide(seen), self.edited.decide(seen)
        differs = [_plain(one) for one in now] != [_plain(one) for one in then]
        self.counts["mails"] += 1
        self.counts["cases"] += seen.filed.opened
        self.counts["different"] += differs
        for side, does in (("present", now), ("edited", then)):
            self.counts.update(f"{side}:{one['do']}" for one in does)
        if len(self.rows) < MOST_ROWS and (differs or len(self.rows) < MOST_ROWS // 3):
            self.rows.append(
                {"n": mail.n, "differs": differs, "present": now, "edited": then, **seen.as_row()}
            )


def _plain(did: dict[str, str]) -> tuple[str, str, str]:
    """What it did without the version of the rule, which every change counts up."""
    return did["do"], did["what"], did["by"].rpartition("@")[0] or did["by"]
