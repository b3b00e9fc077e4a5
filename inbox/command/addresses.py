"""What people write after a command: an address, a network."""

import ipaddress

import click

from cases.language import gettext as _


class _Address(click.ParamType[str]):
    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """It in small letters, as rows have it."""
        said = value.strip().lower()
        local, _at, domain = said.rpartition("@")
        if not (local and domain) or len(said.split()) != 1:
            self.fail(_("This is no e-mail address."), param, ctx)
        return said


class _Network(click.ParamType[str]):
    name = "network"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """It as it is written in full."""
        try:
            return str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            self.fail(_("write a network such as 10.1.0.0/16"), param, ctx)


ADDRESS = _Address()
NETWORK = _Network()
