"""A local server that speaks Groq's chat protocol, for tests; runs by itself too: fake_groq.py --port 5999."""

from __future__ import annotations

import argparse
import json
import select
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/openai/v1/chat/completions"


@dataclass(frozen=True)
class Answer:
    """How one request is answered."""

    pieces: tuple[str, ...] = ("*joy* Hello", " there! ", "*curiosity* How", " are you?")
    pause: float = 0.0
    """Seconds before each piece."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = "fault"
    """Name of the fault where the status is no 200."""
    silence_before: float = 0.0
    """Seconds without a response; ends early when the client hangs up."""
    silence_after: float = 0.0
    """Seconds without a sign after the pieces; ends early when the client hangs up."""
    ending: str = "proper"
    """"proper", "cut" (the connection breaks), "unfinished" (a clean end without a reason), "error", "garbage..."."""


class FakeGroq:
    """The server, as a context manager. Answers are taken from `answers`; when none is left, a friendly one."""

    def __init__(self, port: int = 0, default: Answer | None = None) -> None:
        self.answers: deque[Answer] = deque()
        self.default = default or Answer()
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.hung_up = threading.Event()
        """Set when a client closes its connection while it is being answered."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"groq": self}))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """What `base_url` takes."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        """Answer until `__exit__`, or for ever."""
        self._server.serve_forever(poll_interval=0.02)

    def __enter__(self) -> FakeGroq:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    groq: FakeGroq
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.groq.requests.append(request)
        self.groq.keys.append(self.headers.get("Authorization", ""))
        answer = self.groq.answers.popleft() if self.groq.answers else self.groq.default
        self.close_connection = True
        if self.path != PATH or not request.get("stream"):
            answer = Answer(status=404, code="unknown_url")
        try:
            self._answer(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.groq.hung_up.set()

    def _answer(self, answer: Answer) -> None:
        if self._hung_up_within(answer.silence_before):
            return
        if answer.status != 200:
            self._refuse(answer)
            return
        self._head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        for piece in answer.pieces:
            time.sleep(answer.pause)
            self._send(_event({"content": piece}))
        if self._hung_up_within(answer.silence_after):
            return
        for line in _last_lines(answer.ending):
            self._send(line)
        if answer.ending != "cut":
            self.wfile.write(b"0\r\n\r\n")

    def _refuse(self, answer: Answer) -> None:
        body = json.dumps({"error": {"message": "no", "type": "fault", "code": answer.code}}).encode()
        headers = {"Content-Length": str(len(body)), "Content-Type": "application/json", **answer.headers}
        self._head(answer.status, headers)
        self.wfile.write(body)

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, line: str) -> None:
        data = f"data: {line}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _hung_up_within(self, seconds: float) -> bool:
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable:  # a client that waits sends nothing: this is its end
            self.groq.hung_up.set()
        return bool(readable)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _event(delta: Mapping[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({"id": "fake", "object": "chat.completion.chunk", "model": "fake", "choices": [choice]})


def _last_lines(ending: str) -> Iterator[str]:
    if ending.startswith("garbage"):
        yield ending.removeprefix("garbage")
    elif ending == "error":
        yield json.dumps({"error": {"message": "the model fell over", "type": "fault"}})
    elif ending == "proper":
        yield _event({}, "stop")
        yield "[DONE]"


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5999, help="TCP port on 127.0.0.1 (default 5999)")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds before each piece (default 0.05)")
    flags = parser.parse_args()
    server = FakeGroq(flags.port, Answer(pause=flags.pause))
    print(f"base_url = {server.url!r}", flush=True)
    server.serve()


if __name__ == "__main__":
    main()
