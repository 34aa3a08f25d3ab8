"""Voices by the names that Silero's clients have for them, and what each says as a sample."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kuchipaku import UnknownName, VoiceInfo
from kuchipaku.voices import voice_for

_NUMBERED = re.compile(r"([a-z]{2,3})_(\d{1,4})")
"""How Silero's own models name their speakers: "en_21"."""

SAMPLES = {
    "de": "Guten Tag! So klinge ich, wenn ich dir etwas erzähle.",
    "en": "Hello there! This is how I sound when I tell you something.",
    "es": "¡Hola! Así sueno cuando te cuento algo.",
    "fr": "Bonjour ! Voilà comment je parle quand je te raconte quelque chose.",
    "it": "Ciao! Ecco come suono quando ti racconto qualcosa.",
    "ja": "こんにちは。お話しするときは、こんな声です。",
    "ko": "안녕하세요! 이야기할 때 제 목소리는 이렇습니다.",
    "pl": "Dzień dobry! Tak brzmię, kiedy coś opowiadam.",
    "pt": "Olá! É assim que eu falo quando conto alguma coisa.",
    "ru": "Здравствуйте! Вот так я говорю, когда что-нибудь рассказываю.",
    "uk": "Добрий день! Ось так я говорю, коли щось розповідаю.",
    "zh": "你好！我讲故事的时候就是这个声音。",
}
"""What is said, by language; English for any other."""


def voice_of(speaker: str, voices: Mapping[str, VoiceInfo]) -> str:
    """The id of the voice that a client means: an id itself, or Silero's own "en_21", any voice of that language.

    Raises UnknownName.
    """
    if speaker in voices:
        return speaker
    numbered = _NUMBERED.fullmatch(speaker)
    if numbered is None:
        raise UnknownName(f"no speaker is called {speaker!r}", hint="GET /api/tts/speakers lists them")
    return voice_for(voices, numbered[1], int(numbered[2]))


def sample_of(language: str) -> str:
    """What a voice of that language (BCP 47) says as a sample."""
    return SAMPLES.get(language.split("-")[0], SAMPLES["en"])


def names_of(voices: Mapping[str, VoiceInfo]) -> dict[str, str]:
    """A name for each voice id, no two alike: its label with its engine, or the id where that is taken.

    Without commas and colons, by which SillyTavern parts the entries of its voice map.
    """
    names: dict[str, str] = {}
    for voice, info in voices.items():
        name = re.sub("[,:]", "", f"{info.label} ({voice.partition('/')[0]})")
        names[voice] = voice if name in names.values() else name
    return names
