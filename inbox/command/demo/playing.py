"""Runs a demo from the first server to the last process, and ends all of them."""

import contextvars
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from inbox.command.demo import settled, staging
from inbox.command.demo.acting import Actor, wait_for
from inbox.command.demo.place import Place
from inbox.command.demo.script import cast
from inbox.command.demo.telling import Teller
from inbox.embedded.mail_servers import MailServers
from inbox.embedded.processes import LOOPBACK, last_words
from inbox.embedded.supervisor import Part, Supervisor
from inbox.embedded.valkey import Valkey

FIRST = (("work", "file"), ("poll",), ("work", "send"), ("serve",))
LATER = (("work", "tag"),)
"""It loads the language models for seconds, so the first case is let through before."""
WEB_SECONDS = 90.0


@dataclass
class Playing:
    """A demo that is up: its threads, and what they tell one another."""

    place: Place
    stopping: threading.Event
    actor: Actor
    teller: Teller = field(default_factory=Teller)
    threads: list[threading.Thread] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.place.web_port}"

    def beside(self, run: Callable[[], None]) -> None:
        """Run it in a thread that speaks the same language and ends with the demo."""
        context = contextvars.copy_context()
        thread = threading.Thread(target=lambda: context.run(self._watched, run))
        self.threads.append(thread)
        thread.start()

    def _watched(self, run: Callable[[], None]) -> None:
        try:
            run()
        except Exception as failure:
            self.trouble.append(f"{type(failure).__name__}: {failure}")
            self.stopping.set()
            raise

    def join(self) -> None:
        for thread in self.threads:
            thread.join()

    def web_answers(self) -> bool:
        """Whether the sign-in page is there."""
        try:
            with urllib.request.urlopen(self.url, timeout=5) as page:  # noqa: S310  our own http URL
                return bool(page.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def logs(self) -> str:
        """The last line of each log, for when something went wrong."""
        found = sorted(Path(self.place.folder).rglob("*.log"))
        return "\n".join(f"{log.name}: {last_words(log)}" for log in found)


@contextmanager
def servers(place: Place) -> Iterator[None]:
    """Mail servers and Valkey; ports that were 0 are known inside the block."""
    passwords = {
        address: word for address, word in place.passwords.items() if _has_mailbox(address)
    }
    mail = MailServers(
        place.path / "mail",
        place.imap_port,
        place.smtp_port,
        passwords,
        bounces=cast().bounces,
    )
    with Valkey(place.path / "valkey") as valkey, mail:
        place.imap_port, place.smtp_port = mail.imap_port, mail.smtp_port
        place.keep()
        place.enter(redis_url=valkey.url)
        yield


def _has_mailbox(address: str) -> bool:
    customers = {one.address for one in cast().customers.values()}
    return address in customers or address == cast().shop.address


def play(playing: Playing, *, beside: Callable[[Playing], None]) -> None:
    """Prepare, start everything, and stay until `stopping` is set. `beside` runs next to it."""
    stopping = playing.stopping
    staging.prepare(playing.place)
    playing.place.keep()
    playing.teller.begin()
    with Supervisor(_parts(playing.place, FIRST)) as supervisor:
        try:
            for run in (playing.actor.play, lambda: playing.teller.follow(stopping)):
                playing.beside(run)
            playing.beside(lambda: _later(playing))
            playing.beside(lambda: beside(playing))
            supervisor.watch(stopping)
        finally:
            stopping.set()
            playing.join()


def _later(playing: Playing) -> None:
    # The kernel ends a child together with the thread that started it, so this one stays.
    wait_for(lambda: settled.filed() > 0, playing.stopping, 30)
    if not playing.stopping.is_set():
        with Supervisor(_parts(playing.place, LATER)) as supervisor:
            supervisor.watch(playing.stopping)


def _parts(place: Place, commands: tuple[tuple[str, ...], ...]) -> list[Part]:
    return [
        Part(
            " ".join(words),
            (sys.executable, "-m", "inbox", *words),
            log=place.path / f"{'-'.join(words)}.log",
        )
        for words in commands
    ]
