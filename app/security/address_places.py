"""Where an address lies, as far as the address itself says it."""

from ipaddress import ip_address

HERE, INSIDE, OUTSIDE = "本机", "内网", "外网"


def place_of(address: str | None) -> str | None:
    """Return whether an address is this machine, a private network, or outside; None if it is none."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return HERE
    return INSIDE if found.is_private else OUTSIDE
