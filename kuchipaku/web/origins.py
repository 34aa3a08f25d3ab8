"""Web origins: which pages may call, what their browsers are told, and where the server itself is found."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from kuchipaku.settings import ServerSection
from kuchipaku.web.errors import answer

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
"""Methods that change something; a browser sends an Origin header with each of them."""
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
HEADERS = (
    "authorization",
    "bypass-tunnel-reminder",
    "cache-control",
    "content-type",
    "last-event-id",
    "x-csrf-token",
)
"""Request headers of SillyTavern's clients and of our pages."""
EXPOSED = ("Content-Disposition", "Retry-After", "WWW-Authenticate", "X-Request-Duration")
"""Response headers that a page of another origin may read, beside those that every page may."""
PREFLIGHT_SECONDS = 600


class Origins:
    """The origins and host names of a server's settings. Matches are exact: no pattern, no part of a name."""

    def __init__(self, server: ServerSection) -> None:
        public = urlsplit(server.public_url.lower())
        own = f"{public.scheme}://{public.netloc}" if server.public_url else ""
        self._allowed = frozenset(filter(None, (*server.cors_origins, own)))
        self._hosts = frozenset(filter(None, (*map(str.lower, server.hosts), public.hostname)))
        self._loopback = is_loopback(server.host)

    def allows(self, origin: str) -> bool:
        """Whether pages of an origin may call."""
        return not self._allowed.isdisjoint({origin.lower(), "*"})

    def refusal(self) -> Response | None:
        """403 for what a page of another site has a browser send without its reader knowing; None for all else.

        A change may come from the server's own pages, from allowed origins, and from programs, which send no Origin.
        A server on a loopback address answers only to loopback names and to `hosts`, so that no site can point its
        own name at it.
        """
        host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
        if self._loopback and host and not self._answers_to(name := _host_name(host)):
            hint = "name it in server.hosts of the settings"
            return answer(f"this server does not answer to {name[:200]!r}", 403, hint)
        if request.method not in UNSAFE or origin is None or _is_own(origin, host) or self.allows(origin):
            return None
        hint = "name it in server.cors_origins of the settings"
        return answer(f"pages of {origin[:200]!r} may not do that", 403, hint)

    def told(self, response: Response) -> Response:
        """The response with what the browser of an allowed origin has to be told; errors and 401 included."""
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin is not None and self.allows(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
            if request.method == "OPTIONS":
                _answer_preflight(response)
        return response

    def _answers_to(self, name: str) -> bool:
        return is_loopback(name) or name in self._hosts


def install(app: Flask, server: ServerSection) -> None:
    """Keep sites apart, and tell browsers so."""
    origins = Origins(server)
    app.config["PUBLIC_URL"] = server.public_url
    app.before_request(origins.refusal)
    app.after_request(origins.told)
    app.after_request(_led_to_the_public_url)


def absolute_url(path: str) -> str:
    """The whole address of a path of this server, such as "api/audio/x.wav", for the client that asks now.

    It lies under `server.public_url`, or where there is none, under the address that the client itself has used;
    X-Forwarded headers, which anybody can send, are not looked at.
    """
    root = current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")
    return f"{root}/{path.removeprefix('/')}"


def is_loopback(name: str) -> bool:
    """Whether a host name or address reaches this machine only."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _led_to_the_public_url(response: Response) -> Response:
    """The response; a redirect, such as that of a doubled slash, leads to where the client can find us."""
    if (target := response.location or "").startswith(request.url_root):
        response.location = absolute_url(target.removeprefix(request.url_root))
    return response


def _answer_preflight(response: Response) -> None:
    asked = (name.strip().lower() for name in request.headers.get("Access-Control-Request-Headers", "").split(","))
    response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response.headers["Access-Control-Allow-Headers"] = ", ".join(sorted({*HEADERS, *filter(None, asked)}))
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        response.headers["Access-Control-Allow-Private-Network"] = "true"


def _is_own(origin: str, host: str) -> bool:
    return origin.partition("://")[2].lower() == host.lower() != ""


def _host_name(host: str) -> str:
    """The name in a Host header: without port and brackets, lower case; empty if there is none to be found."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
