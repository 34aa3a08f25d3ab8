"""A real server, on its socket: what it refuses at the start, what it prints, and whom it believes."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pytest

ROOT = Path(__file__).parents[3]
FEED = "/api/talkinghead/result_feed"


def started(folder: Path, *flags: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KUCHIPAKU_", "GROQ_"))}
    command = [
        sys.executable,
        str(ROOT / "server.py"),
        "--characters",
        str(folder / "characters"),
        "--port",
        "0",
        *flags,
    ]
    log = (folder / "log.txt").open("w")
    with log:
        return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=log, text=True)


@pytest.mark.parametrize("flags", [["--host", "0.0.0.0"], ["--listen"], ["--listen", "--secure", "--no-auth"]])
def test_a_server_that_would_be_open_to_the_network_does_not_start(tmp_path: Path, flags: list[str]) -> None:
    process = started(tmp_path, *flags)
    assert (process.wait(60), cast(IO[str], process.stdout).read()) == (1, "")
    cast(IO[str], process.stdout).close()
    log = (tmp_path / "log.txt").read_text()
    assert log.startswith("error: ") and "hint: " in log and "Traceback" not in log
    assert not (tmp_path / "api_key.txt").exists()


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[int, Path, list[str]]]:
    """(port, its folder, what it has printed) of a secure server that logs all it can."""
    process = started(tmp_path, "--secure", "--log-level", "debug")
    printed: list[str] = []
    for line in cast(IO[str], process.stdout):
        printed.append(line)
        if found := re.search(r"Open http://127\.0\.0\.1:(\d+)", line):
            yield int(found[1]), tmp_path, printed
            break
    process.terminate()
    process.wait(20)
    cast(IO[str], process.stdout).close()


def ask(port: int, path: str, body: dict[str, str] | None = None, **headers: str) -> tuple[int, bytes]:
    """(status, the first bytes of the body)"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(body) if body is not None else None
    typed = {"Content-Type": "application/json"} if body is not None else {}
    connection.request("POST" if body is not None else "GET", path, content, {**typed, **sent})
    response = connection.getresponse()
    told = response.status, response.read(300)
    connection.close()
    return told


def test_it_makes_a_key_and_neither_prints_nor_logs_it(secure: tuple[int, Path, list[str]]) -> None:
    port, folder, printed = secure
    key = (folder / "api_key.txt").read_text().strip()
    assert len(key) == 22
    assert ask(port, "/health")[0] == ask(port, "/health", Authorization="Bearer wrong-key")[0] == 401
    assert ask(port, "/health", Authorization=f"Bearer {key}")[0] == 200
    status, told = ask(port, "/api/sign", {"path": "/api/audio/none.wav"}, Authorization=f"Bearer {key}")
    assert (status, ask(port, f"/{json.loads(told)['url']}")[0]) == (200, 404)
    said = "".join(printed) + (folder / "log.txt").read_text()
    assert "api_key.txt" in said
    for secret in (key, "wrong-key", json.loads(told)["url"].rpartition("=")[2]):
        assert secret not in said


def test_it_believes_no_header_about_where_a_request_comes_from(secure: tuple[int, Path, list[str]]) -> None:
    port, folder, _ = secure
    key = (folder / "api_key.txt").read_text().strip()
    elsewhere = {"X_Forwarded_For": "10.0.0.9", "Forwarded": "for=10.0.0.9", "X_Forwarded_Host": "evil.example"}
    assert ask(port, "/api/tts/sample/x")[0] == 401
    assert ask(port, "/health", Authorization=f"Bearer {key}", **elsewhere)[0] == 200
    assert ask(port, "/api/tts/sample/x")[0] != 401
