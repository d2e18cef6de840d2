"""Where a server listens, and why it sometimes cannot."""

from __future__ import annotations

import errno
import socket

from finora.errors import ConfigurationError

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes any that is free.

    Raises:
        ConfigurationError: The port is taken or not ours to use, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, for asyncio turns off Nagle's algorithm only where it reads that.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as problem:
        listener.close()
        raise ConfigurationError(_why(problem, host, port)) from None
    return listener


def address(host: str, port: int) -> str:
    """Return the address at which this machine reaches a server that listens on a host and port."""
    reached = _EVERYWHERE.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _why(problem: OSError, host: str, port: int) -> str:
    match problem.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is taken by another program. Stop that, or choose another port with FINORA_PORT "
                "or --port."
            )
        case errno.EACCES | errno.EPERM:
            return (
                f"The user that runs Finora may not use port {port}. Choose one above 1023 with FINORA_PORT or --port, and "
                "let a reverse proxy pass on to it."
            )
        case _:
            return (
                f"{host} is not an address of this machine ({problem.strerror}). Set FINORA_HOST or --host to one that is, "
                "such as 127.0.0.1, or 0.0.0.0 for all of them."
            )
