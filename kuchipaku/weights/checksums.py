"""checksums.json in the folder of models: what was first fetched where no published checksum is known."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kuchipaku.errors import KuchipakuError
from kuchipaku.weights.lock import held

FILE = "checksums.json"
WAIT = 10.0
"""Seconds that another fetch may take to write its own line."""


@dataclass(frozen=True, slots=True)
class Record:
    """A file that was trusted on first use."""

    sha256: str
    source: str
    """The address it came from, or "by hand"."""
    date: str
    """Day on which it came, as 2026-01-31."""


def read(models: Path) -> dict[str, Record]:
    """Path in the folder of models -> record. Raises KuchipakuError if the file is damaged or unreadable: no guess."""
    path = models / FILE
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): Record(**entry) for key, entry in entries.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        hint = "choose another folder with --models DIR"
        raise KuchipakuError(f"{path} cannot be read: {error.strerror}", hint=hint) from error
    except (ValueError, TypeError, AttributeError) as error:
        hint = "delete it: what lies there is then trusted anew at the next fetch"
        raise KuchipakuError(f"{path} is damaged: {error}", hint=hint) from error


def add(models: Path, records: Mapping[str, Record]) -> None:
    """Write `records` into the file beside those that it has, all or nothing."""
    with held(models / ".checksums.lock", "checksums.json is being written", wait=WAIT):
        entries = {key: asdict(record) for key, record in sorted({**read(models), **records}.items())}
        write_whole(models / FILE, json.dumps(entries, indent=2) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that nobody ever sees half of it."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    new.replace(path)
