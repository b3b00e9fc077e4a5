"""The folder of a demo: its ports, passwords and environment, the same after a restart."""

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cases.language import gettext as _
from inbox.command.demo.script import cast, folder
from inbox.embedded import processes
from inbox.embedded.refusals import CannotStart

FILE = "demo.json"
IMAP, SMTP = 1143, 1025


@dataclass
class Place:
    """What a demo remembers from one start to the next."""

    folder: str
    seed: str
    imap_port: int = 0
    smtp_port: int = 0
    web_port: int = 0
    token: str = ""
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return Path(self.folder)

    def keep(self) -> None:
        """Write it down, for this user's eyes only."""
        file = self.path / FILE
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(self), indent=1))

    def enter(self, *, redis_url: str = "") -> None:
        """Make this process, and all it starts, the demo's installation and nothing else's."""
        for name in [name for name in os.environ if name.startswith("TREGUA_")]:
            if name != "TREGUA_LOG":
                del os.environ[name]
        os.environ |= {
            "TREGUA_CONFIG": str(self.path / "none.toml"),
            "TREGUA_DATA": self.folder,
            "TREGUA_BOTS_FILE": str(folder() / "bots.toml"),
            "TREGUA_TRUSTED_SERVERS": json.dumps([cast().trusted]),
            "TREGUA_SMTP_HOST": processes.LOOPBACK,
            "TREGUA_SMTP_PORT": str(self.smtp_port),
            "TREGUA_WEB_PORT": str(self.web_port),
        }
        if redis_url:
            os.environ["TREGUA_REDIS_URL"] = redis_url


def found(where: Path) -> Place | None:
    """The demo of that folder, if there ever was one."""
    try:
        return Place(**json.loads((where / FILE).read_text()))
    except FileNotFoundError:
        return None


def made(where: Path) -> Place:
    """The demo of that folder, as before or new."""
    path = processes.own_folder(where)
    place = found(path) or Place(str(path), secrets.token_hex(4))
    for address in (*(one.address for one in cast().customers.values()), cast().shop.address):
        place.passwords.setdefault(address, _password())
    for one in cast().staff:
        place.passwords.setdefault(one.address, _password())
    place.folder = str(path)
    return place


def _password() -> str:
    return f"demo-{secrets.token_hex(4)}"


def clear(where: Path) -> None:
    """Forget everything of an earlier demo; a folder that is not one is left alone."""
    if not where.exists() or not any(where.iterdir()):
        return
    if not (where / FILE).exists():
        raise CannotStart(
            _("{folder} holds no demo, so --fresh leaves it alone.", folder=str(where))
        )
    for entry in where.iterdir():
        if entry.name == ".lock":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
