"""Bounces that Amazon SES reports as JSON in a mail of its notification service."""

import json

from inbox.intake.bounces.failures import Failure, status_in

_SIGN = '"notificationType"'


def read_notification(notice: str) -> tuple[tuple[Failure, ...], str | None]:
    """The failures, and the id of the mail; nothing where the notice is no such report."""
    if _SIGN not in notice[:2000] and '"eventType"' not in notice[:2000]:
        return (), None
    report = _report(notice)
    bounce, sent = report.get("bounce"), report.get("mail")
    if not isinstance(bounce, dict):
        return (), None
    rows = bounce.get("bouncedRecipients")
    failures = (
        tuple(_failure(row, bounce) for row in rows[:1000] if isinstance(row, dict))
        if isinstance(rows, list)
        else ()
    )
    return failures, _id(sent if isinstance(sent, dict) else {})


def _report(notice: str) -> dict[str, object]:
    start = notice.find("{")
    try:
        report, _ = json.JSONDecoder().raw_decode(notice, start)
    except (ValueError, RecursionError):
        return {}
    return report if isinstance(report, dict) else {}


def _failure(row: dict[str, object], bounce: dict[str, object]) -> Failure:
    diagnostic = f"{row.get('diagnosticCode', '')} {bounce.get('bounceSubType', '')}"[:4000]
    temporary = bounce.get("bounceType") != "Permanent"
    status = row.get("status") or status_in(diagnostic)
    recipient = str(row.get("emailAddress", "")).lower().strip("<>")
    return Failure(recipient, False, temporary, str(status) if status else None, diagnostic)


def _id(sent: dict[str, object]) -> str | None:
    headers = sent.get("commonHeaders")
    named = headers.get("messageId") if isinstance(headers, dict) else None
    return str(named or sent.get("messageId") or "").strip("<>") or None
