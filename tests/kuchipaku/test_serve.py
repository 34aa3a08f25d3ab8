from __future__ import annotations

import socket

import pytest

from kuchipaku.errors import BadRequest
from kuchipaku.serve import SEND_BUFFER, STALLED_MS, _listening_socket


def test_an_accepted_connection_has_a_small_send_buffer_and_a_time_out() -> None:
    with _listening_socket("127.0.0.1", 0) as listening:
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
        with accepted:
            # Linux tells twice what was asked for.
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SEND_BUFFER
            if (time_out := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:
                assert accepted.getsockopt(socket.IPPROTO_TCP, time_out) == STALLED_MS


def test_a_port_that_is_taken_is_told_with_a_hint() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held, pytest.raises(BadRequest, match="cannot listen") as refused:
        _listening_socket("127.0.0.1", held.getsockname()[1])
    assert "--port" in refused.value.hint
