from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuchipaku.bench.host import ADDRESS, Host


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server on fakes, in a process of its own."""
    script = Path(__file__).with_name("fake_server.py")
    command = [sys.executable, str(script), str(tmp_path_factory.mktemp("characters"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = ADDRESS.search(process.stdout.readline())
        assert found, "the server on fakes did not start"
        yield Host(found[1], int(found[2]), process.pid)
        process.kill()
