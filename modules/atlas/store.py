"""Atlases on the disk: a folder for each, a file for each sample, so that an interrupted one is gone on with.

A file has its final name only when it is whole; one that cannot be read counts as absent.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuchipaku import Character

log = logging.getLogger(__name__)

VERSION = 1
"""Of what is stored; another number renders all atlases anew."""

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Store:
    """The files of one atlas."""

    folder: Path

    @classmethod
    def of(cls, root: Path, character: Character, size: tuple[int, int], max_mb: int) -> Store:
        """The store of a character as its files are now. Older atlases go where all together exceed `max_mb`."""
        store = cls(root / f"{character.name}-{content_key(character, size)}")
        try:
            _trim(root, store.folder, max_mb)
        except OSError as error:
            log.warning("the pose atlases in %s cannot be tidied up: %s", root, error)
        return store

    def load(self, name: str) -> dict[str, NDArray[np.generic]] | None:
        """The arrays saved under a name; None if there are none, or they cannot be read."""
        path = self._path(name)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return {key: arrays[key] for key in arrays.files}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            log.warning("%s is broken and rendered anew: %s", path, error)
            return None

    def save(self, name: str, arrays: Arrays) -> None:
        """Write arrays under a name, whole or not at all. A disk that cannot be written is logged, no more."""
        path = self._path(name)
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
            part.replace(path)
        except OSError as error:
            log.warning("the pose atlas cannot be kept: %s", error)
            with suppress(OSError):
                part.unlink()

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def megabytes(self) -> float:
        """What it takes on the disk."""
        return _size(self.folder) / 1e6

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.npz"


def content_key(character: Character, size: tuple[int, int]) -> str:
    """16 hexadecimal digits that change with any file the picture may come from, and with the avatar's settings."""
    described = character.avatar, character.picture, sorted(character.options.items())
    digest = hashlib.sha256(repr((VERSION, size, *described)).encode())
    for path in _files(character.folder):
        digest.update(path.relative_to(character.folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(folder: Path) -> Iterator[Path]:
    """What lies in a character's folder but what paints nothing: its persona and voice, its emotions and motion."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "character.toml" and not path.match("_*.json"):
            yield path


def _trim(root: Path, kept: Path, max_mb: int) -> None:
    folders = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    if kept in folders:
        os.utime(kept)
    total = sum(_size(folder) for folder in folders)
    for folder in sorted((f for f in folders if f != kept), key=lambda f: f.stat().st_mtime):
        if total <= max_mb * 1e6:
            return
        total -= _size(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _size(folder: Path) -> int:
    """Bytes in a folder; a file that goes meanwhile, as a part does when it is whole, counts nothing."""
    total = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
