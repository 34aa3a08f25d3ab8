"""What a disk may say, in words for a person."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from kuchipaku.errors import KuchipakuError

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


def megabytes(count: float) -> str:
    """Bytes for a person: 3.8 MB."""
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.2f} GB"


def room(folder: Path, needed: int) -> None:
    """Raise KuchipakuError if `folder` has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        message = f"{folder} has {megabytes(free)} free, and {megabytes(needed)} more are needed"
        raise KuchipakuError(message, hint="make room, or choose another folder with --models DIR")


def explained(error: OSError, folder: Path) -> KuchipakuError:
    """What the operating system refused, with what to do."""
    if error.errno in FULL:
        hint = "make room and run the same command again: what has come is kept"
        return KuchipakuError(f"the disk of {folder} is full", hint=hint)
    where = error.filename or folder
    hint = f"chmod -R u+rwX {folder}, or choose another folder with --models DIR"
    return KuchipakuError(f"{where} cannot be written: {error.strerror or error}", hint=hint)


def place(part: Path, target: Path) -> None:
    """Give a finished part its name, at once and for good."""
    part.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
