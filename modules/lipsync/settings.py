"""The settings of lip-sync."""

from __future__ import annotations

from pydantic import Field

from kuchipaku import Section


class LipsyncSettings(Section):
    """How the mouth follows the sound."""

    offset_ms: float = Field(0.0, ge=-500.0, le=500.0)
    """Milliseconds by which the mouth moves earlier (positive) or later (negative) than it does by itself."""
    strength: float = Field(1.0, ge=0.0, le=1.5)
    """Times how wide the mouth opens: 0 stays shut, 1 as drawn, 1.5 exaggerates."""
