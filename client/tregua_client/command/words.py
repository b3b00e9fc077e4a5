"""The words the command `truce` understands, and what `--help` says of them."""

import argparse
import os
from typing import Any

from tregua_client.command.files import FORMATS
from tregua_client.version import __version__

CLASSES = (
    *("promotional", "newsletter", "drip", "survey"),
    *("collections", "service_notice", "transactional", "safety_legal"),
)
ABOUT = """\
Asks Tregua who must not be written to now. Whatever is not a clear and fresh answer is a refusal.
"""
CODES = """\
exit codes:
  0 go        10 waves: as fast as it says    11 review: without those to be looked at
  20 no       30 what is known is too old     31 the lease is over: truce gate refresh
  40 the token may not ask that               50 no answer
  1 wrong words or files                      2 wrong options

environment:
  TRUCE_URL, TRUCE_TOKEN   where to ask and with which token (better than --token, which others
                           on the machine can see)
  TRUCE_TEST               1 to ask a sandbox (tregua sandbox), as --test does
  TRUCE_SFTP               the program for `drop --sftp`, such as "sftp -F my_ssh_config"
"""


def parser() -> argparse.ArgumentParser:
    """All of them."""
    made = argparse.ArgumentParser(
        prog="truce",
        description=ABOUT,
        epilog=CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        # What was meant for another option must not be taken for this one.
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"truce {__version__}")
    made.add_argument("--url", default=os.environ.get("TRUCE_URL", ""), help="where Tregua is")
    made.add_argument("--token", default=os.environ.get("TRUCE_TOKEN", ""), help="a token of it")
    made.add_argument(
        *("--test",),
        action="store_true",
        default=os.environ.get("TRUCE_TEST", "") not in ("", "0"),
        help="ask a sandbox of invented people, and only that",
    )
    made.add_argument("--json", action="store_true", help="answer as one line of JSON")
    parts = made.add_subparsers(dest="what", required=True, metavar="WORD")
    _asking_words(parts)
    _gate_words(parts)
    _feed_words(parts)
    _telling_words(parts)
    return made


def _campaign(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--class",
        dest="klass",
        choices=CLASSES,
        default="promotional",
        metavar="CLASS",
        help=f"what kind of mail it is: {', '.join(CLASSES)} (default: promotional)",
    )
    one.add_argument("--topic", default="", help="what it is about, as people can unsubscribe")


def _format(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        *("--format",),
        choices=sorted(FORMATS),
        default="plain",
        metavar="TOOL",
        help=f"name the column as that tool imports it: {', '.join(sorted(FORMATS))}",
    )


def _spelling(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--loose",
        dest="match",
        action="store_const",
        const="loose",
        default="exact",
        help="another spelling of the mailbox (name+tag@, dots at Gmail) is the same person",
    )


def _word(parts: Any, name: str, about: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = parts.add_parser(name, help=about, allow_abbrev=False)
    return made


def _asking_words(parts: Any) -> None:
    one = _word(parts, "check", "may we write to this person now?")
    one.add_argument("who", help="an address, or what --by says")
    one.add_argument(
        *("--by",),
        choices=("address", "phone", "customer_id", "hash"),
        default="address",
        help="what the person is named by (default: address)",
    )
    _spelling(one)
    _campaign(one)
    one = _word(parts, "sift", "a list, now: who of it may be written to (no receipt)")
    one.add_argument("list", help="CSV with the addresses in its first column")
    one.add_argument("--allowed", help="file for those who may be written to")
    one.add_argument("--excluded", help="file for those who may not, and until when")
    _format(one)
    _spelling(one)
    _campaign(one)
    one = _word(parts, "load", "can the agents bear a mailing?")
    one.add_argument("--audience", type=int, default=0, help="how many people it goes to")
    _campaign(one)


def _gate_words(parts: Any) -> None:
    one = _word(parts, "gate", "a campaign: who may be written to, with a receipt")
    one.add_argument("audience", help="CSV of addresses, or the word refresh or commit")
    one.add_argument("gate", nargs="?", help="id of the gate, for refresh and commit")
    one.add_argument("--campaign", default="", help="its name in your tool")
    one.add_argument("--allowed", help="file for those who may be written to")
    one.add_argument("--excluded", help="file for those who may not")
    one.add_argument("--receipt", help="file for the receipt")
    one.add_argument("--sent", help="CSV of those it was sent to, for commit")
    one.add_argument(
        "--export", action="store_true", help="the list goes into another tool: a lease of a day"
    )
    one.add_argument(
        "--override-stale", metavar="WHY", default="", help="send although mail is not being read"
    )
    one.add_argument("--who", default="", help="who answers for it; both are written down")
    _format(one)
    _spelling(one)
    _campaign(one)
    one = _word(parts, "receipt", "verify a receipt")
    one.add_argument("verb", choices=("verify",))
    one.add_argument("receipt", help="file of the receipt")
    one.add_argument("--audience", help="CSV it must be about")
    one.add_argument("--keys", help="JSON Web Key Set: verify without asking anybody")


def _feed_words(parts: Any) -> None:
    for name, words in (
        ("pull", "bring a copy of the feed up to date"),
        ("follow", "keep the copy up to date until Ctrl-C"),
        ("drop", "write the feed as CSV for a tool that imports files"),
    ):
        one = _word(parts, name, words)
        one.add_argument(
            "--mirror", default="truce.sqlite", help="file of the copy (default: truce.sqlite)"
        )
        _campaign(one)
        if name == "drop":
            where = one.add_mutually_exclusive_group(required=True)
            where.add_argument("--dir", help="folder the files are put into")
            where.add_argument("--sftp", metavar="USER@HOST:DIR", help="the same over SFTP")
        if name == "follow":
            one.add_argument("--rounds", type=int, default=0, help="end after so many")


def _telling_words(parts: Any) -> None:
    one = _word(parts, "tell", "tell what was sent, or who unsubscribed or bounced")
    one.add_argument("kind", choices=("touches", "suppressions"))
    one.add_argument("file", help="CSV whose columns are named as the fields of the API")
