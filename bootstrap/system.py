"""The servers and the browser that tests need from Debian: found, installed, or named."""

import glob
import os
import shutil
import subprocess
import sys

from words import say

# What must be there, and the Debian packages that bring it.
NEEDED = {
    "/usr/sbin/dovecot": ("dovecot-core",),
    "/usr/lib/dovecot/imap": ("dovecot-imapd",),
    "/usr/lib/dovecot/lmtp": ("dovecot-lmtpd",),
    "/usr/lib/postgresql/*/bin/initdb": ("postgresql",),
    "/usr/bin/redis-server": ("redis-server",),
    "/usr/bin/chromium": ("chromium",),
    "/usr/bin/openssl": ("openssl",),
}
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")
# Packages are not to ask questions, nor to start the servers they bring: tests start their own.
QUIETLY = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}


def complete() -> bool:
    """Whether everything is there, after installing what is missing where that is allowed."""
    packages = missing()
    if not packages:
        return True
    tell(say("system_missing", names=" ".join(packages)))
    if not shutil.which("apt-get"):
        tell(say("system_no_apt", names=" ".join(packages)))
        return False
    rights = _rights()
    if rights is None:
        tell(say("system_by_hand", command=" ".join(("sudo", *INSTALL, *packages))))
        return False
    return _install(rights, packages)


def missing() -> list[str]:
    absent = [packages for path, packages in NEEDED.items() if not glob.glob(path)]
    return [name for packages in absent for name in packages]


def _rights() -> tuple[str, ...] | None:
    """How to run something as root: just so, by sudo without a password, or not at all."""
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return (sudo, "-n")
    return None


def _install(rights: tuple[str, ...], packages: list[str]) -> bool:
    settings = [f"{key}={value}" for key, value in QUIETLY.items()]
    command = [*rights, "env", *settings, *INSTALL, *packages]
    tell(say("system_installing", command=" ".join(command)))
    for step in (
        [*rights, "apt-get", "update", "-qq"],
        [*command[: -len(packages)], "-qq", *packages],
    ):
        # Into the error stream: standard output is for what the tests say.
        if subprocess.run(step, stdout=sys.stderr.fileno()).returncode != 0:
            break
    left = missing()
    if left:
        tell(say("system_by_hand", command=" ".join((*INSTALL, *left))))
    return not left


def tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
