"""This project as a git repository on loopback, for SillyTavern's installer of extensions."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.serving import ROOT

NAME = "kuchipaku-from-git"
AUTHOR = {f"GIT_{who}_{what}": "test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@contextmanager
def served_repository(folder: Path) -> Iterator[str]:
    """The address of a repository whose root has our manifest and our extension, as this project's has."""
    work = folder / "work"
    shutil.copytree(ROOT / "extension", work / "extension")
    shutil.copy(ROOT / "manifest.json", work)
    bare = ["clone", "-q", "--bare", ".", str(folder / f"{NAME}.git")]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "all"], bare):
        subprocess.run(["git", *command], cwd=work, check=True, env={**os.environ, **AUTHOR})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/{NAME}.git"
    finally:
        server.shutdown()
        server.server_close()


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Passes requests on to git's own server."""

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            length = self.headers.get("Content-Length", "0")
            given = {
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": length,
            }
            done = subprocess.run(
                ["git", "http-backend"],
                input=self.rfile.read(int(length)),
                env={**os.environ, **given},
                capture_output=True,
                check=True,
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    return Handler
