"""The names of the voices: what users type, what the engine takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kuchipaku import UnknownName, VoiceInfo
from modules.tts_espeak.engine import EngineVoice

_NUMBERED = {f"f{n}": (f"f{n}", "female") for n in range(1, 6)} | {f"m{n}": (f"m{n}", "male") for n in range(1, 9)}
VARIANTS = {"annie": ("Annie", "female"), "linda": ("linda", "female"), "belinda": ("belinda", "female")} | _NUMBERED
"""What may follow the "+" of a voice -> the engine's own spelling, and the gender."""

USUAL_VARIANT = "annie"
"""The variant of a language that is spoken where no voice is asked for.

Measured over an English text at usual speed and pitch: f0 229 Hz, spectral centroid 1.1 kHz (f1 to f5: 0.8 to 0.96),
peak 0.75 without clipping, and, unlike f2 to f5, no echo.
"""

_ALL_VARIANTS_LISTED = "en-us"
_WITHOUT_DICTIONARY = {"fo", "kaa"}  # espeakng-loader 0.2.4 has their voices, but reads them letter by letter
_TEST_VOICE = {"xex"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A voice to speak with: a language, and perhaps a variant of its sound."""

    language: str
    """The name of a language in the catalogue."""
    variant: str = ""
    """A key of VARIANTS; empty: the engine's plain voice."""


class Catalogue:
    """The languages of an engine, by every name they go by."""

    def __init__(self, voices: Iterable[EngineVoice], home: str) -> None:
        """`home` is what plain "en" means if it is "en-us": the language to prefer among its kin."""
        left_out = _WITHOUT_DICTIONARY | _TEST_VOICE
        known = [voice for voice in voices if voice.languages[0] not in left_out]
        self._languages: dict[str, EngineVoice] = {}
        for voice in known:
            taken = voice.languages[0] in self._languages
            self._languages[voice.key.lower() if taken else voice.languages[0]] = voice
        self._names = _aliases(self._languages)
        self._home = self.language(home)
        self._names[self._home.split("-")[0]] = self._home

    def listing(self) -> tuple[VoiceInfo, ...]:
        """Two voices of every language, its usual one first; of American English every variant."""
        return tuple(self._info(choice) for name in self._languages for choice in _offered(name))

    def language(self, name: str) -> str:
        """The catalogue's name of the nearest language: "de-AT" is "de". Raises UnknownName."""
        wanted = name.lower().replace("_", "-")
        while wanted:
            if wanted in self._names:
                return self._names[wanted]
            wanted = wanted.rpartition("-")[0]
        raise UnknownName(f"espeak has no language {name!r}", hint=f"known: {', '.join(sorted(self._languages))}")

    def voice(self, name: str) -> Choice:
        """The voice of a name: "de", "en-us+f3", or a variant alone, "f3". Raises UnknownName."""
        language, _, variant = name.lower().replace("_", "-").partition("+")
        if language in VARIANTS:
            language, variant = "", language
        if language not in {"", *self._names} or variant not in {"", *VARIANTS}:
            hint = f'a language, "en-us" or "de", and perhaps a variant, "en-us+f3": {", ".join(VARIANTS)}'
            raise UnknownName(f"espeak has no voice {name!r}", hint=hint)
        return Choice(self._names[language] if language else "", variant)

    def spec(self, choice: Choice) -> str:
        """What the engine takes for a choice."""
        key = self._languages[choice.language].key
        return f"{key}+{VARIANTS[choice.variant][0]}" if choice.variant else key

    def _info(self, choice: Choice) -> VoiceInfo:
        label = self._languages[choice.language].label
        if not choice.variant:
            return VoiceInfo(choice.language, choice.language, label, "male")
        name, gender = VARIANTS[choice.variant]
        tags = ("default",) if choice.variant == USUAL_VARIANT else ()
        return VoiceInfo(
            f"{choice.language}+{choice.variant}", choice.language, f"{label}, {name.capitalize()}", gender, tags
        )


def _offered(language: str) -> list[Choice]:
    variants = list(VARIANTS) if language == _ALL_VARIANTS_LISTED else [USUAL_VARIANT]
    return [Choice(language, variant) for variant in variants] + [Choice(language)]


def _aliases(languages: dict[str, EngineVoice]) -> dict[str, str]:
    """A language's own name before its file's ("fr" is "fr-fr"), and that before what it can stand in for."""
    names: dict[str, str] = {}
    for name, voice in languages.items():
        for other in voice.languages[1:]:
            names.setdefault(other, name)
    names |= {voice.key.lower(): name for name, voice in languages.items()}
    return names | {name: name for name in languages}
