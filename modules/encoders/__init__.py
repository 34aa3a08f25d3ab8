"""Picture formats of the live stream: JPEG and PNG."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from kuchipaku import Encoder, Pixels, Section, Settings, hookimpl


class EncodersSettings(Section):
    """The picture formats of the live stream."""

    jpeg_quality: int = Field(85, ge=1, le=100)
    """Quality of JPEG frames: higher is finer and larger."""


@hookimpl
def settings_model() -> type[Section]:
    """jpeg_quality."""
    return EncodersSettings


@hookimpl
def register_encoders(register: Callable[[str, Encoder], None], settings: Settings) -> None:
    """`jpeg` by simplejpeg, without alpha; `png` by fpng, straight alpha kept exactly."""
    quality = settings.plugin("encoders").jpeg_quality

    def jpeg(pixels: Pixels) -> bytes:
        from modules.encoders.formats import jpeg_of

        return jpeg_of(pixels, quality)

    def png(pixels: Pixels) -> bytes:
        from modules.encoders.formats import png_of

        return png_of(pixels)

    register("jpeg", Encoder("image/jpeg", alpha=False, encode=jpeg))
    register("png", Encoder("image/png", alpha=True, encode=png))
