"""Listening: the app on waitress, with what live streams need of it."""

from __future__ import annotations

import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore

from kuchipaku.errors import BadRequest

SEND_BUFFER = 64 * 1024
"""Bytes that may wait in waitress, and in the kernel, for a slow viewer: with more, it would see the past."""
STALLED_MS = 15_000
"""Milliseconds after which a viewer who takes nothing in is let go, and its seat with it."""
LAST_SECONDS = 0.5
"""How long answers under way may take to notice that the server ends."""
_SPARE_CONNECTIONS = 200
_SPARE_FILES = 100
_WINDOWS_SELECT = 500  # select() takes 512 sockets there, and there is no poll()


def serve(
    app: Flask,
    host: str,
    port: int,
    threads: int,
    announce: Callable[[str], None],
    end_streams: Callable[[], None] = lambda: None,
) -> None:
    """Serve until Ctrl-C or SIGTERM, on the main thread. Raises BadRequest if it cannot listen.

    `announce` is told the address first; `end_streams` is called last, and must make open answers end.
    """
    listening = _listening_socket(host, port)
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        app,
        map=sockets,
        sockets=[listening],
        threads=threads,
        connection_limit=connection_limit(threads),
        outbuf_high_watermark=SEND_BUFFER,
        max_request_body_size=2 * (app.config["MAX_CONTENT_LENGTH"] or SEND_BUFFER),  # the app tells it better
        log_socket_errors=False,  # a viewer who leaves is no error
        ident="Kuchipaku",
        clear_untrusted_proxy_headers=True,
    )
    shown = f"[{host}]" if ":" in host else host
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        announce(f"http://{shown}:{listening.getsockname()[1]}")
        wasyncore.loop(timeout=1.0, map=sockets, use_poll=True)  # server.run() would wait for viewers before it ends
    except KeyboardInterrupt:
        pass
    finally:
        _close(server, end_streams)


def connection_limit(threads: int) -> int:
    """Connections to accept: some more than threads, as far as the system's limit of open files goes."""
    wanted = threads + _SPARE_CONNECTIONS
    if not hasattr(select, "poll"):
        return min(wanted, _WINDOWS_SELECT)
    files = _most_files()
    return wanted if files is None else min(wanted, max(files - _SPARE_FILES, files // 2))


def _most_files() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if most == resource.RLIM_INFINITY else most


def _close(server: Any, end_streams: Callable[[], None]) -> None:
    """Let viewers go first: a thread that writes to one ends only then."""
    end_streams()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.task_dispatcher.shutdown(timeout=LAST_SECONDS)
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
