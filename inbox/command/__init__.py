"""The `tregua` command. Each subcommand is loaded only when it is called."""

from importlib import import_module

import click

# name of the subcommand -> module:attribute. Order is the order of --help.
COMMANDS = {
    "demo": "inbox.command.demo:demo",
    "init": "inbox.command.setup:init",
    "user": "inbox.command.setup:user",
    "mailbox": "inbox.command.mailboxes:mailbox",
    "up": "inbox.command.run:up",
    "serve": "inbox.command.run:serve",
    "poll": "inbox.command.run:poll",
    "work": "inbox.command.run:work",
    "doctor": "inbox.command.doctor:doctor",
    "inspect": "inbox.command.inspect:inspect",
    "simulate": "inbox.command.simulate:simulate",
    "train": "inbox.command.learning:train",
    "evaluate": "inbox.command.learning:evaluate",
    "classify": "inbox.command.learning:classify",
    "token": "inbox.command.feed:token",
    "bench": "inbox.command.bench:bench",
}


class _Lazily(click.Group):
    """A group that imports a subcommand's module only when somebody calls it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_Lazily, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", prog_name="tregua")
def tregua() -> None:
    """A support inbox and case-mail bot that tells marketing when to hold its fire."""
