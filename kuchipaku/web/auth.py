"""Who may call: everybody on an open server, holders of the key on a secure one."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from flask import Flask, Response, request

from kuchipaku.errors import BadRequest
from kuchipaku.web.errors import answer

OPEN = ("/static/", "/live/")
"""What a browser needs before it can ask its user for the key; the streams under /live/ are not open."""


def read_or_make_key(path: Path) -> str:
    """The key in `path`, made (128 bit) where the file is absent. Raises BadRequest for an empty file."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(16) + "\n")
    key = path.read_text(encoding="utf-8").strip()
    if not key:
        raise BadRequest(f"{path} holds no key", hint="write one into it, or delete it and a new one is made")
    return key


def install(app: Flask, key: str) -> None:
    """Ask every request for the key: `Authorization: Bearer KEY`."""

    @app.before_request
    def check() -> Response | None:
        if request.method == "OPTIONS" or _is_open(request.path) or _holds(key):
            return None
        return answer("401: Invalid API key", 401, "send the header Authorization: Bearer KEY")


def _is_open(path: str) -> bool:
    return path == "/" or (path.startswith(OPEN) and not path.endswith(".mjpg"))


def _holds(key: str) -> bool:
    header = request.authorization
    return header is not None and hmac.compare_digest((header.token or "").encode(), key.encode())
