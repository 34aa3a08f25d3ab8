"""Signed addresses: a path, the second it expires, and an HMAC of both, for what can send no header."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode

from kuchipaku.errors import BadRequest
from kuchipaku.keys import Key

FIELDS = frozenset({"expires", "signature"})
"""What signing adds to a query; no view is shown them."""
SIGNABLE = re.compile(
    "/(?:"
    r"live/[a-z0-9_-]+\.mjpg|api/talkinghead/result_feed"
    r"|api/(?:characters|performances)/[a-z0-9_-]+/events"
    r"|api/audio/[a-z0-9_-]+\.wav|api/tts/sample/[^?#]{1,200}"
    r"|api/characters/[a-z0-9_-]+/picture"
    ")"
)
"""Every path that a signature may open: streams, events, audio, pictures."""


def signable(address: str) -> tuple[str, str]:
    """(path as a request has it, query without old signatures) of an address relative to the server's root.

    Raises BadRequest for any that is not SIGNABLE.
    """
    path, _, query = address.partition("?")
    path = "/" + unquote(path).removeprefix("/")
    if not (SIGNABLE.fullmatch(path) and path.isprintable()):
        raise BadRequest(
            f"{address[:100]!r} is not to be signed", hint="a stream, events, audio or a picture: see docs"
        )
    fields = [field for field in parse_qsl(query, keep_blank_values=True) if field[0] not in FIELDS]
    return path, urlencode(fields)


def address_of(path: str, query: str) -> str:
    """The address, relative to the server's root."""
    return quote(path[1:]) + (f"?{query}" if query else "")


class Signer:
    """Signs paths, each for the key it was asked for with: without that key, or after a new start, it opens nothing."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._seconds, self._clock = seconds, clock
        self._secret = secrets.token_bytes(32)

    def sign(self, path: str, key: Key) -> dict[str, str]:
        """FIELDS for the query of `path`."""
        expires = str(int(self._clock() + self._seconds))
        return {"expires": expires, "signature": self._signature(path, expires, key)}

    def opens(self, path: str, query: Mapping[str, str], keys: Iterable[Key]) -> bool:
        """Whether the query of a request for `path` is signed by one of `keys`, and has not expired."""
        given, expires = query.get("signature", ""), query.get("expires", "")
        matching = [hmac.compare_digest(given.encode(), self._signature(path, expires, key).encode()) for key in keys]
        return any(matching) and SIGNABLE.fullmatch(path) is not None and self._clock() < int(expires)

    def _signature(self, path: str, expires: str, key: Key) -> str:
        text = "\n".join((key.secret, expires, path))
        return hmac.new(self._secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
