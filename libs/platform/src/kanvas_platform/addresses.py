"""Network addresses, as far as one subscriber is told from another by them."""

from ipaddress import IPv4Address, IPv6Address, ip_address

_SIXTY_FOUR_BITS = 64


def parsed(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a socket names its peer by; None where it is no IP address.

    An IPv4 address that IPv6 maps is the IPv4 address.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def subscriber(host: str) -> str:
    """Return what counts as one address: an IPv4 address, or a /64 of IPv6.

    A single subscriber of IPv6 has that many addresses.

    Args:
        host: As a socket names its peer; itself where it is no IP address.
    """
    address = parsed(host)
    if address is None:
        return host
    if isinstance(address, IPv6Address):
        return f"{int(address) >> _SIXTY_FOUR_BITS:x}/64"
    return str(address)
