"""Jobs of uploaded lists: names for calls, safe to run twice."""

from cases import clock
from inbox.web.console.lists import keeping, sifting


def sift_waiting() -> None:
    """Sift the lists that wait."""
    sifting.sift_waiting()


def forget_old() -> None:
    """Forget the lists whose time is over."""
    keeping.forget_old(clock.now())
