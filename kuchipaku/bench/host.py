"""The server under test: the real server.py, on embedded defaults."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from kuchipaku.bench.figures import NotMeasured
from kuchipaku.commands.project import ROOT
from kuchipaku.errors import EngineUnavailable

if TYPE_CHECKING:
    import psutil

ADDRESS = re.compile(r"Open (http://127\.0\.0\.1:(\d+))")
LEFT_OUT = re.compile(r"GROQ_API_KEY|KUCHIPAKU_.*")
"""Environment variables that would make the server another one."""


@dataclass(frozen=True, slots=True)
class Host:
    """A running server."""

    url: str
    port: int
    pid: int

    def client(self) -> httpx.Client:
        """An HTTP client of it, that keeps its connection."""
        return httpx.Client(base_url=self.url, timeout=30.0, trust_env=False)

    @property
    def live(self) -> str:
        """Path of the live picture of the chosen character, without its query."""
        with self.client() as client:
            listed = client.get("/api/characters").raise_for_status().json()
        return f"/live/{listed['chosen']}.mjpg"


@contextmanager
def running_server() -> Iterator[Host]:
    """server.py on a free port, without key, settings file and strangers' plugins; warm. It ends with the context.

    Raises EngineUnavailable with the end of its log where it does not start.
    """
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+", encoding="utf-8") as log:
        empty = Path(folder) / "settings.toml"
        empty.touch()
        command = [sys.executable, "server.py", "--port", "0", "--log-level", "warning"]
        command += ["--settings", str(empty), "--plugins", folder]
        process = subprocess.Popen(
            command, cwd=ROOT, env=embedded(os.environ), stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            host = _host_of(process)
            if host is None:
                log.seek(0)
                raise EngineUnavailable(f"the server did not start: {log.read()[-400:]}", hint="run ./start.sh")
            _warm(host)
            yield host
        finally:
            process.terminate()
            process.communicate()


def embedded(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what would change the server."""
    return {name: value for name, value in environ.items() if not LEFT_OUT.fullmatch(name)}


def _host_of(process: subprocess.Popen[str]) -> Host | None:
    assert process.stdout is not None
    for line in process.stdout:
        if found := ADDRESS.search(line):
            return Host(found[1], int(found[2]), process.pid)
    return None


def _warm(host: Host) -> None:
    with host.client() as client:
        client.post("/api/speech", json={"text": "Good morning."}).raise_for_status()


def family(host: Host) -> list[psutil.Process]:
    """The server's process and those it has started. Raises NotMeasured without psutil."""
    try:
        import psutil
    except ImportError as error:
        raise NotMeasured("psutil is missing: pip install -r requirements-dev.txt") from error
    server = psutil.Process(host.pid)
    return [server, *server.children(recursive=True)]


def rss_mb(host: Host) -> float:
    """Resident memory of the server and its processes, megabytes (10^6 bytes)."""
    return float(sum(process.memory_info().rss for process in family(host))) / 1e6


def cpu_percent(host: Host, seconds: float) -> float:
    """Processor time that the server and its processes take over `seconds`, in percent of one core."""
    processes = family(host)

    def used() -> float:
        spent = [process.cpu_times() for process in processes]
        return float(sum(times.user + times.system for times in spent))

    before, began = used(), time.monotonic()
    time.sleep(seconds)
    return 100.0 * (used() - before) / (time.monotonic() - began)
