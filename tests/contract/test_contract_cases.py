"""The conformance cases of SillyTavern-Extras, each against `server.py` with the flags of its profile."""

from __future__ import annotations

import base64
import importlib.util
import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.contract.stand_ins import stand_ins
from tests.serving import ROOT, running_server

pytestmark = pytest.mark.shared

CONTRACT = ROOT.parent / "shared" / "contract"
CASES = CONTRACT / "contract_cases.json"
PATIENCE = 60.0
"""Seconds that one case may take."""


@cache
def contract() -> dict[str, Any]:
    """The cases, their profiles and their fixtures; nothing where the data folder is absent."""
    return json.loads(CASES.read_text()) if CASES.exists() else {"cases": [], "profiles": {}, "fixtures": {}}  # type: ignore[no-any-return]


def cases() -> list[Any]:
    """(profile, case) of every case, the cases of a profile in file order."""
    found = [
        pytest.param(name, case, id=f"{name}-{case['id']}")
        for name in contract()["profiles"]
        for case in contract()["cases"]
        if case["profile"] == name
    ]
    return found or [pytest.param("", {}, marks=pytest.mark.skip(f"{CASES} is absent"))]


@dataclass(frozen=True)
class Served:
    """A server with a profile's flags: its address without a slash, and the key it wants."""

    base: str
    key: str
    session: Any


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    """The contract's own runner, reading `also_acceptable` too."""
    spec = importlib.util.spec_from_file_location("run_cases", CONTRACT / "run_cases.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ARGS = Namespace(strict=False)  # type: ignore[attr-defined]
    return module


@pytest.fixture(scope="module")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The settings file of a server whose modules all have something to work with."""
    with stand_ins(tmp_path_factory.mktemp("backends")) as settings:
        yield settings


@contextmanager
def serving(profile: str, folder: Path, backends: Path, runner: ModuleType) -> Iterator[Served]:
    """A server with the flags of a profile."""
    wanted = contract()["profiles"][profile]
    flags = list(wanted["flags"])
    if not any(flag.startswith("--enable-modules") for flag in flags):
        flags.append("--enable-modules=")
    if key := wanted.get("api_key_file", ""):
        (folder / "api_key.txt").write_text(f"{key}\n")
        flags += ["--api-key-file", str(folder / "api_key.txt")]
    session = runner.requests.Session()
    session.headers.pop("Accept-Encoding")
    session.trust_env = False
    with running_server(folder, "--settings", str(backends), *flags) as address, session:
        yield Served(address.rstrip("/"), key, session)


@pytest.fixture(scope="module")
def serve(
    runner: ModuleType, backends: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Served]]:
    """The server of a profile; it runs until that of another is asked for."""
    with ExitStack() as running:
        name, served = "", None

        def of(profile: str) -> Served:
            nonlocal name, served
            if served is None or profile != name:
                running.close()
                folder = tmp_path_factory.mktemp(profile)
                name, served = profile, running.enter_context(serving(profile, folder, backends, runner))
            return served

        yield of


@pytest.fixture(scope="module")
def fixtures() -> dict[str, bytes]:
    """The cases' pictures and sounds."""
    return {name: base64.b64decode(entry["b64"]) for name, entry in contract()["fixtures"].items()}


@pytest.mark.parametrize(("profile", "case"), cases())
def test_case(
    serve: Callable[[str], Served], profile: str, case: dict[str, Any], runner: ModuleType, fixtures: dict[str, bytes]
) -> None:
    served = serve(profile)
    # An answer that never ends, where the runner expects one that does, may not hold up the suite: so a thread.
    waiting = ThreadPoolExecutor(1)
    running = waiting.submit(runner.run_case, case, fixtures, served.base, served.key, served.session)
    waiting.shutdown(wait=False)
    complaints, got = running.result(PATIENCE)
    assert complaints == [], got
