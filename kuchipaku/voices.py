"""The installed voices by their ids, and which of them speaks a language."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from kuchipaku.errors import KuchipakuError, UnknownName
from kuchipaku.registry import Registry
from kuchipaku.speech import Voice, VoiceInfo

log = logging.getLogger(__name__)

ONLINE = "online"
"""The tag of a voice whose text leaves this machine: it speaks only where it is asked for by name."""


def voices_of(engines: Registry[Voice]) -> dict[str, VoiceInfo]:
    """Every voice that can be had now, by its id "engine/voice"; an engine that has none to offer is left out."""
    found: dict[str, VoiceInfo] = {}
    for engine in engines.names():
        try:
            found |= {f"{engine}/{voice.name}": voice for voice in engines.get(engine).voices()}
        except KuchipakuError as error:
            log.debug("%s: %s (%s)", engine, error, error.hint)
    return found


def voice_for(voices: Mapping[str, VoiceInfo], language: str, number: int = 0, gender: str = "") -> str:
    """The id of a voice of this machine for a language (BCP 47), the nearest first, counted round by `number`.

    Of voices that are as near as each other those of the `gender` come first. Raises UnknownName where there is none.
    """
    wanted = language.lower().replace("_", "-")
    near = {
        name: (info.language.lower() != wanted, bool(gender) and info.gender != gender, "default" not in info.tags)
        for name, info in voices.items()
        if ONLINE not in info.tags and info.language.lower().split("-")[0] == wanted.split("-")[0]
    }
    if not near:
        raise UnknownName(f"no voice here speaks {language!r}", hint="GET /api/voices lists what there is")
    ranked = sorted(near, key=lambda name: near[name])
    return ranked[number % len(ranked)]
