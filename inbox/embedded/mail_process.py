"""The process in which the embedded IMAP and SMTP servers run, on the loopback interface only.

Its settings come as one line of JSON on standard input, so that no password stands in a list of
processes; it says `ready`, and ends when that input closes or it is told to.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP
from pymap.backend.dict import Config, DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.service import services
from pymap.user import Passwords, UserMetadata

from inbox.embedded.delivery import HOST, Delivery
from inbox.embedded.mail_store import MailStore
from inbox.embedded.mailboxes import KeptMailboxes
from inbox.embedded.processes import LOOPBACK
from inbox.embedded.wanted import Wanted

LARGEST_MAIL = 40 * 1024 * 1024


@asynccontextmanager
async def serving(wanted: Wanted) -> AsyncIterator[None]:
    """Both servers are up inside the block."""
    async with AsyncExitStack() as stack:
        store = MailStore(Path(wanted.folder) / "mail.sqlite")
        stack.callback(store.close)
        backend, config = await DictBackend.init(_arguments(wanted))
        config.apply_context()
        boxes = {user: KeptMailboxes(store, user) for user in wanted.users}
        await _let_in(backend, config, boxes, wanted.users)
        await backend.start(stack)
        await services["imap"](backend, config).start(stack)
        delivery = Delivery(boxes, wanted.users, frozenset(wanted.bounces))
        smtp = await asyncio.get_running_loop().create_server(
            lambda: _smtp(delivery), LOOPBACK, wanted.smtp_port
        )
        await stack.enter_async_context(smtp)
        yield


def _arguments(wanted: Wanted) -> argparse.Namespace:
    """The library reads its settings from a command line, so this is one."""
    parser = argparse.ArgumentParser()
    DictBackend.add_subparser("dict", parser.add_subparsers())
    services["imap"].add_arguments(parser)
    line = ["--host", LOOPBACK, "--port", str(wanted.imap_port), "--no-tls", "dict"]
    preset = argparse.Namespace(passlib_cfg=None, debug=False, skip_services=[])
    return parser.parse_args(line, preset)


async def _let_in(
    backend: DictBackend, config: Config, boxes: dict[str, KeptMailboxes], users: dict[str, str]
) -> None:
    backend.login.users_dict.clear()
    for user, password in users.items():
        config.set_cache[user] = (boxes[user], FilterSet())
        hashed = await Passwords(config).hash_password(password)
        backend.login.users_dict[user] = UserMetadata(config, user, password=hashed)


def _smtp(delivery: Delivery) -> SMTP:
    return SMTP(
        delivery,
        hostname=HOST,
        data_size_limit=LARGEST_MAIL,
        enable_SMTPUTF8=True,
        authenticator=delivery.authenticate,
        auth_require_tls=False,
        ident="Tregua",
    )


async def _serve_until_told() -> None:
    wanted = Wanted.from_line(sys.stdin.buffer.readline())
    async with serving(wanted):
        # Every mail is on disk before anybody is told of it, so nothing has to end in order, and
        # a client that stays connected cannot keep this process from ending.
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), os._exit, 0)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve_until_told())
