"""Who may come in: who holds a key, what such a one has signed, and for a while what comes from the same address."""

from __future__ import annotations

import re

from flask import Flask, Response, g, jsonify, request

from kuchipaku.errors import BadRequest
from kuchipaku.keys import Key, KeyFile, holder_of
from kuchipaku.settings import ServerSection
from kuchipaku.shelf import Shelf
from kuchipaku.web.origins import is_loopback
from kuchipaku.web.signatures import Signer

OPEN = re.compile(r"/|/studio|/static/.+|/live/[^/]+(?<!\.mjpg)")
"""Pages: what a browser needs before it can ask its user for the key. The live pictures are not among them."""
FEED, SAMPLES = "/api/talkinghead/result_feed", "/api/tts/sample/"
"""What old SillyTavern clients open without a key, because an <img> and an <audio> cannot send one."""
MOST_ADDRESSES = 1000


def check_door(server: ServerSection) -> None:
    """Raises BadRequest for a server that would be open to the network without anybody having said so."""
    if server.secure and server.no_auth:
        raise BadRequest("server.secure and server.no_auth are both set", hint="take one of them away")
    if not (is_loopback(server.host) or server.secure or server.no_auth):
        hint = "add --secure, and the server asks for a key; with --no-auth everybody there may do everything"
        raise BadRequest(f"{server.host or 'every address'} is open to the network, and no key is asked for", hint=hint)


def install(app: Flask, server: ServerSection, signer: Signer) -> None:
    """Let in only who may: where the server is secure, everything else is answered with 401, whatever was asked for.

    Raises BadRequest where `check_door` does, and for a key file that is of no use.
    """
    check_door(server)
    if server.secure:
        app.before_request(Guard(server, signer).refusal)


def is_open(path: str) -> bool:
    """Whether a path is served without the key."""
    return OPEN.fullmatch(path) is not None


class Guard:
    """The door of a secure server."""

    def __init__(self, server: ServerSection, signer: Signer) -> None:
        self._file, self._signer = KeyFile(server.api_key_file), signer
        self._minutes = server.known_address_minutes
        self._addresses: Shelf[Key] = Shelf(MOST_ADDRESSES, 60 * self._minutes)

    def refusal(self) -> Response | None:
        """The answer to a request that may not come in; None where it may."""
        if request.method == "OPTIONS" or is_open(request.path):
            return None
        keys = self._file.keys()
        key = holder_of(presented(request.headers.get("Authorization", "")), keys)
        if key is not None:
            g.key = key
            self._addresses.put(str(request.remote_addr), key)
            return None
        if request.method == "GET" and (self._signed(keys) or self._known(keys)):
            return None
        return unauthorized()

    def _signed(self, keys: tuple[Key, ...]) -> bool:
        return self._signer.opens(request.path, request.args, keys)

    def _known(self, keys: tuple[Key, ...]) -> bool:
        """Whether an old client asks, from where a key that still holds was presented lately."""
        if not self._minutes or not (request.path == FEED or request.path.startswith(SAMPLES)):
            return False
        shown = self._addresses.get(str(request.remote_addr))
        return shown is not None and holder_of(shown.secret, keys) is not None


def presented(header: str) -> str:
    """The key in an Authorization header, behind any scheme but Basic; empty for none."""
    scheme, _, key = header.strip().partition(" ")
    return "" if scheme.lower() == "basic" else key.strip()


def unauthorized() -> Response:
    """The 401 of SillyTavern-Extras, to the letter."""
    response = jsonify(error="401: Invalid API key")
    response.status_code = 401
    response.headers["WWW-Authenticate"] = 'Bearer realm="Kuchipaku"'
    return response
