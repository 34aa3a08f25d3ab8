"""Pictures that come from people, over HTTP: checked, mended, shown, and made into characters."""

from __future__ import annotations

import base64
import threading
from typing import Any, Literal, cast

from flask import Blueprint, Response, jsonify, request

from kuchipaku.errors import BadRequest
from kuchipaku.fitting import Fitted, fit, preview
from kuchipaku.services import Services
from kuchipaku.web.openapi import takes

FRAMINGS = ("portrait", "tha")
Framing = Literal["portrait", "tha"]
DECODING = threading.Lock()
"""A large picture takes hundreds of megabytes while it is decoded: one at a time."""


class Fitting:
    """The view of POST /api/fit."""

    def __init__(self, services: Services) -> None:
        self._megapixels = services.settings.limits.picture_megapixels

    def blueprint(self) -> Blueprint:
        """The route."""
        routes = Blueprint("fit", __name__)
        routes.post("/api/fit")(self.fit)
        return routes

    @takes(form="picture", fields={"framing": False})
    def fit(self) -> Response:
        """What the doctor of characters says of a picture, and the picture mended: nothing is kept."""
        upload = uploaded("picture", ("framing",))
        framing = request.form.get("framing", "portrait")
        if framing not in FRAMINGS:
            raise BadRequest(f"framing is {framing[:40]!r}", hint=f"one of {', '.join(FRAMINGS)}")
        with DECODING:
            fitted = fit(upload, self._megapixels, cast(Framing, framing))
            return jsonify(**report(fitted), picture=_url(fitted.picture_png), preview=_url(preview(fitted)))


def uploaded(file: str, fields: tuple[str, ...]) -> bytes:
    """The file `file` of the multipart form. Raises BadRequest for other fields, or when it is missing."""
    allowed = (*fields, file)
    unknown = sorted({str(name) for name in (*request.form, *request.files)} - set(allowed))
    if unknown:
        raise BadRequest(f"there is no field {unknown[0]!r}", hint=f"allowed: {', '.join(allowed)}")
    upload = request.files.get(file)
    if upload is None:
        raise BadRequest(f"no {file} was sent", hint=f"send a multipart form with the file field `{file}`")
    return bytes(upload.read())


def report(fitted: Fitted) -> dict[str, Any]:
    """What is told of a fitted picture."""
    return dict(fitted.json())


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
