"""The machine-readable report of RFC 3464, read leniently."""

import re

from inbox.intake.bounces.failures import Failure, addresses, status_in

_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,40})[ \t]*:[ \t]*(.*)$")
# The address that we wrote to comes before the one that it was forwarded to.
_RECIPIENTS = ("original-recipient", "final-recipient", "x-actual-recipient")
_BAD = ("fail", "delay", "undeliver", "expired", "error")
_MOST_RECIPIENTS = 1000


def read_reports(reports: tuple[str, ...]) -> tuple[tuple[Failure, ...], bool]:
    """The failures that the reports name, and whether they name any recipient at all."""
    failures: dict[str, Failure] = {}
    seen = False
    for report in reports:
        for group in _groups(report):
            recipient = _recipient(group)
            seen = seen or bool(recipient)
            if recipient and _is_bad(group) and len(failures) < _MOST_RECIPIENTS:
                failures.setdefault(recipient, _failure(recipient, group))
    return tuple(failures.values()), seen


def _groups(report: str) -> list[dict[str, str]]:
    """The fields of each recipient. Software forgets the blank line between, so names decide."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in report.splitlines()[:20_000]:
        if line[:1] in " \t" and last and line.strip():
            groups[-1][last] += " " + line.strip()
            continue
        field = _FIELD.match(line.strip())
        if field is None:
            last = ""
            continue
        last, value = field.group(1).lower(), field.group(2)
        if last == "final-recipient" and last in groups[-1]:
            groups.append({})
        elif not line.strip():
            last = ""
        groups[-1].setdefault(last, value)
    return groups


def _recipient(group: dict[str, str]) -> str:
    for name in _RECIPIENTS:
        value = group.get(name, "").rpartition(";")[2].strip().strip("<>")
        if "@" in value:
            return (addresses(value) or (value.lower(),))[0]
    return ""


def _is_bad(group: dict[str, str]) -> bool:
    action = group.get("action", "failed").lower()
    return any(word in action for word in _BAD)


def _failure(recipient: str, group: dict[str, str]) -> Failure:
    diagnostic = group.get("diagnostic-code", "")[:4000]
    status = status_in(group.get("status", ""))
    if status is None or status.endswith((".0.0", ".0")):
        status = _same_class(status, status_in(group.get("diagnostic-code", "")))
    delayed = "delay" in group.get("action", "").lower()
    return Failure(recipient, delayed, (status or "")[:1] == "4", status, diagnostic)


def _same_class(status: str | None, better: str | None) -> str | None:
    """The code of the remote server tells more, unless it speaks of another attempt."""
    if status and better and status[0] != better[0]:
        return status
    return better or status
