"""No real AWS, ever: while a tree runs, sockets reach loopback only, and who tries is reported."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


class RealNetworkError(OSError):
    """Code under test tried to leave the machine."""


def _is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def loopback_only(on_attempt: Callable[[str], None]) -> Iterator[None]:
    """Refuse every other connection and name look-up; `on_attempt` is told the host."""
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(host: str) -> None:
        if not _is_loopback(host):
            on_attempt(host)
            raise RealNetworkError(f"a connection to {host!r} was refused: no real network here")

    def checked_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(str(address[0]))
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(str(address[0]))
        return connect_ex(self, address)

    def checked_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        check(host.decode() if isinstance(host, bytes) else str(host or ""))
        return getaddrinfo(host, *arguments, **options)

    with (
        patch.object(socket.socket, "connect", checked_connect),
        patch.object(socket.socket, "connect_ex", checked_connect_ex),
        patch.object(socket, "getaddrinfo", checked_getaddrinfo),
    ):
        yield
