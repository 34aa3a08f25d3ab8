"""What a client of OpenAI's API may call a voice."""

from __future__ import annotations

from collections.abc import Mapping

OPENAI_VOICES = (
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
)  # fmt: skip
"""OpenAI's own names: the character's voice speaks for those that the settings do not map."""

CHARACTER = "character:"
"""Before the name of a character: it speaks, in its own voice."""


def meant(voice: str, mapped: Mapping[str, str]) -> tuple[str, str]:
    """(character, voice id) of what a client sent; empty: the chosen character, its own voice."""
    voice = mapped.get(voice, voice)
    if voice.startswith(CHARACTER):
        return voice.removeprefix(CHARACTER), ""
    return "", "" if voice in OPENAI_VOICES else voice
