"""Who may call: on a secure server holders of the key; on any, no page of another site behind its reader's back."""

from __future__ import annotations

import hmac
import ipaddress
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, request

from kuchipaku.errors import BadRequest
from kuchipaku.settings import ServerSection
from kuchipaku.web.errors import answer

OPEN = ("/static/", "/live/")
"""What a browser needs before it can ask its user for the key; the streams under /live/ are not open."""

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
"""Methods that change something; a browser sends an Origin header with each of them."""


def read_or_make_key(path: Path) -> str:
    """The key in `path`, made (128 bit) where the file is absent.

    Raises BadRequest for a file that cannot be read or made, is not ASCII or UTF-8, or holds no key of one line.
    """
    try:
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(16) + "\n")
        key = path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        hint = "server.api_key_file names a file in a folder that exists and is yours"
        raise BadRequest(f"the key file cannot be used: {error}", hint=hint) from error
    except UnicodeDecodeError as error:
        raise BadRequest(f"{path} is not a UTF-8 text", hint=_KEY_HINT) from error
    if not (key and key.isascii() and key.isprintable()):
        raise BadRequest(f"{path} holds no key of one line of ASCII", hint=_KEY_HINT)
    return key


_KEY_HINT = "save one as plain UTF-8 text, or delete the file and a new one is made"


def keep_sites_apart(app: Flask, server: ServerSection) -> None:
    """Refuse, with 403, what a page of another site has a browser send without its reader knowing.

    A change may come from the server's own pages, from `cors_origins`, and from programs, which send no Origin.
    A server on a loopback address answers only to loopback names and to `hosts`, so that no site can point its own
    name at it.
    """
    loopback = _is_loopback(server.host)
    hosts = {name.lower() for name in server.hosts}

    @app.before_request
    def check() -> Response | None:
        host = request.headers.get("Host", "")
        if loopback and host and not _is_loopback(name := _host_name(host)) and name not in hosts:
            return answer(
                f"this server does not answer to {name[:200]!r}", 403, "name it in server.hosts of the settings"
            )
        origin = request.headers.get("Origin")
        if request.method not in UNSAFE or origin is None or _may_change(origin, host, server):
            return None
        return answer(
            f"pages of {origin[:200]!r} may not do that", 403, "name it in server.cors_origins of the settings"
        )


def install(app: Flask, key: str) -> None:
    """Ask every request for the key: `Authorization: Bearer KEY`."""

    @app.before_request
    def check() -> Response | None:
        if request.method == "OPTIONS" or is_open(request.path) or _holds(key):
            return None
        return answer("401: Invalid API key", 401, "send the header Authorization: Bearer KEY")


def _may_change(origin: str, host: str, server: ServerSection) -> bool:
    own = origin.partition("://")[2]
    return own.lower() == host.lower() != "" or not {origin, "*"}.isdisjoint(server.cors_origins)


def _host_name(host: str) -> str:
    """The name in a Host header: without port and brackets, lower case; empty if there is none to be found."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def is_open(path: str) -> bool:
    """Whether a path is served without the key."""
    return path in ("/", "/studio") or (path.startswith(OPEN) and not path.endswith(".mjpg"))


def _holds(key: str) -> bool:
    header = request.authorization
    return header is not None and hmac.compare_digest((header.token or "").encode(), key.encode())
