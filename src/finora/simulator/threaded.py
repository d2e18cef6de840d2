"""The simulated API on a real port, from a thread of this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from finora.simulator.breakage import TRANSPORT
from finora.simulator.server import create_app
from finora.simulator.simulation import Simulation


@dataclass(frozen=True)
class Served:
    """A running server."""

    base_url: str
    simulation: Simulation


class HandsOverConnection(HttpToolsProtocol):
    """HTTP that lets the application break its connection, so that dropped really is dropped."""

    def on_message_begin(self) -> None:
        """Begin a request, with the connection among the scope's extensions."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}


def configure(simulation: Simulation, *, log_level: str = "critical") -> uvicorn.Config:
    """Server settings for `simulation`, host and port apart."""
    return uvicorn.Config(
        create_app(simulation),
        http=HandsOverConnection,
        ws="none",
        lifespan="off",
        log_level=log_level,
        access_log=False,
        timeout_graceful_shutdown=1,
    )


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A listening socket; port 0 takes any that is free.

    Raises:
        OSError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, for asyncio turns off Nagle's algorithm only where it reads that; else each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """Base URL of what listens there."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"


@contextmanager
def serve_in_thread(simulation: Simulation, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Served]:
    """Serve `simulation` until the block ends; it listens before the block begins."""
    listener = listen(host, port)
    server = uvicorn.Server(configure(simulation))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Served(address(listener), simulation)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
