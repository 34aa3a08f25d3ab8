"""Listening: the app on waitress, with what live streams need of it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import waitress
from flask import Flask

from kuchipaku.errors import BadRequest

SEND_BUFFER = 64 * 1024
"""Bytes that may wait in waitress, and in the kernel, for a slow viewer: with more, it would see the past."""
STALLED_MS = 15_000
"""Milliseconds after which a viewer who takes nothing in is let go, and its seat with it."""


def serve(app: Flask, host: str, port: int, threads: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted; `announce` is told the address first. Raises BadRequest if it cannot listen."""
    listening = _listening_socket(host, port)
    server = waitress.create_server(
        app,
        sockets=[listening],
        threads=threads,
        connection_limit=threads + 200,
        outbuf_high_watermark=SEND_BUFFER,
        ident="Kuchipaku",
        clear_untrusted_proxy_headers=True,
    )
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{listening.getsockname()[1]}")
    try:
        server.run()
    finally:
        server.close()


def _listening_socket(host: str, port: int) -> socket.socket:
    """Accepted connections inherit its small send buffer, and where the system has it, its time-out."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise BadRequest(f"cannot listen on {host}:{port}: {error}", hint="choose another --port or --host") from error
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if (time_out := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:
        listening.setsockopt(socket.IPPROTO_TCP, time_out, STALLED_MS)
    return listening
