"""Settings of the picture maker: [plugins.sd] in the settings file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kuchipaku import Section


class SdSettings(Section):
    """The Stable Diffusion server that paints. Its password is never written in a settings file."""

    url: str = Field("http://127.0.0.1:7860", pattern=r"^https?://")
    """Where it is; ComfyUI usually is at http://127.0.0.1:8188."""
    kind: Literal["automatic1111", "comfyui"] = "automatic1111"
    """Which API it speaks; Forge, SD.Next and others speak that of AUTOMATIC1111."""
    auth_variable: str = Field("KUCHIPAKU_SD_AUTH", pattern=r"^[A-Z][A-Z0-9_]*$")
    """Name of the environment variable that holds "user:password", where the server asks for one."""
    timeout: float = Field(300.0, gt=0, le=3600)
    """Longest wait for a picture, or for a model to be loaded, in seconds."""
