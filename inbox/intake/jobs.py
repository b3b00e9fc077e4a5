"""Jobs of the intake: names for calls, safe to run twice."""

from inbox.intake import pipeline, tagging


def file_waiting() -> None:
    """File what waits in the spool."""
    pipeline.file_waiting()


def tag_waiting() -> None:
    """Tag what was filed."""
    tagging.tag_waiting()
