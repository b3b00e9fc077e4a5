"""The network address of whoever connects to us."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def address_of(said: str) -> IPv4Address | IPv6Address | None:
    """The address, or None if that is none.

    A socket for both protocols tells IPv4 as IPv6 (RFC 4291, 2.5.5.2); networks are named as IPv4.
    """
    try:
        found = ip_address(said.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
