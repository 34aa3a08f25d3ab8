"""A web server on this machine that publishes weights, and fails as servers do."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What is answered at one path, and how it goes wrong."""

    body: bytes
    etag: str = '"one"'
    ranges: bool = True
    cut_after: int = 0
    """Bytes after which the connection is cut; 0 for never."""
    cuts: int = 10**6
    """How often it is cut."""
    statuses: list[int] = field(default_factory=list)
    """Answered first, one each time, with an empty body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/octet-stream"
    hold: threading.Event | None = None
    """Waited for between the head and the body."""


class Host:
    """Runs while its `with` block does; `asked` holds (path, Range, If-Range) of every request."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.waiting = threading.Event()
        """Set when a request waits for `hold`."""


@contextmanager
def running() -> Iterator[Host]:
    """A host on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = (self.path, self.headers.get("Range", ""), self.headers.get("If-Range", ""))
            host.asked.append(asked)
            answer = host.answers.get(self.path)
            if answer is None or answer.statuses:
                return self._head(answer.statuses.pop(0) if answer else 404, 0, answer.headers if answer else {})
            self._send(answer, *asked[1:])

        def _send(self, answer: Answer, range_: str, tag: str) -> None:
            found = re.fullmatch(r"bytes=(\d+)-", range_)
            start = int(found[1]) if found and answer.ranges and tag == answer.etag else 0
            body, size = answer.body[start:], len(answer.body)
            if start and start >= size:
                return self._head(416, 0, {"Content-Range": f"bytes */{size}"})
            headers = {"ETag": answer.etag, "Content-Type": answer.kind}
            if start:
                headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
            self._head(206 if start else 200, len(body), {**headers, **answer.headers})
            if answer.hold:
                host.waiting.set()
                answer.hold.wait(5.0)
            if answer.cut_after and answer.cuts:
                answer.cuts -= 1
                body, self.close_connection = body[: answer.cut_after], True
            self._write(body)

        def _write(self, body: bytes) -> None:
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def _head(self, status: int, length: int, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(length)}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None: ...

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is no error."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        host = Host(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
