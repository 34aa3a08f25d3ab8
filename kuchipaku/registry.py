"""Engines by name: built at first use, once, and a wrong name tells the right ones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from kuchipaku.errors import EngineUnavailable, KuchipakuError, UnknownName

log = logging.getLogger(__name__)

T = TypeVar("T")


class Registry(Generic[T]):
    """Named factories of one kind of engine. Safe to use from any thread."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._factories: dict[str, Callable[[], T]] = {}
        self._built: dict[str, T] = {}
        self._lock = threading.RLock()

    def register(self, name: str, factory: Callable[[], T]) -> None:
        """Offer an engine. A name that is taken is taken over: the later plugin wins."""
        self._factories[name] = factory

    def names(self) -> list[str]:
        """Every name on offer, in order of registration."""
        return list(self._factories)

    def get(self, name: str) -> T:
        """The engine of that name. Raises UnknownName, or what its factory raises (KuchipakuError)."""
        if name not in self._factories:
            known = ", ".join(sorted(self._factories)) or "none is installed"
            raise UnknownName(f"no {self.kind} is called {name!r}", hint=f"known: {known}")
        with self._lock:
            if name not in self._built:
                self._built[name] = self._build(name)
            return self._built[name]

    def first(self, names: Iterable[str]) -> tuple[str, T]:
        """The first of `names` that is available, with its name. Raises the last one's EngineUnavailable."""
        refusal: KuchipakuError = EngineUnavailable(f"no {self.kind} is named in the settings")
        for name in names:
            try:
                return name, self.get(name)
            except EngineUnavailable as error:
                refusal = error
        raise refusal

    def _build(self, name: str) -> T:
        try:
            return self._factories[name]()
        except KuchipakuError:
            raise
        except Exception as error:
            log.exception("%s %r could not start", self.kind, name)
            raise EngineUnavailable(
                f"{self.kind} {name!r} could not start: {error}", hint="python -m kuchipaku doctor tells more"
            ) from error
