"""Mails that wait until the feed can be believed: files, since the database may be away."""

import base64
import json
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cases.exclusions.matrix import CampaignClass
from inbox.gateway.passing import Marketing


class Parking:
    """A folder of mails, one file each, whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, mail: Marketing, at: datetime) -> None:
        """Keep it, safe against a crash from here on."""
        name = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"
        unfinished = self._folder / f"{name}.part"
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(_as_json(mail, at), file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / f"{name}.json")
        self._sync()

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def waiting(self) -> Iterator[tuple[Path, Marketing, datetime]]:
        """All of them, the oldest first."""
        for path in sorted(self._folder.glob("*.json")):
            said = json.loads(path.read_text(encoding="utf-8"))
            yield path, _from_json(said), datetime.fromisoformat(said["at"])

    def take(self, path: Path) -> None:
        """It goes on its way, or is over."""
        path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return sum(1 for _ in self._folder.glob("*.json"))


def _as_json(mail: Marketing, at: datetime) -> dict[str, object]:
    return {
        "at": at.isoformat(),
        "sender": mail.sender,
        "recipients": list(mail.recipients),
        "campaign_class": mail.campaign_class.value,
        "topic": mail.topic,
        "campaign": mail.campaign,
        "receipt": mail.receipt,
        "content": base64.b64encode(mail.content).decode(),
    }


def _from_json(said: dict[str, object]) -> Marketing:
    recipients = said["recipients"]
    assert isinstance(recipients, list)  # noqa: S101  we wrote it
    return Marketing(
        sender=str(said["sender"]),
        recipients=tuple(map(str, recipients)),
        content=base64.b64decode(str(said["content"])),
        campaign_class=CampaignClass(str(said["campaign_class"])),
        topic=str(said["topic"]),
        campaign=str(said["campaign"]),
        receipt=str(said["receipt"]),
    )
