"""Every error answer has one shape: {ok: false, error, hint, status}."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from kuchipaku.errors import KuchipakuError

log = logging.getLogger(__name__)

HINTS = {
    400: "the body must be what docs/http.md says",
    404: "docs/http.md and /openapi.json list what there is",
    405: "see the Allow header",
    415: "send JSON with the header Content-Type: application/json",
}


def error_body(message: str, status: int, hint: str = "") -> dict[str, Any]:
    """The body of every error."""
    return {"ok": False, "error": message, "hint": hint, "status": status}


def answer(message: str, status: int, hint: str = "") -> Response:
    """An error response."""
    response = jsonify(error_body(message, status, hint))
    response.status_code = status
    return response


def _hint(status: int) -> str:
    if status == 413:
        megabytes = (request.max_content_length or 0) // 1024**2
        return f"limits.upload_mb in the settings allows {megabytes} MB, and 0.5 MB of text in a form"
    return HINTS.get(status, "")


def install(app: Flask) -> None:
    """Give every exception its answer."""

    @app.errorhandler(KuchipakuError)
    def ours(error: KuchipakuError) -> Response:
        return answer(str(error), error.status, error.hint)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        response = answer(f"{status} {error.name}: {error.description}", status, _hint(status))
        if allow := error.get_response().headers.get("Allow"):
            response.headers["Allow"] = allow
        return response

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Response:
        log.exception("%s %s failed", request.method, request.path, exc_info=error)
        return answer("internal error", 500, "the server's log has the details")
