"""What of the published weights is there, and whether it is what was published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kuchipaku.weights.checksums import Record
from kuchipaku.weights.values import Published, WeightFile

State = Literal["absent", "partial", "ready", "changed", "unchecked"]
"""Unchecked: it is there, but no checksum of it is known yet."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file, as it lies on this machine."""

    file: WeightFile
    path: Path
    state: State
    size: int = 0
    """Bytes that are there."""
    sha256: str = ""
    """Of what is there; empty unless it is the whole file."""
    expected: str = ""
    """Its published checksum, or that of the file that was first fetched; empty where neither is known."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All files of one name together."""

    state: State
    share: float
    """How much of it is there, 0 to 1."""

    def __str__(self) -> str:
        return f"partial {self.share:.0%}".replace("%", " %") if self.state == "partial" else self.state


def look(published: Published, models: Path, records: Mapping[str, Record]) -> list[Found]:
    """Each file, its checksum worked out. `records` are those of `checksums.read(models)`."""
    return [_found(published, file, models, records.get(published.key(file))) for file in published.files]


def summary(found: Sequence[Found]) -> Summary:
    """The state of a name: changed if any file is, ready if all are there, else as much as there is."""
    states = {one.state for one in found}
    sizes = [one.file.size or 1 for one in found]
    share = sum(size * _share(one) for size, one in zip(sizes, found, strict=True)) / max(sum(sizes), 1)
    if "changed" in states:
        return Summary("changed", share)
    if states <= {"ready", "unchecked"}:
        return Summary("unchecked" if "unchecked" in states else "ready", 1.0)
    return Summary("absent", 0.0) if states == {"absent"} else Summary("partial", share)


def partial(path: Path) -> Path:
    """Where a file lies while it is fetched."""
    return path.with_name(path.name + ".part")


def sha256_of(path: Path) -> str:
    """The checksum of a file, 64 hexadecimal digits."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _found(published: Published, file: WeightFile, models: Path, record: Record | None) -> Found:
    path = published.path(models, file)
    expected = file.sha256 or (record.sha256 if record else "")
    if path.is_file():
        actual = sha256_of(path)
        state: State = "unchecked" if not expected else "ready" if actual == expected else "changed"
        return Found(file, path, state, path.stat().st_size, actual, expected)
    part = partial(path)
    size = part.stat().st_size if part.is_file() else 0
    return Found(file, path, "partial" if size else "absent", size, "", expected)


def _share(found: Found) -> float:
    if found.state in ("absent", "partial"):
        return min(found.size / found.file.size, 1.0) if found.file.size else 0.0
    return 1.0
