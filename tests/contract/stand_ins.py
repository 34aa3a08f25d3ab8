"""What the Extras' modules ask for and no test may fetch: tiny models, and other people's servers on loopback."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from tests.modules.stt.tiny_vosk import write_tiny_vosk
from tests.modules.stt.tiny_whisper import write_tiny_whisper

FOUND = """<div class="result"><a class="result__a" href="https://birds.example/swallow">Swallows</a>
<a class="result__snippet">About 11 metres a second.</a></div>"""


@contextmanager
def stand_ins(folder: Path) -> Iterator[Path]:
    """A settings file for a server whose modules all have something to work with, while the stand-ins serve."""
    whisper = write_tiny_whisper(folder / "whisper")
    vosk = write_tiny_vosk(folder / "vosk")
    with running_services() as url:
        tables: dict[str, dict[str, Any]] = {
            "sd": {"url": url},
            "rvc": {"url": url},
            "websearch": {"google_url": url, "duckduckgo_url": url},
            "stt": {"whisper_model": str(whisper), "vosk_model": str(vosk)},
            "edge_tts": {"online": False},
            "chromadb_store": {"folder": str(folder / "chromadb")},
        }
        file = folder / "settings.toml"
        file.write_text("\n".join(toml_lines(tables)))
        yield file


def toml_lines(tables: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Tables of [plugins], as TOML."""
    for name, table in tables.items():
        yield f"[plugins.{name}]"
        yield from (f"{key} = {json.dumps(value)}" for key, value in table.items())


@contextmanager
def running_services() -> Iterator[str]:
    """The address of an AUTOMATIC1111, an rvc-python and two search engines in one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def painted() -> str:
    """A green picture, PNG in base64."""
    written = io.BytesIO()
    Image.new("RGB", (64, 64), "green").save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


ANSWERS: dict[str, Any] = {
    "/sdapi/v1/options": {"sd_model_checkpoint": "tiny.safetensors"},
    "/sdapi/v1/sd-models": [{"title": "tiny.safetensors"}],
    "/sdapi/v1/samplers": [{"name": "DDIM"}],
    "/sdapi/v1/txt2img": {"images": [painted()]},
    "/models": {"models": ["whisperer"]},
    "/search": FOUND,
    "/html/": FOUND,
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    def _answer(self) -> None:
        answer = ANSWERS.get(urlsplit(self.path).path)
        body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(404 if answer is None else 200)
        self.send_header("Content-Type", "text/html" if isinstance(answer, str) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""
