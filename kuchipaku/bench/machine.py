"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import kuchipaku
from kuchipaku.commands.project import ROOT


def facts() -> dict[str, str]:
    """Versions, commit, machine and date, as text."""
    return {
        "python": platform.python_version(),
        "kuchipaku": kuchipaku.__version__,
        "numpy": _version_of("numpy"),
        "opencv": _version_of("opencv-python-headless"),
        "commit": commit(ROOT),
        "machine": machine(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def machine() -> str:
    """Processor, number of cores, operating system."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def commit(folder: Path) -> str:
    """The checkout's commit, with "-dirty" where files differ from it; empty where it is no checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text(encoding="utf-8").splitlines():
            key, _, name = line.partition(":")
            if key.strip() == "model name":
                return name.strip()
    return platform.processor() or platform.machine()


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
