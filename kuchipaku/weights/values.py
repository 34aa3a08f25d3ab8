"""What is published: values that a plugin writes down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from kuchipaku.errors import BadRequest

SHA256 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
PART = re.compile(r"(?!\.)[A-Za-z0-9._ -]+(?<![. ])")
"""One step of a path; what every file system takes, and what leads nowhere else."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One published file. Raises BadRequest where a path leads out of its folder or an address is not safe."""

    path: str
    """Where it lies in its model's folder, with "/"."""
    url: str
    """Where it is published: https, or http on this machine."""
    sha256: str = ""
    """Its published checksum, 64 hexadecimal digits; empty where none is known: then the first one is trusted."""
    size: int = 0
    """Bytes, for what is shown before it is fetched; may be a little off, 0 where nothing is known."""
    mirrors: tuple[str, ...] = ()
    """Other places of the same file, tried in this order where the first one fails."""

    def __post_init__(self) -> None:
        _inside(self.path)
        for url in (self.url, *self.mirrors):
            if not is_safe(url):
                raise BadRequest(f"weights cannot be fetched from {url!r}", hint="an address begins with https://")
        if self.sha256 and not SHA256.fullmatch(self.sha256):
            raise BadRequest(f"{self.path}: {self.sha256!r} is no sha256", hint="64 digits, 0-9 and a-f")


@dataclass(frozen=True, slots=True)
class Published:
    """Weights under one name. Raises BadRequest for a name or folder that cannot be one."""

    name: str
    """What it is called in `models fetch NAME`: a-z, 0-9, ".", "_" and "-"."""
    about: str
    licence: str
    """Such as "CC BY 4.0"."""
    licence_url: str
    credit: str
    """Whom to name, as the licence asks."""
    homepage: str
    folder: str
    """Where it lies in the folder of models, with "/"."""
    files: tuple[WeightFile, ...]
    also: tuple[str, ...] = ()
    """Other names that it is fetched by, such as "tha3" for the variant that suits most."""

    def __post_init__(self) -> None:
        _inside(self.folder)
        for name in (self.name, *self.also):
            if not NAME.fullmatch(name):
                raise BadRequest(f"weights cannot be called {name!r}", hint='a-z, 0-9, ".", "_" and "-", up to 64')

    @property
    def size(self) -> int:
        """Bytes of all files, or 0 where one is not known."""
        sizes = [file.size for file in self.files]
        return sum(sizes) if all(sizes) else 0

    @property
    def non_commercial(self) -> bool:
        """Whether the licence forbids commercial use."""
        return "NC" in re.split(r"[^A-Za-z]+", self.licence) or "commercial" in self.licence.lower()

    def path(self, models: Path, file: WeightFile) -> Path:
        """Where one of the files lies on this machine."""
        return models / self.folder / file.path

    def key(self, file: WeightFile) -> str:
        """What one of the files is called in checksums.json."""
        return f"{self.folder}/{file.path}"


def is_safe(url: str) -> bool:
    """Whether weights may come from there: over https, or from this machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))
        )
    except ValueError:
        return False


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _inside(path: str) -> None:
    if not all(map(PART.fullmatch, path.split("/"))):
        raise BadRequest(
            f"{path!r} does not lie in the folder of models", hint='a relative path with "/", without ".."'
        )
