"""Memory that is free goes back to the system: what loading took for a moment is not kept."""

import ctypes


def give_back() -> None:
    """Ask the C library to let go of what nobody uses, where it can be asked."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
