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
    """Named factories of one kind of engine. Safe to use from any thread; a slow one keeps no other waiting."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._offers: dict[str, _Offer[T]] = {}

    def register(self, name: str, factory: Callable[[], T]) -> None:
        """Offer an engine. A name that is taken is taken over: the later plugin wins."""
        self._offers[name] = _Offer(f"{self.kind} {name!r}", factory)

    def names(self) -> list[str]:
        """Every name on offer, in order of registration."""
        return list(self._offers)

    def get(self, name: str) -> T:
        """The engine of that name. Raises UnknownName, or what its factory raises (KuchipakuError)."""
        if name not in self._offers:
            known = ", ".join(sorted(self._offers)) or "none is installed"
            raise UnknownName(f"no {self.kind} is called {name!r}", hint=f"known: {known}")
        return self._offers[name].engine()

    def first(self, names: Iterable[str]) -> tuple[str, T]:
        """The first of `names` that is available, with its name. Raises the last one's EngineUnavailable."""
        refusal: KuchipakuError = EngineUnavailable(f"no {self.kind} is named in the settings")
        for name in names:
            try:
                return name, self.get(name)
            except EngineUnavailable as error:
                refusal = error
        raise refusal


class _Offer(Generic[T]):
    """One factory, and its engine once it has been asked for."""

    def __init__(self, title: str, factory: Callable[[], T]) -> None:
        self._title, self._factory = title, factory
        self._built: list[T] = []
        self._lock = threading.Lock()

    def engine(self) -> T:
        with self._lock:
            if not self._built:
                self._built.append(self._build())
            return self._built[0]

    def _build(self) -> T:
        try:
            return self._factory()
        except KuchipakuError:
            raise
        except Exception as error:
            log.exception("%s could not start", self._title)
            raise EngineUnavailable(
                f"{self._title} could not start: {error}", hint="python -m kuchipaku doctor tells more"
            ) from error
