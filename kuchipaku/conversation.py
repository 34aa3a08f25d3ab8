"""What has been said so far, conversation by conversation."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from kuchipaku.llm import Message
from kuchipaku.shelf import Shelf

KEPT_TURNS = 100
"""Turns kept of one conversation; the settings say how many messages of them a model is sent."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A user's text and what has been answered so far."""

    asked: str
    answered: list[str] = field(default_factory=list)
    """Pieces of the answer; grows while it is written, so that an interrupted turn reads as far as it got."""

    def messages(self) -> tuple[Message, Message]:
        """The turn as a model is told it."""
        return Message("user", self.asked), Message("assistant", "".join(self.answered))


class Conversations:
    """Bounded histories by conversation id. Safe to use from any thread."""

    def __init__(self, most: int, max_age: float) -> None:
        self._shelf: Shelf[tuple[Turn, ...]] = Shelf(most, max_age)
        self._lock = threading.Lock()

    def history(self, name: str) -> tuple[Message, ...]:
        """Its messages, oldest first; none for an unknown or forgotten one."""
        return tuple(message for turn in self._shelf.get(name) or () for message in turn.messages())

    def begin(self, name: str, asked: str) -> Turn:
        """A new turn of the conversation; that of a nameless one is not kept."""
        turn = Turn(asked)
        if name:
            with self._lock:
                self._shelf.put(name, (*(self._shelf.get(name) or ()), turn)[-KEPT_TURNS:])
        return turn
