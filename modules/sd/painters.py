"""The painter that the settings name, and its pictures as clients take them."""

from __future__ import annotations

import base64
import io

from PIL import Image

from modules.sd.automatic1111 import Automatic1111
from modules.sd.comfyui import ComfyUi
from modules.sd.settings import SdSettings
from modules.sd.wire import Wire, nonsense
from modules.sd.wish import Painter


def painter(settings: SdSettings) -> Painter:
    """The server that the settings name; nothing is asked of it yet."""
    wire = Wire(settings)
    return ComfyUi(wire, settings.timeout) if settings.kind == "comfyui" else Automatic1111(wire)


def jpeg(picture: bytes) -> str:
    """A picture file as base64 of a JPEG, quality 90, on white. Raises EngineUnavailable for no picture."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            rgba = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise nonsense() from error
    white = Image.new("RGBA", rgba.size, "white")
    file = io.BytesIO()
    Image.alpha_composite(white, rgba).convert("RGB").save(file, "JPEG", quality=90)
    return base64.b64encode(file.getvalue()).decode()
