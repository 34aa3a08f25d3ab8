from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path

import pytest

from kuchipaku import serve
from kuchipaku.errors import BadRequest
from kuchipaku.serve import SEND_BUFFER, STALLED_MS, _listening_socket, connection_limit

ROOT = Path(__file__).resolve().parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")

MANY_FILES = """
import os, resource
from flask import Flask
from kuchipaku.serve import serve

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (2000 if hard == -1 else min(2000, hard), hard))
nowhere = os.open(os.devnull, os.O_RDONLY)
while os.dup(nowhere) < 1100:
    pass
app = Flask("many")
app.get("/")(lambda: "here")
serve(app, "127.0.0.1", 0, 4, lambda address: print("Open " + address + " ", flush=True))
"""

ENDLESS = """
import itertools, logging
from flask import Flask
from kuchipaku import serve

logging.basicConfig(level="INFO")
serve.STALLED_MS = 300
app = Flask("endless")

@app.get("/")
def picture():
    def chunks():
        try:
            yield from itertools.repeat(bytes(65536))
        finally:
            print("let go", flush=True)
    return chunks()

serve.serve(app, "127.0.0.1", 0, 4, lambda address: print("Open " + address + " ", flush=True))
"""


@contextmanager
def running(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its address."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, *command], stdout=pipe, stderr=pipe, text=True, cwd=ROOT, env=env
    ) as process:
        try:
            assert process.stdout is not None
            yield process, next(line for line in process.stdout if "Open http" in line).split()[1]
        finally:
            process.kill()


def _read_on(live: HTTPResponse) -> None:
    with suppress(OSError, ValueError, HTTPException):
        live.read()


@contextmanager
def watching(url: str, reads: bool) -> Iterator[None]:
    """A viewer, who takes in all there is, or stopped long enough ago for the server's buffers to be full."""
    with urllib.request.urlopen(url, timeout=20) as live:
        live.read(100_000)
        if reads:
            threading.Thread(target=_read_on, args=(live,), daemon=True).start()
        else:
            time.sleep(1.0)
        yield


@POSIX
def test_more_connections_than_select_can_take_are_served() -> None:
    with running("-c", MANY_FILES) as (_, address), urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.read() == b"here"


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("reads", [True, False], ids=["reading", "stalled"])
def test_the_server_ends_at_once_while_somebody_watches(number: signal.Signals, reads: bool) -> None:
    name = sorted(path.parent.name for path in (ROOT / "characters").glob("*/character.toml"))[0]
    with running("server.py", "--port", "0") as (process, address), watching(f"{address}/live/{name}.mjpg", reads):
        began = time.monotonic()
        process.send_signal(number)
        _, complaints = process.communicate(timeout=20)
        took = time.monotonic() - began
    assert process.returncode == 0
    assert "Traceback" not in complaints
    assert took < 3.0  # 0.4 s on a quiet machine


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such time-out")
def test_a_stalled_viewer_is_let_go_without_a_word() -> None:
    with running("-c", ENDLESS) as (process, address):
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as viewer:
            viewer.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert process.stdout is not None
            assert process.stdout.readline() == "let go\n"
        process.terminate()
        _, complaints = process.communicate(timeout=20)
    assert "Traceback" not in complaints


def test_connections_stay_below_what_the_system_can_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_most_files", lambda: None)
    assert connection_limit(64) == 264
    monkeypatch.setattr(serve, "_most_files", lambda: 256)
    assert connection_limit(64) == 156
    monkeypatch.delattr(select, "poll", raising=False)
    assert connection_limit(1516) == 500


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
