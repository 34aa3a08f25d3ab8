"""Whether a file is what its name says, by its first and last bytes: an error page is no network."""

from __future__ import annotations

import zipfile
from pathlib import Path

from kuchipaku.errors import KuchipakuError

HEAD = 16
"""Bytes that `fault` needs."""

TORCH = (".pt", ".pth", ".ckpt", ".bin")
SIGNATURES = {
    **dict.fromkeys(TORCH, (b"PK\x03\x04", "a file of PyTorch (a ZIP)")),
    ".zip": (b"PK\x03\x04", "a ZIP"),
    ".png": (b"\x89PNG\r\n\x1a\n", "a PNG"),
}
LONGEST_HEADER = 100_000_000
"""Bytes; safetensors sets this limit for its JSON header."""


class Unfit(KuchipakuError):
    """A file is not what was published under its name."""


def fault(name: str, head: bytes) -> str:
    """What is wrong with a file called `name` that begins with `head` (HEAD bytes); empty if nothing is."""
    suffix = Path(name).suffix.lower()
    if head.lstrip().lower().startswith((b"<!doctype", b"<html")):
        return "is a web page"
    if head.startswith(b"version https://"):
        return "is a pointer of Git LFS, not the file itself"
    if suffix == ".safetensors":
        length = int.from_bytes(head[:8], "little")
        return "" if head[8:9] == b"{" and length < LONGEST_HEADER else "is no safetensors file"
    signature, what = SIGNATURES.get(suffix, (b"", ""))
    return "" if head.startswith(signature) else f"is not {what}"


def check(path: Path, name: str) -> None:
    """Raise Unfit if the file at `path`, published as `name`, is something else or not whole."""
    with path.open("rb") as source:
        head = source.read(HEAD)
    found = fault(name, head) if head else "is empty"
    if not found and SIGNATURES.get(Path(name).suffix.lower(), (b"",))[0].startswith(b"PK") and not whole(path):
        found = "is cut off"
    if found:
        raise Unfit(f"{name} {found}", hint="delete it and fetch it again")


def whole(path: Path) -> bool:
    """Whether a ZIP has its table of contents, which stands at its end."""
    return zipfile.is_zipfile(path)
