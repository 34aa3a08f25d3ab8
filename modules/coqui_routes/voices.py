"""Coqui's names of models, read as the name of a language and a number of a speaker."""

from __future__ import annotations

from collections.abc import Mapping

from kuchipaku import BadRequest, VoiceInfo
from kuchipaku.voices import voice_for

LOCAL = "local/"
"""What the client puts before the names that GET of the local models gave it."""

_XTTS = "en es fr de it pt pl tr ru nl cs ar zh-cn hu ko ja hi"
LANGUAGES = {"your_tts": ("en", "fr-fr", "pt-br"), "bark": ("en",)}
"""The languages of the models that speak several, in the order by which a client counts them."""


def voice_of(model: str, language: int | None, speaker: int | None, voices: Mapping[str, VoiceInfo]) -> str:
    """The id of the voice that stands in for a model: `local/` and an id, or "tts_models/LANGUAGE/DATASET/NAME".

    language and speaker: numbers, counted from 0, where the model has several. Raises BadRequest, UnknownName.
    """
    if model.startswith(LOCAL) and (name := model.removeprefix(LOCAL)) in voices:
        return name
    return voice_for(voices, _language(model, language), speaker or 0)


def _language(model: str, number: int | None) -> str:
    kind, *names = model.split("/")
    if kind != "tts_models" or len(names) != 3:
        raise BadRequest(f"no model is called {model!r}", hint="tts_models/LANGUAGE/DATASET/NAME, or local/VOICE")
    if names[0] != "multilingual":
        return names[0]
    known = tuple(_XTTS.split()) if names[2].startswith("xtts") else LANGUAGES.get(names[2], ())
    if number is None or number not in range(len(known)):
        raise BadRequest(
            f"{model} speaks several languages", hint=f'"language_id" says which: {", ".join(known) or "unknown"}'
        )
    return known[number]
