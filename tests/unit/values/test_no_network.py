"""The tests themselves never reach beyond this machine."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_a_socket_to_another_machine_is_refused() -> None:
    with (
        socket.socket() as beyond,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        beyond.connect(("192.0.2.1", 80))
