"""What a language model is asked, and how it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kuchipaku.cancel import CancelToken


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel(Protocol):
    """A language model, local or remote."""

    def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
        """The reply as it is written, in pieces of any length.

        A model that waits on a network gives `cancel.on_cancel` a function that ends the wait from another
        thread. Raises EngineUnavailable when it cannot answer or is cut off; what it yielded stays said.
        """
        ...
