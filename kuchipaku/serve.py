"""Listening: the app on waitress, with what live streams need of it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import waitress
from flask import Flask

from kuchipaku.errors import BadRequest

SEND_BUFFER = 64 * 1024
"""Bytes that may wait in waitress, and in the kernel, for a slow viewer: with more, it would see the past."""


def serve(app: Flask, host: str, port: int, threads: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted; `announce` is told the address first. Raises BadRequest if it cannot listen."""
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            connection_limit=threads + 200,
            outbuf_high_watermark=SEND_BUFFER,
            socket_options=[
                (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER),
                (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            ],
            ident="Kuchipaku",
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, ValueError) as error:
        raise BadRequest(f"cannot listen on {host}:{port}: {error}", hint="choose another --port or --host") from error
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{server.effective_port}")
    try:
        server.run()
    finally:
        server.close()
