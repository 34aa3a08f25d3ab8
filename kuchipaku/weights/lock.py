"""A lock between processes: a file that the operating system frees when its holder ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuchipaku.errors import Busy

POLL = 0.05
"""Seconds between two looks at a lock that somebody else holds."""


@contextmanager
def held(path: Path, busy: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock file at `path`, waiting up to `wait` seconds. Raises Busy, saying `busy`, if it is still taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + wait
        while not _taken(handle):
            if time.monotonic() >= deadline:
                raise Busy(busy, hint="wait until the other one has ended, then try again")
            time.sleep(POLL)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK):
            return False
        raise
    return True
