"""The real engine, through the voice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kuchipaku import Delivery, Samples, Speech, UnknownName
from modules.tts_espeak.engine import Engine
from modules.tts_espeak.settings import EspeakSettings
from modules.tts_espeak.voice import EspeakVoice

ROOT = Path(__file__).parents[3]

GREETINGS = {
    "en-us": "Hello there, my friend. How are you today?",
    "en-gb": "Good afternoon, shall we have a cup of tea?",
    "ja": "今日は、いい天気ですね。散歩に行きましょう。",
    "hi": "नमस्ते, आप कैसे हैं? आज मौसम अच्छा है।",
    "ta": "வணக்கம், நீங்கள் எப்படி இருக்கிறீர்கள்?",
    "te": "నమస్కారం, మీరు ఎలా ఉన్నారు?",
    "kn": "ನಮಸ್ಕಾರ, ನೀವು ಹೇಗಿದ್ದೀರಿ?",
    "ml": "നമസ്കാരം, സുഖമാണോ?",
    "es": "Hola, ¿cómo estás? Hoy hace buen tiempo.",
    "de": "Guten Tag, wie geht es Ihnen heute?",
    "fr": "Bonjour, comment allez-vous aujourd'hui ?",
    "cmn": "你好，今天天气很好。",
    "ko": "안녕하세요, 오늘 날씨가 좋네요.",
    "ar": "مرحبا، كيف حالك اليوم؟",
    "ru": "Привет, как дела сегодня?",
    "pt-br": "Olá, como você está hoje?",
    "it": "Ciao, come stai oggi?",
    "bn": "নমস্কার, আপনি কেমন আছেন?",
    "el": "Γεια σου, τι κάνεις σήμερα;",
}
STRANGE = {
    "nothing": "",
    "spaces": " \t\n ",
    "marks": "...!? — «»",
    "emoji": "🙂👩‍👩‍👧‍👦🇯🇵",
    "a lone surrogate": "half \ud83d of it",
    "NUL and control characters": "before\x00after \x01 90S \x1b[31m",
    "SSML": '<speak><break time="9s"/>hi</speak> <audio src="file:///etc/passwd"/>',
    "phoneme brackets": "[[h@l'oU]]",
    "combining marks": "e" + "\u0301" * 300,
    "one long word": "a" * 5000,
    "many scripts": "".join(chr(c) for c in range(0x21, 0x3000, 7)),
    "right to left": "\u202eabc\u202c שלום",
    "Burmese letters": " ".join(chr(c) for c in range(0x1000, 0x10A0)),
    "astral letters": "𝓗𝓮𝓵𝓵𝓸 𒀀𒀁 𓀀",
    "digits": "9" * 400,
}


@pytest.fixture(scope="module")
def voice() -> Iterator[EspeakVoice]:
    engine = Engine()
    yield EspeakVoice(engine, EspeakSettings())
    engine.close()


def spoken(speaker: EspeakVoice, text: str, **delivery: object) -> Speech:
    pieces = list(speaker.speak(text, Delivery(**delivery)))  # type: ignore[arg-type]
    assert len(pieces) == 1
    return pieces[0]


def level(samples: Samples) -> float:
    """Loudness in dBFS."""
    return float(20.0 * np.log10(np.sqrt(np.mean(np.square(samples))) + 1e-9))


def fundamental(speech: Speech) -> float:
    """Median f0 in Hz by autocorrelation, 70 to 600 Hz."""
    found = []
    for start in range(0, len(speech.samples) - 2048, 1024):
        frame = speech.samples[start : start + 2048] * np.hanning(2048).astype(np.float32)
        correlation = np.fft.irfft(np.abs(np.fft.rfft(frame, 4096)) ** 2)[:315]
        lag = 37 + int(np.argmax(correlation[37:]))
        if level(frame) > -35.0 and correlation[lag] > 0.5 * correlation[0]:
            found.append(speech.rate / lag)
    return float(np.median(found))


@pytest.mark.parametrize("language", GREETINGS)
def test_phones_tile_the_audio_of_every_language(voice: EspeakVoice, language: str) -> None:
    speech = spoken(voice, GREETINGS[language], language=language)
    phones = speech.phones
    assert phones[0].start == 0.0
    assert phones[-1].end == pytest.approx(speech.duration)
    assert all(a.end == b.start for a, b in pairwise(phones))
    assert all(p.start < p.end for p in phones)
    assert sum(bool(p.symbol) for p in phones) >= 8
    assert not any(mark in p.symbol for p in phones for mark in "ˈˌ()")


@pytest.mark.parametrize("language", GREETINGS)
def test_audio_is_level_and_unclipped(voice: EspeakVoice, language: str) -> None:
    samples = spoken(voice, GREETINGS[language], language=language).samples
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() < 0.96
    assert level(samples[np.abs(samples) > 0.005]) == pytest.approx(-20.0, abs=1.5)
    assert abs(samples[0]) < 1e-3
    assert abs(samples[-1]) < 1e-3


@pytest.mark.parametrize("language", ["en-us", "hi", "ja", "de", "cmn"])
def test_long_pauses_are_silent_and_phones_are_not(voice: EspeakVoice, language: str) -> None:
    speech = spoken(voice, GREETINGS[language], language=language)
    for phone in speech.phones:
        if not phone.symbol and phone.end - phone.start > 0.1:
            inside = slice(round((phone.start + 0.06) * speech.rate), round((phone.end - 0.02) * speech.rate))
            assert level(speech.samples[inside]) < -60.0
    sounding = [p for p in speech.phones if p.symbol and p.stress == 2]
    loud = [level(speech.samples[round(p.start * speech.rate) : round(p.end * speech.rate)]) for p in sounding]
    assert min(loud) > -40.0


@pytest.mark.parametrize("variant", ["", "+annie", "+linda", "+belinda", "+f1", "+f5", "+m1", "+m3", "+m8"])
def test_voices_are_equally_loud(voice: EspeakVoice, variant: str) -> None:
    samples = spoken(voice, GREETINGS["en-us"], voice=f"en-us{variant}").samples
    assert level(samples[np.abs(samples) > 0.005]) == pytest.approx(-20.0, abs=2.0)


@pytest.mark.parametrize("language", ["en-us", "de", "hi", "ko", "ru"])
def test_words_are_those_of_the_text_in_order(voice: EspeakVoice, language: str) -> None:
    text = GREETINGS[language]
    words = spoken(voice, text, language=language).words
    assert " ".join(w.text for w in words) == " ".join(w.strip(",.?।") for w in text.split())
    assert len(words) >= 3
    assert all(a.start < a.end <= b.start for a, b in pairwise(words))


def test_japanese_words_are_as_written_and_cover_the_text(voice: EspeakVoice) -> None:
    speech = spoken(voice, "今日は、2026年です。GPUも速い。")
    assert [w.text for w in speech.words] == ["今日は", "2026年です", "GPUも", "速い"]
    assert "".join(p.symbol for p in speech.phones).startswith("kʲo̞wä")


def test_a_switched_in_language_leaves_no_mark(voice: EspeakVoice) -> None:
    speech = spoken(voice, "Das ist ein Computer game, 今日は hello", language="de")
    assert not [p for p in speech.phones if "(" in p.symbol]
    assert [w.text for w in speech.words] == ["Das", "ist", "ein", "Computer", "game", "今日は", "hello"]


def test_stress_is_told_beside_the_symbol(voice: EspeakVoice) -> None:
    phones = spoken(voice, "banana", language="en-us").phones
    assert [(p.symbol, p.stress) for p in phones if p.stress] == [("æ", 2)]


def test_speed_shortens_and_is_held_to_what_the_engine_can(voice: EspeakVoice) -> None:
    lengths = {s: spoken(voice, GREETINGS["en-us"], speed=s).duration for s in (0.25, 0.46, 0.7, 1.0, 1.5, 2.57, 4.0)}
    durations = list(lengths.values())
    assert durations == sorted(durations, reverse=True) or lengths[4.0] == pytest.approx(lengths[2.57], rel=0.03)
    assert lengths[1.5] == pytest.approx(lengths[1.0] / 1.5, rel=0.15)
    assert lengths[0.25] == pytest.approx(lengths[0.46], rel=0.03)
    assert lengths[4.0] == pytest.approx(lengths[2.57], rel=0.03)


@pytest.mark.parametrize("pitch", [0.75, 1.4])
def test_pitch_multiplies_the_fundamental(voice: EspeakVoice, pitch: float) -> None:
    usual = fundamental(spoken(voice, GREETINGS["en-us"]))
    assert fundamental(spoken(voice, GREETINGS["en-us"], pitch=pitch)) == pytest.approx(usual * pitch, rel=0.15)


def test_the_usual_voice_is_a_girls(voice: EspeakVoice) -> None:
    usual, plain = (fundamental(spoken(voice, GREETINGS["en-us"], voice=name)) for name in ("", "en-us"))
    assert usual > 180.0 > 140.0 > plain


def test_a_sentence_ends_with_a_natural_gap_and_a_clause_with_less(voice: EspeakVoice) -> None:
    sentence, clause = (spoken(voice, text).phones[-1] for text in ("We go home.", "We go home,"))
    assert sentence.symbol == clause.symbol == ""
    assert 0.15 <= sentence.end - sentence.start <= 0.25
    assert 0.05 <= clause.end - clause.start < sentence.end - sentence.start


def test_a_long_text_comes_in_pieces(voice: EspeakVoice) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 450
    pieces = voice.speak(text, Delivery(speed=4.0))
    first = next(pieces)
    assert first.duration < 10.0
    assert len(first.words) + sum(len(p.words) for p in pieces) == 450 * 9


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("language", ["", "en-us", "my"])
def test_strange_text_is_survived(voice: EspeakVoice, text: str, language: str) -> None:
    for speech in voice.speak(text, Delivery(language=language, speed=4.0)):
        assert np.isfinite(speech.samples).all()
    assert spoken(voice, "Still here.").phones


@pytest.mark.parametrize("text", ["", " \n", "...", "?!", "—", "\x00"])
def test_what_says_nothing_gives_no_audio(voice: EspeakVoice, text: str) -> None:
    assert list(voice.speak(text, Delivery())) == []


def test_markup_is_spoken_not_obeyed(voice: EspeakVoice) -> None:
    marked = spoken(voice, '<break time="5s"/> hi')
    assert "break" in [w.text for w in marked.words]
    assert marked.duration < 5.0


@pytest.mark.parametrize(
    ("delivery", "hint"),
    [
        (Delivery(voice="nobody"), "en-us+f3"),
        (Delivery(voice="en-us+nobody"), "f1"),
        (Delivery(language="tlh"), "de"),
        (Delivery(voice="../../etc/passwd"), "en-us"),
    ],
)
def test_an_unknown_name_is_refused_before_any_sound(voice: EspeakVoice, delivery: Delivery, hint: str) -> None:
    with pytest.raises(UnknownName) as caught:
        voice.speak("hello", delivery)
    assert hint in caught.value.hint
    with pytest.raises(UnknownName):
        voice.check(delivery)


def test_every_listed_voice_speaks(voice: EspeakVoice) -> None:
    listed = voice.voices()
    assert len({info.name for info in listed}) == len(listed) > 200
    for info in listed[::4]:
        assert spoken(voice, "1 2", voice=info.name, speed=4.0).phones, info.name


THREADS = """
import threading
from kuchipaku import Delivery
from modules.tts_espeak.engine import shared
from modules.tts_espeak.settings import EspeakSettings
from modules.tts_espeak.voice import EspeakVoice

voice = EspeakVoice(shared(), EspeakSettings())
lengths = []

def talk(language, text):
    for _ in range(15):
        lengths.append(sum(len(s.phones) for s in voice.speak(text, Delivery(language=language))))

texts = [("en-us", "Hello there."), ("de", "Guten Tag."), ("hi", "नमस्ते"), ("ja", "こんにちは")]
threads = [threading.Thread(target=talk, args=pair) for pair in texts]
for thread in threads: thread.start()
for thread in threads: thread.join()
threading.Thread(target=talk, args=texts[0], daemon=True).start()  # still speaking when the program ends
print(len(lengths), min(lengths))
"""


def test_four_threads_speak_at_once_and_the_program_ends_cleanly() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", THREADS], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, f"the engine crashed: {ran.stderr}"
    count, fewest = map(int, ran.stdout.split())
    assert count >= 60
    assert fewest > 4
