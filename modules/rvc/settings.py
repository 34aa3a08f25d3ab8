"""Settings of voice conversion: [plugins.rvc] in the settings file."""

from __future__ import annotations

from pydantic import Field

from kuchipaku import Section


class RvcSettings(Section):
    """The server that converts voices: rvc-python, or any that speaks its API (modules/rvc/README.md)."""

    url: str = Field("", pattern=r"^(https?://.+)?$")
    """Where it is, such as http://127.0.0.1:5050; empty: there is none."""
    timeout: float = Field(120.0, gt=0, le=3600)
    """Longest wait for a converted recording, in seconds."""
