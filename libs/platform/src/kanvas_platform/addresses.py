"""Network addresses, as far as one subscriber is told from another by them."""

from ipaddress import IPv6Address, ip_address

_SIXTY_FOUR_BITS = 64


def subscriber(host: str) -> str:
    """Return what counts as one address: an IPv4 address, or a /64 of IPv6.

    A single subscriber of IPv6 has that many addresses.

    Args:
        host: As a socket names its peer; itself where it is no IP address.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{int(address) >> _SIXTY_FOUR_BITS:x}/64"
    return str(address)
