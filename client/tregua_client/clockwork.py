"""How long ago something was, whatever the clock on the wall says."""

import time
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Moment:
    """An instant by three measures: since this boot, by the local clock, by the server's."""

    boot: str
    running: float
    local: float
    server: float

    def age(self) -> float:
        """Seconds since then; by the running clock while the machine has not been restarted."""
        if self.boot and self.boot == _boot():
            return max(time.monotonic() - self.running, 0.0)
        past = time.time() - self.local
        # A local clock that was put back tells nothing, so what is known counts as old.
        return past if past >= 0 else float("inf")

    def server_now(self) -> float:
        """What time it is on the server, to the second."""
        return self.server + self.age()


def moment(server: float) -> Moment:
    """This instant, of which the server said that time."""
    return Moment(_boot(), time.monotonic(), time.time(), server)


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
