"""Where the project lies, and what its server starts with."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder of server.py."""


def built_in() -> tuple[str, ...]:
    """The import names of the modules that server.py starts with; from here on they can be imported."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return tuple(runpy.run_path(str(ROOT / "server.py"))["BUILT_IN"])
