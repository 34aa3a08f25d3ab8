"""One line of speech -> its mouth, word and gesture cues, in seconds from the start of its audio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kuchipaku import Cue, Phone, Speech
from modules.lipsync.layer import PAUSE
from modules.lipsync.loudness import Envelope, phones_by_loudness
from modules.lipsync.visemes import VOWELS, visemes_or_neutral

SOFTEST = 0.55
"""The weight that loudness leaves to the softest sounds; it only scales, and never chooses a shape."""
NOD_EVERY = 1.2
"""Seconds between two nods, at least."""

_STRESS = (0.92, 0.96, 1.0)
"""Weight by stress: none, secondary, primary."""
_SYLLABLE = 0.075
"""Seconds around the middle of a phone whose loudness it takes: about a syllable, as a consonant has little itself."""
_RANGE_DB = 24.0
"""Decibels from the softest to the loud sounds."""


def compose_tracks(speech: Speech) -> dict[str, Sequence[Cue]]:
    """The tracks `mouth` (visemes), `word` (the spoken text) and `gesture` ("nod") of one piece of speech."""
    envelope = Envelope(speech.samples, speech.rate)
    phones = speech.phones or phones_by_loudness(speech.samples, speech.rate)
    return {
        "mouth": mouth_cues(phones, speech.duration, envelope),
        "word": [Cue(word.start, word.end, word.text) for word in speech.words],
        "gesture": nod_cues(phones, envelope),
    }


def mouth_cues(phones: Sequence[Phone], duration: float, envelope: Envelope) -> list[Cue]:
    """One cue a viseme over 0 <= t < duration, seconds; pauses of `PAUSE` seconds and more are "sil"."""
    cues: list[Cue] = []
    for phone in bridged(phones, duration):
        cues += _cues_of(phone, _prominence(phone, envelope)) if phone.symbol else [_silence(phone)]
    return cues


def bridged(phones: Sequence[Phone], duration: float) -> list[Phone]:
    """The phones in order, gaps either filled by their neighbours (short ones) or told as pauses, symbol ""."""
    told: list[Phone] = []
    for phone in sorted((p for p in phones if p.symbol), key=lambda p: p.start):
        told = _bridge(told, phone.start)
        start = told[-1].end if told else 0.0
        if visemes_or_neutral(phone.symbol):
            told.append(replace(phone, start=start, end=max(start, phone.end)))
        elif told:  # a length mark or a tone on its own: the sound before it goes on
            told[-1] = replace(told[-1], end=max(start, phone.end))
    return _bridge(told, duration)


def nod_cues(phones: Sequence[Phone], envelope: Envelope) -> list[Cue]:
    """A nod on the most prominent stressed vowels, `NOD_EVERY` seconds apart; a cue spans its vowel."""
    stressed = [p for p in phones if p.stress == 2 and _is_vowel(p)]
    chosen: list[Cue] = []
    for phone in sorted(stressed, key=lambda p: (-_prominence(p, envelope), p.start)):
        if all(abs(phone.start - other.start) >= NOD_EVERY for other in chosen):
            chosen.append(Cue(phone.start, phone.end, "nod", _prominence(phone, envelope)))
    return sorted(chosen, key=lambda cue: cue.start)


def _is_vowel(phone: Phone) -> bool:
    return any(part.viseme in VOWELS for part in visemes_or_neutral(phone.symbol))


def _bridge(told: list[Phone], until: float) -> list[Phone]:
    """`told` and a pause up to `until`; or a short gap shared out: the last one lasts until its middle."""
    end = told[-1].end if told else 0.0
    if until - end >= PAUSE:
        return [*told, Phone("", end, until)]
    if told and until > end:
        return [*told[:-1], replace(told[-1], end=(end + until) / 2)]
    return told


def _silence(pause: Phone) -> Cue:
    return Cue(pause.start, pause.end, "sil")


def _cues_of(phone: Phone, weight: float) -> Iterator[Cue]:
    start = phone.start
    for part in visemes_or_neutral(phone.symbol):
        end = start + part.share * (phone.end - phone.start)
        yield Cue(start, end, part.viseme, weight * part.size)
        start = end


def _prominence(phone: Phone, envelope: Envelope) -> float:
    """0.5 to 1: how clearly a phone is said, by its loudness and its stress."""
    middle = (phone.start + phone.end) / 2
    half = max(_SYLLABLE, (phone.end - phone.start) / 2)
    share = min(0.0, envelope.level(middle - half, middle + half)) / _RANGE_DB
    return max(SOFTEST, 1.0 + share * (1.0 - SOFTEST)) * _STRESS[phone.stress]
