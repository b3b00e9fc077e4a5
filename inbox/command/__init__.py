"""The `tregua` command. Each subcommand is loaded only when it is called."""

import errno
import os
import re
from importlib import import_module

import click
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from cases import language
from cases.language import gettext as _
from cases.retelling import reason_of, retold
from cases.settings import BadSetting
from cases.signing import Tampered
from inbox.command import click_words
from inbox.embedded.refusals import CannotStart

# The subcommands ask for their words while they are loaded, so the language is known before.
language.choose(
    next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )[:2]
)
click_words.speak()

# What is said of a database that is away, lacks tables, or is none; any other is a bug of ours.
UNUSABLE = (DatabaseError, OperationalError, ProgrammingError)
_LACKS_A_TABLE = re.compile(r'relation ".*" does not exist')
# Files that a command was told to use, as against bugs.
OUTSIDE = (
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC),
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR),
)

# Name of the subcommand -> module:attribute. Order is the order of --help.
COMMANDS = {
    "demo": "inbox.command.demo:demo",
    "init": "inbox.command.setup:init",
    "restored": "inbox.command.restored:restored",
    "from-sqlite": "inbox.command.from_sqlite:from_sqlite",
    "user": "inbox.command.users:user",
    "mailbox": "inbox.command.mailboxes:mailbox",
    "token": "inbox.command.feed:token",
    "sandbox": "inbox.command.sandbox:sandbox",
    "up": "inbox.command.run:up",
    "serve": "inbox.command.run:serve",
    "poll": "inbox.command.run:poll",
    "work": "inbox.command.working:work",
    "smtp-gate": "inbox.command.gates:smtp_gate",
    "parked": "inbox.command.parked:parked",
    "postfix-policy": "inbox.command.gates:postfix_policy",
    "doctor": "inbox.command.doctor:doctor",
    "inspect": "inbox.command.inspect:inspect",
    "simulate": "inbox.command.simulate:simulate",
    "train": "inbox.command.training:train",
    "evaluate": "inbox.command.training:evaluate",
    "classify": "inbox.command.learning:classify",
    "model": "inbox.command.training:model",
    "sla": "inbox.command.promises:group",
    "contacts": "inbox.command.people:contacts",
    "orders": "inbox.command.people:orders",
    "topics": "inbox.command.people:topics",
    "bench": "inbox.command.bench:bench",
}


class _Lazily(click.Group):
    """Imports a subcommand only when somebody calls it, and says failures in a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _colon, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (BadSetting, Tampered) as wrong:
            raise click.UsageError(retold(str(wrong))) from wrong
        except CannotStart as refusal:
            raise click.ClickException(retold(str(refusal))) from refusal
        except DatabaseError as away:
            if type(away) not in UNUSABLE:
                raise
            raise click.ClickException(_say_database(away)) from away
        except OSError as failure:
            if failure.errno not in OUTSIDE or failure.filename is None:
                raise
            raise click.ClickException(_say_file(failure)) from failure


def _say_database(away: DatabaseError) -> str:
    said = str(away.orig)
    if "no such table" in said or _LACKS_A_TABLE.search(said):
        return _("The database has no tables yet. Run: tregua init")
    if "disk is full" in said or "No space left" in said:
        return _("The disk of the database is full. Make room and try again.")
    first = said.strip().splitlines()[0] if said.strip() else type(away).__name__
    return _("The database cannot be used: {reason}. Check TREGUA_DATABASE_URL.", reason=first)


def _say_file(failure: OSError) -> str:
    return _("{file} cannot be used: {reason}.", file=failure.filename, reason=reason_of(failure))


@click.group(cls=_Lazily, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", prog_name="tregua")
def tregua() -> None:
    """A support inbox and case-mail bot that tells marketing when to hold its fire."""


tregua.help = _("A support inbox and case-mail bot that tells marketing when to hold its fire.")
