"""What waits at the SMTP gate, where there is one on this machine."""

from collections.abc import Iterator

from cases.language import gettext as _
from cases.settings import settings
from inbox.command.doctor.found import Found, good, unknown, wrong
from inbox.gateway.parking import Parking


def parked() -> Iterator[Found]:
    part, folder = _("mails at the gate"), settings().data / "parked"
    if not folder.is_dir():
        return
    parking = Parking(folder)
    if damaged := parking.damaged():
        advice = _("Look at them in {folder}; what is lost must be sent again.", folder=folder)
        yield wrong(part, _("{n} files cannot be read", n=damaged), advice)
    oldest = next(parking.waiting(), None)
    if oldest is None:
        yield good(part, _("none waits"))
        return
    said = _(
        "{n} wait since {since}", n=len(parking), since=oldest.since.isoformat(timespec="minutes")
    )
    advice = _("They go when the feed is good again, for six hours at most. See: tregua parked")
    yield unknown(part, said, advice)
