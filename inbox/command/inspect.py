"""`tregua inspect`: what the program makes of mails that lie in files. Needs no database."""

import json
import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import click

from cases.language import gettext as _
from cases.mail import Bounce, Mail
from cases.retelling import reason_of, retold
from inbox.intake.jail import Unreadable, parse_safely
from inbox.intake.known import BadRules, BotRule, Known, read_bot_rules
from inbox.intake.mbox import mails_in

BATCH = 32
BATCH_BYTES = 16 << 20

Opened = tuple[str, Mail | Unreadable]
Batch = list[tuple[str, bytes]]


@click.command(
    help=_("Show how each mail of a FILE, a folder or an mbox is read, and who is speaking in it.")
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--jsonl", is_flag=True, help=_("One JSON object a mail, in the order of the files."))
@click.option("--own", multiple=True, metavar="ADDR", help=_("An address of our own."))
@click.option("--agent", multiple=True, metavar="ADDR", help=_("An agent's address."))
@click.option("--bot", type=click.Path(path_type=Path), help=_("TOML file with the known bots."))
@click.option(
    "--authserv", multiple=True, metavar="ID", help=_("A server whose verdicts we trust.")
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), help=_("Processes; as many as there are cores.")
)
def inspect(
    path: Path,
    jsonl: bool,
    own: tuple[str, ...],
    agent: tuple[str, ...],
    bot: Path | None,
    authserv: tuple[str, ...],
    jobs: int | None,
) -> None:
    """All mails of the path, one after the other."""
    if not path.exists():
        raise click.UsageError(_("There is no file or folder {path}.", path=path))
    known = _known(own, agent, bot, authserv)
    show = _as_json if jsonl else _as_summary
    try:
        for name, opened in _opened(path, known, jobs or os.cpu_count() or 1):
            sys.stdout.write(show(name, opened) + "\n")
            sys.stdout.flush()
    except OSError as failure:
        said = reason_of(failure)
        raise click.ClickException(f"{failure.filename or path}: {said}.") from failure


def _known(
    own: tuple[str, ...], agents: tuple[str, ...], bot: Path | None, authserv: tuple[str, ...]
) -> Known:
    try:
        rules: tuple[BotRule, ...] = read_bot_rules(bot) if bot else ()
    except BadRules as refusal:
        raise click.UsageError(retold(str(refusal))) from refusal
    return Known(
        own=frozenset(address.lower() for address in own),
        agents=frozenset(address.lower() for address in agents),
        bots=tuple(rule for rule in rules if rule.kind == "bot"),
        marketing=tuple(rule for rule in rules if rule.kind == "marketing"),
        authserv_ids=frozenset(server.lower() for server in authserv),
    )


def _opened(path: Path, known: Known, jobs: int) -> Iterator[Opened]:
    """The mails in their order, opened by several children; a few batches are read ahead."""
    batches = _batches(mails_in(path))
    with ThreadPoolExecutor(jobs) as pool:
        running: deque[Future[list[Opened]]] = deque()
        for batch in batches:
            running.append(pool.submit(_open_batch, batch, known))
            if len(running) > 2 * jobs:
                yield from running.popleft().result()
        while running:
            yield from running.popleft().result()


def _batches(mails: Iterator[tuple[str, bytes]]) -> Iterator[Batch]:
    while batch := list(islice(mails, BATCH)):
        yield batch


def _open_batch(batch: Batch, known: Known) -> list[Opened]:
    numbered = ((number, content) for number, (_, content) in enumerate(batch))
    return [(batch[number][0], opened) for number, opened in parse_safely(numbered, known)]


def _as_json(name: str, opened: Mail | Unreadable) -> str:
    row = _row(opened) if isinstance(opened, Mail) else _unread(opened)
    return json.dumps({"file": name, **row}, ensure_ascii=False)


def _row(mail: Mail) -> dict[str, object]:
    return {
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to[0] if mail.in_reply_to else None,
        "references": list(mail.references),
        "date": mail.sent_at.isoformat() if mail.sent_at else None,
        "from": mail.sender.address,
        "from_name": mail.sender.name,
        "reply_to": [one.address for one in mail.reply_to],
        "to": [one.address for one in mail.to],
        "cc": [one.address for one in mail.cc],
        "subject": mail.subject,
        "text": mail.text,
        "text_from_html": mail.text_from_html,
        "new_text": mail.new_text,
        "new_text_with_signature": mail.new_text_with_signature,
        "has_html": bool(mail.html),
        "attachments": [
            {"name": one.name, "type": one.type, "size": one.size, "md5": one.md5}
            for one in mail.attachments
        ],
        "origin": mail.origin.value,
        "origin_rule": mail.speaker.rule,
        "may_answer": mail.speaker.may_answer,
        "may_answer_reason": mail.speaker.may_answer_reason,
        "bounce": _bounce(mail.bounce),
        "defects": list(mail.defects),
        "error": None,
    }


def _unread(unreadable: Unreadable) -> dict[str, object]:
    """The row of a mail of which nothing could be read, and so nothing may be answered."""
    unsaid = dict.fromkeys(("origin", "origin_rule", "may_answer_reason"))
    return {**_row(Mail()), **unsaid, "may_answer": False, "error": unreadable.reason}


def _bounce(bounce: Bounce | None) -> dict[str, object] | None:
    if bounce is None:
        return None
    return {
        "recipients": list(bounce.recipients),
        "status": bounce.status,
        "permanent": bounce.permanent,
        "address_dead": bounce.address_dead,
        "original_message_id": bounce.original_message_id,
    }


def _as_summary(name: str, opened: Mail | Unreadable) -> str:
    if isinstance(opened, Unreadable):
        return f"{name}\n  " + _("cannot be read: {reason}", reason=opened.reason) + "\n"
    speaker = opened.speaker
    answer = _("may be answered") if speaker.may_answer else _("must not be answered")
    who = f"{speaker.origin} ({speaker.rule}); {answer}: {speaker.may_answer_reason}"
    said = [
        (_("from"), f"{opened.sender.name} <{opened.sender.address}>"),
        (_("subject"), opened.subject),
        (_("origin"), who),
        *((_("file"), f"{one.name} ({one.type}, {one.size} B)") for one in opened.attachments),
        *((_("defect"), defect) for defect in opened.defects),
    ]
    lines = [f"  {label:8} {value}" for label, value in said]
    words = [f"  | {line}" for line in opened.new_text.strip().split("\n")[:5]]
    return "\n".join([name, *lines, *words]) + "\n"
