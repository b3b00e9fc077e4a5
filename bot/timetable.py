"""What runs when: the only list of periodic jobs."""

from dataclasses import dataclass
from datetime import timedelta

from bot.queues import FILE, SEND, TAG


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that a worker of that queue calls again and again, whether or not Redis is there."""

    job: str
    queue: str
    every: timedelta


TIMETABLE = (
    Periodic("inbox.intake.jobs.file_waiting", FILE, timedelta(seconds=10)),
    Periodic("inbox.intake.jobs.look_for_proof", FILE, timedelta(seconds=3)),
    Periodic("inbox.api.jobs.stand_in", FILE, timedelta(seconds=30)),
    Periodic("bot.jobs.sweep_outbox", SEND, timedelta(seconds=2)),
    Periodic("bot.jobs.sweep_promises", SEND, timedelta(seconds=20)),
    Periodic("bot.jobs.notice", SEND, timedelta(seconds=3)),
    Periodic("bot.jobs.keep_words", SEND, timedelta(seconds=2)),
    Periodic("bot.jobs.wake_snoozed", SEND, timedelta(seconds=20)),
    Periodic("bot.jobs.sweep_lifecycle", SEND, timedelta(seconds=60)),
    Periodic("bot.jobs.tell_people", SEND, timedelta(seconds=5)),
    Periodic("inbox.api.jobs.watch_over", SEND, timedelta(seconds=30)),
    Periodic("bot.jobs.measure_worth", SEND, timedelta(hours=1)),
    Periodic("bot.jobs.ask_about_quiet", SEND, timedelta(hours=1)),
    Periodic("inbox.api.jobs.sweep_feed", SEND, timedelta(seconds=60)),
    Periodic("inbox.api.jobs.look_for_waves", SEND, timedelta(minutes=10)),
    Periodic("inbox.api.jobs.follow_policy", SEND, timedelta(seconds=30)),
    Periodic("inbox.api.jobs.tell_webhooks", SEND, timedelta(seconds=5)),
    Periodic("inbox.gateway.jobs.look_for_unasked", SEND, timedelta(seconds=60)),
    Periodic("inbox.web.console.lists.jobs.sift_waiting", TAG, timedelta(seconds=15)),
    Periodic("inbox.web.console.lists.jobs.forget_old", TAG, timedelta(minutes=10)),
    Periodic("inbox.api.jobs.stand_in", TAG, timedelta(seconds=30)),
    Periodic("inbox.intake.tagging.tag_waiting", TAG, timedelta(seconds=30)),
    Periodic("inbox.web.bulk.jobs.go_on", TAG, timedelta(seconds=30)),
    Periodic("bot.jobs.find_old_tags", TAG, timedelta(seconds=60)),
    Periodic("bot.jobs.sum_days", TAG, timedelta(seconds=60)),
    Periodic("inbox.intake.trials_waiting.look", TAG, timedelta(seconds=60)),
    Periodic("inbox.spool.jobs.let_go_of_old", TAG, timedelta(hours=1)),
    Periodic("inbox.intake.nightly.retrain_if_due", TAG, timedelta(minutes=10)),
)

CALLS = frozenset({one.job for one in TIMETABLE}) | {
    "bot.jobs.deliver_due",
    "inbox.intake.nightly.retrain",
    "inbox.intake.trying.run_waiting",
}
"""All that Redis may have a worker do: it names a call of these, and brings nothing along."""
