"""What has been said so far, conversation by conversation."""

from __future__ import annotations

from kuchipaku.llm import Message
from kuchipaku.shelf import Shelf

KEPT_TURNS = 200
"""Messages kept of one conversation; the settings say how many of them a model is sent."""


class Conversations:
    """Bounded histories by conversation id."""

    def __init__(self, most: int, max_age: float) -> None:
        self._shelf: Shelf[tuple[Message, ...]] = Shelf(most, max_age)

    def history(self, name: str) -> tuple[Message, ...]:
        """Its messages, oldest first; none for an unknown or forgotten one."""
        return self._shelf.get(name) or ()

    def add(self, name: str, *messages: Message) -> None:
        """Append messages; a nameless conversation is not kept."""
        if name:
            self._shelf.put(name, (*self.history(name), *messages)[-KEPT_TURNS:])
