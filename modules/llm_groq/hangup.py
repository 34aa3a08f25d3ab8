"""Ends a blocking read from another thread."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from typing import Any

import httpcore
import httpx

_CONNECTED = ("connect_tcp.complete", "start_tls.complete")


class Hangup:
    """Knows the socket of one request and can shut it: closing a response does not wake the thread that reads it."""

    def __init__(self) -> None:
        self._stream: httpcore.NetworkStream | None = None
        self._wanted = False

    def watch(self, request: httpx.Request) -> None:
        """Follow the connection of `request`; an httpx request hook."""
        request.extensions["trace"] = self._trace

    def now(self) -> None:
        """Shut the connection, or the next one as soon as it is made. From any thread."""
        self._wanted = True
        if self._stream is not None:
            self._shut(self._stream)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            self._stream = info["return_value"]
            if self._wanted:
                self.now()

    def _shut(self, stream: httpcore.NetworkStream) -> None:
        connected = stream.get_extra_info("socket")
        with contextlib.suppress(OSError):
            # not the method of a TLS socket: that one drops the TLS state under the reader's feet
            socket.socket.shutdown(connected, socket.SHUT_RDWR)
