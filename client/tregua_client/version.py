"""The version of this client, as its package has it."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("tregua-client")
except PackageNotFoundError:
    # It is run from its folder without having been installed.
    __version__ = "0"
