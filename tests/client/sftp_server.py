"""An SFTP server over one folder, for who has the key beside it: a program of its own.

Runs under an interpreter that has asyncssh. Usage: sftp_server.py FOLDER; says its port.
"""

import asyncio
import sys
from pathlib import Path

import asyncssh

folder = Path(sys.argv[1])


def _files(channel: asyncssh.SSHServerChannel) -> asyncssh.SFTPServer:
    return asyncssh.SFTPServer(channel, chroot=str(folder).encode())


async def serve() -> None:
    """Until it is killed."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(folder / "key"))
    (folder / "key").chmod(0o600)
    key.write_public_key(str(folder / "known"))
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        authorized_client_keys=str(folder / "known"),
        sftp_factory=_files,
    )
    sys.stdout.write(f"{server.get_port()}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(serve())
