"""One performance: its events in order, for whoever follows it, now or later."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kuchipaku.cancel import CancelToken
from kuchipaku.errors import KuchipakuError
from kuchipaku.manuscript import Manuscript

EventKind = Literal["start", "line", "speech", "timeline", "error", "done"]
Reason = Literal["complete", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became known: a line, its sound, its score, an error, or the end."""

    kind: EventKind
    body: Mapping[str, Any]


class Performance:
    """What one text became. Written by the director, followed by any number of readers."""

    def __init__(self, name: str, character: str, generation: int, *, conversation: str = "") -> None:
        self.name = name
        """Its id."""
        self.character = character
        self.generation = generation
        self.conversation = conversation
        self.duration = 0.0
        """Media seconds up to the end of the last piece that is ready."""
        self.cancel = CancelToken()
        self.manuscript: Manuscript | None = None
        """Where more of its text is written to, if its client began it so."""
        self._events: list[Event] = []
        self._told = threading.Condition()
        self.tell("start", performance=name, generation=generation, character=character, conversation=conversation)

    @property
    def done(self) -> bool:
        """Whether its last event has been told."""
        return bool(self._events) and self._events[-1].kind == "done"

    def tell(self, kind: EventKind, **body: Any) -> None:
        """Append an event; after `done` nothing more is told."""
        with self._told:
            if not self.done:
                self._events.append(Event(kind, body))
                self._told.notify_all()

    def fail(self, error: KuchipakuError) -> None:
        """Tell an error: what is wrong and what to do."""
        self.tell("error", error=str(error), hint=error.hint, status=error.status)

    def events(self, begin: int = 0, patience: float = 10.0) -> Iterator[Event | None]:
        """Every event from number `begin` on, as it comes, to `done`; None after each `patience` seconds without."""
        number = begin
        while not (self.done and number >= len(self._events)):
            news = self._news(number, patience)
            number += len(news)
            yield from news or (None,)

    def _news(self, begin: int, patience: float) -> list[Event]:
        with self._told:
            self._told.wait_for(lambda: len(self._events) > begin, patience)
            return self._events[begin:]

    def to_json(self) -> dict[str, Any]:
        """All that is known so far, line by line."""
        lines: dict[int, dict[str, Any]] = {}
        known: dict[str, Any] = {"errors": [], "state": "running"}
        for event in tuple(self._events):
            body = dict(event.body)
            if event.kind == "line":
                lines[body["n"]] = {**body, "pieces": []}
            elif event.kind == "speech":
                lines[body["n"]]["pieces"].append(body)
            elif event.kind == "timeline":
                lines[body["n"]]["pieces"][body["piece"]]["timeline"] = body
            elif event.kind == "error":
                known["errors"].append(body)
            elif event.kind == "done":
                known["state"] = body["reason"]
        return {
            "performance": self.name,
            "character": self.character,
            "generation": self.generation,
            "conversation": self.conversation,
            **known,
            "lines": list(lines.values()),
        }
