"""A server on fakes, in a process of its own: python fake_server.py FOLDER."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import fpng
import numpy as np
import simplejpeg

from kuchipaku import Encoder, Pixels, hookimpl
from kuchipaku.serve import serve
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app


class Pictures:
    """JPEG and PNG, as the server's own encoders give them."""

    @hookimpl
    def register_encoders(self, register: Callable[[str, Encoder], None]) -> None:
        register("jpeg", Encoder("image/jpeg", alpha=False, encode=jpeg_of))
        register("png", Encoder("image/png", alpha=True, encode=lambda pixels: bytes(fpng.from_ndarray(pixels))))


def jpeg_of(pixels: Pixels) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), colorspace="RGBA"))


def services_in(folder: Path) -> Services:
    return fake_services(folder, Pictures())


if __name__ == "__main__":
    app = create_app(services_in(Path(sys.argv[1])))
    serve(app, "127.0.0.1", 0, 24, lambda address: print(f"Open {address}", flush=True))
