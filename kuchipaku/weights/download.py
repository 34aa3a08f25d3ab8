"""One file from one address into a `.part`: streamed, hashed as it comes, taken up again where it was cut."""

from __future__ import annotations

import hashlib
import json
import os
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import httpx

from kuchipaku.errors import EngineUnavailable, KuchipakuError
from kuchipaku.weights.checksums import write_whole
from kuchipaku.weights.content import HEAD, Unfit, fault
from kuchipaku.weights.disk import room
from kuchipaku.weights.state import sha256_of
from kuchipaku.weights.values import SHA256, is_safe

if TYPE_CHECKING:
    from hashlib import _Hash

CONNECT_SECONDS = 10.0
LONGEST_PAUSE = 30.0
"""Seconds that are waited at most before a new attempt, whatever a server asks for."""
OVERLOADED = {408, 425, 429, 500, 502, 503, 504}
"""Statuses that may be better a moment later."""
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Wire:
    """How patient a download is."""

    timeout: float = 30.0
    """Seconds without a byte before it is tried again."""
    attempts: int = 4
    """Attempts in a row that bring nothing new."""
    pause: float = 1.0
    """Seconds before the second attempt; each further one waits twice as long."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Arrived:
    """A whole file."""

    sha256: str
    promised: str = ""
    """The checksum that its host gave on the way, as Hugging Face does; empty where there was none."""


class _Cut(Exception):
    """It broke off, and may go better another time."""

    def __init__(self, why: str, pause: float = 0.0) -> None:
        super().__init__(why)
        self.pause = pause


def client(wire: Wire) -> httpx.Client:
    """A client that follows redirects to safe addresses only, through the proxies that the environment names.

    Raises EngineUnavailable for a proxy that it cannot speak with.
    """
    try:
        return httpx.Client(
            verify=_tls(),
            follow_redirects=True,
            timeout=httpx.Timeout(wire.timeout, connect=min(CONNECT_SECONDS, wire.timeout)),
            headers={"Accept-Encoding": "identity", "User-Agent": "kuchipaku"},
            event_hooks={"request": [_only_safe]},
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        hint = "HTTPS_PROXY takes http://host:port; for socks5://: python -m pip install socksio"
        raise EngineUnavailable(f"the proxy that the environment names: {error}", hint=hint) from error


class Download:
    """One file from one address. What has come stays in `part` when it fails, for another time."""

    def __init__(self, http: httpx.Client, url: str, part: Path, told: Callable[[int, int, str], None]) -> None:
        """`told(bytes there, bytes in all or 0, note)` is called as it goes on."""
        self._http, self._url, self._part, self._told = http, url, part, told
        self._memo = part.with_name(part.name + ".json")
        self._done = self._size = 0

    def run(self, wire: Wire) -> Arrived:
        """Fetch all of it. Raises EngineUnavailable when it gets no further, Unfit for something else."""
        best = idle = 0
        while True:
            try:
                return self._attempt()
            except (_Cut, httpx.TransportError) as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    hint = "SSL_CERT_FILE=FILE names the certificates of a proxy that reads along"
                    raise EngineUnavailable(f"{self._url}: {error}", hint=hint) from error
                idle = 1 if self._done > best else idle + 1
                best = max(best, self._done)
                if idle >= wire.attempts:
                    raise _explained(self._url, _reason(error)) from error
                pause = _pause(error, wire.pause * 2 ** (idle - 1))
                self._told(self._done, self._size, f"{_reason(error)}; trying again in {pause:.0f} s")
                wire.sleep(pause)
            except (httpx.TooManyRedirects, httpx.InvalidURL) as error:
                raise _explained(self._url, str(error)) from error

    def forget(self) -> None:
        """Throw away what came: it was the wrong thing."""
        self._part.unlink(missing_ok=True)
        self._memo.unlink(missing_ok=True)

    def _attempt(self) -> Arrived:
        tag = self._tag()
        offset = self._part.stat().st_size if tag else 0
        asked = {"Range": f"bytes={offset}-", "If-Range": tag} if offset else {}
        with self._http.stream("GET", self._url, headers=asked) as response:
            if offset and _has_nothing_after(response, offset):
                self._told(offset, offset, "")
                return Arrived(sha256_of(self._part), _promised(response))
            resumed = self._resumes(response, tag, offset)
            self._done = offset if resumed else 0
            self._size = _length(response, self._done)
            room(self._part.parent, self._size - self._done)
            if not resumed:
                self._note(response, lost=offset)
            digest = self._take(response, resumed)
        return Arrived(digest.hexdigest(), _promised(response))

    def _resumes(self, response: httpx.Response, tag: str, offset: int) -> bool:
        """Whether the answer goes on where the part ends. Raises _Cut or KuchipakuError where it is no file at all."""
        status = response.status_code
        if status in OVERLOADED:
            raise _Cut(f"it answers {status}", _asked_pause(response))
        if status == 416 and offset:
            self.forget()
            raise _Cut("it has no such part")
        if status not in (200, 206):
            raise _refused(self._url, status)
        found = RANGE.match(response.headers.get("Content-Range", ""))
        if status == 206 and not (found and int(found[1]) == offset and _validator(response) in ("", tag)):
            self.forget()
            raise _Cut("it sent another part than was asked for")
        return status == 206

    def _tag(self) -> str:
        """What the part can be told by, where it may be gone on with: there, and begun from this address."""
        try:
            memo = json.loads(self._memo.read_text(encoding="utf-8"))
            return str(memo["tag"]) if memo["url"] == self._url and self._part.stat().st_size else ""
        except (OSError, ValueError, LookupError, TypeError):
            return ""

    def _note(self, response: httpx.Response, lost: int) -> None:
        """Remember what the new part can be told by, and say so if an older one is lost."""
        self._part.unlink(missing_ok=True)
        write_whole(self._memo, json.dumps({"url": self._url, "tag": _validator(response)}))
        if lost:
            self._told(0, self._size, "it cannot be gone on with, or it changed there: starting over")

    def _take(self, response: httpx.Response, resumed: bool) -> _Hash:
        """Write the body to the end of the part. The digest of the whole part."""
        digest = hashlib.sha256()
        if resumed:
            with self._part.open("rb") as source:
                digest = hashlib.file_digest(source, "sha256")
        with self._part.open("ab") as sink:
            for chunk in response.iter_raw():
                self._put(chunk, sink, digest)
            sink.flush()
            os.fsync(sink.fileno())
        return digest

    def _put(self, chunk: bytes, sink: BinaryIO, digest: _Hash) -> None:
        if not self._done and len(chunk) >= HEAD:
            _sniff(self._url, self._part.name.removesuffix(".part"), chunk[:HEAD])
        sink.write(chunk)
        digest.update(chunk)
        self._done += len(chunk)
        self._told(self._done, self._size, "")


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _only_safe(request: httpx.Request) -> None:
    if not is_safe(str(request.url)):
        raise KuchipakuError(f"sent on to {request.url}, which is not safe", hint="only https:// is followed")


def _sniff(url: str, name: str, head: bytes) -> None:
    """End at once what begins like something else: the rest need not be waited for."""
    if wrong := fault(name, head):
        raise Unfit(f"what {url} answers {wrong}", hint="it was moved, or a login page is in the way")


def _validator(response: httpx.Response) -> str:
    """What If-Range takes: a strong ETag, or else the date; empty where there is neither."""
    tag = response.headers.get("ETag", "")
    return str(tag) if tag and not tag.startswith("W/") else str(response.headers.get("Last-Modified", ""))


def _length(response: httpx.Response, offset: int) -> int:
    """Bytes of the whole file; 0 where the server does not say."""
    length = response.headers.get("Content-Length", "")
    return offset + int(length) if length.isdecimal() else 0


def _has_nothing_after(response: httpx.Response, offset: int) -> bool:
    """Whether a part of `offset` bytes was the whole file already, when the last run ended."""
    return response.status_code == 416 and response.headers.get("Content-Range") == f"bytes */{offset}"


def _promised(response: httpx.Response) -> str:
    for answer in (*response.history, response):
        tag = str(answer.headers.get("X-Linked-ETag", "")).strip('"')
        if SHA256.fullmatch(tag):
            return tag
    return ""


def _asked_pause(response: httpx.Response) -> float:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0


def _pause(error: Exception, usual: float) -> float:
    return min(max(usual, getattr(error, "pause", 0.0)), LONGEST_PAUSE)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "nothing came for too long"
    if isinstance(error, httpx.ConnectError):
        return f"no connection ({error})"
    if isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError)):
        return "the connection was cut"
    return str(error) or type(error).__name__


def _explained(url: str, why: str) -> EngineUnavailable:
    hint = "is this machine online? What has come is kept: run the same command again to go on"
    return EngineUnavailable(f"{url}: {why}", hint=hint)


def _refused(url: str, status: int) -> EngineUnavailable:
    why = {401: "it asks for a login", 403: "it is forbidden", 404: "it is not there", 410: "it is gone"}
    hint = "see the model's homepage for its new place, and put the files there by hand"
    return EngineUnavailable(f"{url}: {why.get(status, 'it cannot be had')} ({status})", hint=hint)
