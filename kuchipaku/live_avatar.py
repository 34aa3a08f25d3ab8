"""An avatar in use: built when it is first needed, let go of and built again, whatever becomes of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from typing_extensions import TypeIs

from kuchipaku.avatar import AudioAvatar, Avatar, Pixels
from kuchipaku.errors import KuchipakuError

log = logging.getLogger(__name__)

AnyAvatar = Avatar | AudioAvatar

STRIKES = 3
"""Pictures in a row that may fail before the avatar is built anew."""
LONGEST_WAIT = 30.0
"""Seconds between two attempts to build an avatar that keeps failing, at most."""


class LiveAvatar:
    """Owns one avatar. Any thread may prepare, pause or drop it; one thread paints."""

    def __init__(self, name: str, build: Callable[[], AnyAvatar], clock: Callable[[], float]) -> None:
        self._name, self._build, self._clock = name, build, clock
        self._avatar: AnyAvatar | None = None
        self._building = threading.Lock()
        self._painting = threading.Lock()
        self._failures = 0
        self._retry_at = float("-inf")
        self.paused = False
        """While paused nothing is built and nothing painted."""
        self.trouble = ""
        """Why the last picture could not be painted; empty when all is well."""

    @property
    def now(self) -> AnyAvatar | None:
        """The avatar, if it is built."""
        return self._avatar

    @property
    def note(self) -> str:
        """What the avatar says of how it is rendered; empty where it says nothing."""
        return str(getattr(self._avatar, "note", ""))

    @property
    def progress(self) -> float | None:
        """How far the avatar is with what it prepares, 0 to 1; None when it prepares nothing."""
        progress = getattr(self._avatar, "progress", None)
        return None if progress is None else float(progress)

    def prepare(self, then: Callable[[], None] = lambda: None) -> AnyAvatar | None:
        """The avatar, built if need be, which may take long; `then` is called when one was. None while paused.

        Raises what building it raises.
        """
        with self._building:
            if self._avatar is None and not self.paused:
                self._avatar = self._build()
                then()
            return self._avatar

    def drop(self) -> None:
        """Let go of the avatar, and of the memory it holds; the next picture is painted by a new one, with no wait."""
        self._failures, self._retry_at = 0, float("-inf")
        self._let_go()

    def _let_go(self) -> None:
        with self._building, self._painting:
            avatar, self._avatar = self._avatar, None
            if avatar is not None:
                avatar.close()

    def picture(self, then: Callable[[], None], paint: Callable[[AnyAvatar], Pixels]) -> Pixels | None:
        """What `paint` makes of the avatar; None while it cannot be painted, for which `trouble` has the reason."""
        if self.paused or self._clock() < self._retry_at:
            return None
        try:
            self.prepare(then)
            with self._painting:
                if self._avatar is None:  # paused or dropped meanwhile
                    return None
                pixels = paint(self._avatar)
        except Exception as error:
            self._fail(error)
            return None
        self._failures, self.trouble = 0, ""
        return pixels

    def _fail(self, error: Exception) -> None:
        if not self._failures:
            log.exception("the avatar of %r failed; its last picture stays", self._name)
        self._failures += 1
        self.trouble = _told(error)
        rounds, strikes = divmod(self._failures, STRIKES)
        if not strikes:
            self._rebuild_after(min(LONGEST_WAIT, 2.0 ** (rounds - 1)))

    def _rebuild_after(self, seconds: float) -> None:
        self._retry_at = self._clock() + seconds
        try:
            self._let_go()
        except Exception:
            log.exception("the avatar of %r could not be closed", self._name)


def is_posed(avatar: AnyAvatar) -> TypeIs[Avatar]:
    """Whether it paints poses, rather than follow the sound itself."""
    return hasattr(avatar, "rig")


def _told(error: Exception) -> str:
    return f"{error}: {error.hint}" if isinstance(error, KuchipakuError) else f"{type(error).__name__}: {error}"
