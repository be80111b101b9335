"""Which pages may talk to ours: a robot must not listen to every page that a browser has open."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def may_connect(origin: str | None, host: str | None) -> bool:
    """Return whether a WebSocket may be opened.

    Browsers let any page open a WebSocket to any address and say in `Origin` which page it is
    (RFC 6455, 10.2). Ours has the origin that the request goes to. A foreign name that its owner
    lets point here (DNS rebinding) has that, too, so the name must be one of this machine.

    Args:
        origin: the header; None from programs that are no browsers, which may.
        host: the header `Host`.
    """
    if origin is None:
        return True
    try:
        page, here = urlsplit(origin), urlsplit(f"//{host or ''}")
    except ValueError:  # brackets that hold no IPv6 address
        return False
    return page.netloc == here.netloc and _is_this_machine(here.hostname or "")


def _is_this_machine(name: str) -> bool:
    if name in ("localhost", socket.gethostname().lower(), socket.getfqdn().lower()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
