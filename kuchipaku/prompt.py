"""What a language model is told: who it is, how to write, what was said, and the new text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template

from kuchipaku.character import Character
from kuchipaku.emotion import LABELS
from kuchipaku.errors import BadRequest
from kuchipaku.llm import Message

COMMON_TEMPLATE = Path(__file__).with_name("prompt.md")
"""The template of every character without its own."""


def messages_for(text: str, character: Character, history: Sequence[Message], turns: int) -> list[Message]:
    """The system message of `character`, the last `turns` messages of `history`, and `text` as the user's.

    Messages without text are left out, and so is an answer whose question is no longer among the last.
    Raises BadRequest if the character's own template cannot be read or filled in.
    """
    recent = [message for message in history[max(0, len(history) - turns) :] if message.content.strip()]
    while recent and recent[0].role == "assistant":
        recent.pop(0)
    return [Message("system", system_prompt(character)), *recent, Message("user", text)]


def system_prompt(character: Character) -> str:
    """The character's template, or the common one, with $name, $persona and $labels filled in; "$$" is a dollar.

    Raises BadRequest as `messages_for` does.
    """
    path = character.folder / character.prompt if character.prompt else COMMON_TEMPLATE
    values = {
        "name": character.title or character.name,
        "persona": character.persona.strip(),
        "labels": ", ".join(LABELS),
    }
    try:
        return Template(path.read_text(encoding="utf-8")).substitute(values).strip()
    except OSError as error:
        raise BadRequest(
            f"the prompt {path.name!r} of {character.name!r} cannot be read",
            hint=f"put it in the folder {character.name!r}, or take `prompt` out of its character.toml",
        ) from error
    except (KeyError, ValueError) as error:
        raise BadRequest(
            f"the prompt {path.name!r} of {character.name!r} cannot be filled in: {error}",
            hint="it is UTF-8 text that may use $name, $persona and $labels; a dollar is written $$",
        ) from error
