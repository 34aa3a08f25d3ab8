"""The pure steps around the engine, and its process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuchipaku import Delivery, EngineUnavailable, Phone, Settings, UnknownName, Voice, Word
from modules import tts_espeak
from modules.tts_espeak import engine as engine_module
from modules.tts_espeak.catalogue import Catalogue, Choice
from modules.tts_espeak.engine import PHONEME, USUAL, WORD, Engine, EngineDied, EngineVoice, Event, Manner, Utterance
from modules.tts_espeak.kana import kana_of
from modules.tts_espeak.language import language_of
from modules.tts_espeak.phones import phones_of, words_of
from modules.tts_espeak.reading import Reading
from modules.tts_espeak.settings import EspeakSettings
from modules.tts_espeak.sound import finish
from modules.tts_espeak.text import PIECE, audible, clean, ends_sentence, pieces
from modules.tts_espeak.voice import EspeakVoice


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("Hello", "en-us", "en-us"),
        ("Bonjour", "fr-fr", "fr-fr"),
        ("नमस्ते", "en-us", "hi"),
        ("नमस्ते", "mr", "mr"),
        ("வணக்கம்", "en-us", "ta"),
        ("నమస్కారం", "en-us", "te"),
        ("ನಮಸ್ಕಾರ", "en-us", "kn"),
        ("നമസ്കാരം", "en-us", "ml"),
        ("নমস্কার", "en-us", "bn"),
        ("ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "en-us", "pa"),
        ("નમસ્તે", "en-us", "gu"),
        ("今日は晴れ", "en-us", "ja"),
        ("東京都交通局カ", "en-us", "ja"),
        ("コンピューター", "en-us", "ja"),
        ("你好世界", "en-us", "cmn"),
        ("你好世界", "ja", "ja"),
        ("안녕하세요", "en-us", "ko"),
        ("Привет", "en-us", "ru"),
        ("Привіт", "uk", "uk"),
        ("مرحبا", "en-us", "ar"),
        ("سلام", "fa", "fa"),
        ("Γεια σου", "en-us", "el"),
        ("שלום", "en-us", "he"),
        ("สวัสดี", "en-us", "th"),
        ("Hello नमस्ते दोस्त", "en-us", "hi"),
        ("The word 愛 means love", "en-us", "en-us"),
        ("123 !? 🙂", "en-us", "en-us"),
        ("", "de", "de"),
        ("\ud800", "de", "de"),
    ],
)
def test_the_script_tells_the_language(text: str, default: str, language: str) -> None:
    assert language_of(text, default) == language


@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("今日は天気がいいですね。", "キョーワ テンキガ イイデスネ。"),
        ("こんにちは、私はロボットです。", "コンニチワ、 ワタシワ ロボットデス。"),
        ("東京へ行きました。", "トーキョーエ イキマシタ。"),
        ("お名前は何ですか？", "オナマエワ ナンデスカ？"),
        ("一人で映画を見ました。", "ヒトリデ エイガヲ ミマシタ。"),
        ("二十歳の誕生日", "ハタチノ タンジョービ"),
        ("2026年11月21日", "ニセンニジューロクネン ジューイチガツ ニジューイチニチ"),
        ("1,200円", "センニヒャクエン"),
        ("10000", "イチマン"),
        ("0120", "ゼロイチニゼロ"),
        ("3.5%", "サンテン ゴパーセント"),
        ("行った後で話そう。", "イッタ アトデ ハナソー。"),
        ("GPUでAIを動かす。", "GPU デ AI ヲ ウゴカス。"),
        ("", ""),
    ],
)
def test_japanese_is_read_as_it_sounds(text: str, kana: str) -> None:
    assert kana_of(text).spoken.strip() == kana


@settings(deadline=None)
@given(st.text(alphabet="今日は人気、0129%.何でもGPU行った一人 　ヴ🙂", max_size=30))
def test_every_part_of_a_reading_is_a_part_of_the_text(text: str) -> None:
    written = "".join(part for _, part in kana_of(text).parts)
    assert text.startswith(written)
    assert not text[len(written) :].strip()


@settings(deadline=None)
@given(st.text(max_size=400))
def test_pieces_are_short_and_together_the_text(text: str) -> None:
    cut = list(pieces(text))
    assert "".join(cut) == text
    assert all(0 < len(piece) <= PIECE for piece in cut)


@pytest.mark.parametrize(
    ("text", "count"),
    [("Short. Text. Stays.", 1), ("A sentence of some length here. " * 8, 2), ("word " * 60, 2), ("长句子。" * 60, 2)],
)
def test_pieces_end_where_a_reader_breathes(text: str, count: int) -> None:
    cut = list(pieces(text))
    assert len(cut) == count
    assert all(piece[-1] in " 。" for piece in cut[:-1])


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaned_text_has_its_length_and_encodes(text: str) -> None:
    assert len(clean(text)) == len(text)
    assert "\0" not in clean(text).encode().decode()


@pytest.mark.parametrize(("text", "heard"), [("a", True), ("५", True), ("🙂", True), ("!? …", False), ("", False)])
def test_only_letters_digits_and_pictures_are_audible(text: str, heard: bool) -> None:
    assert audible(text) is heard


@pytest.mark.parametrize(
    ("text", "ends"), [("Go.", True), ("Go", True), ("Go,", False), ("Go、", False), ("“Go,” ", False)]
)
def test_a_comma_does_not_end_a_sentence(text: str, ends: bool) -> None:
    assert ends_sentence(text) is ends


def test_events_become_phones_that_tile_the_time() -> None:
    names = [(0.1, "h"), (0.2, "ˈiː"), (0.3, ""), (0.3, "(en)"), (0.35, ""), (0.4, "ˌa"), (0.4, "t"), (0.5, "")]
    events = [Event(PHONEME, time, name=name) for time, name in names]
    assert phones_of(events, end=0.5, duration=0.7) == (
        Phone("", 0.0, 0.1),
        Phone("h", 0.1, 0.2),
        Phone("iː", 0.2, 0.3, 2),
        Phone("", 0.3, 0.4),
        Phone("t", 0.4, 0.5),
        Phone("", 0.5, 0.7),
    )


def test_words_run_from_their_first_sound_to_their_last() -> None:
    events = [Event(WORD, 0.0, 0, 2), Event(WORD, 0.4, 4, 1), Event(WORD, 0.5, 4, 1), Event(WORD, 0.6, 9, 1)]
    phones = [Phone("", 0.0, 0.1), Phone("a", 0.1, 0.3), Phone("", 0.3, 0.4), Phone("b", 0.4, 0.8)]
    assert words_of(events, phones, Reading("Oh, 9!")) == (Word("Oh", 0.1, 0.3), Word("9", 0.4, 0.8))


@pytest.mark.parametrize("amplitude", [0, 300, 4000, 32767])
def test_finished_sound_is_level_faded_and_followed_by_silence(amplitude: int) -> None:
    wave = amplitude * np.sin(np.arange(22050) * 0.06)
    samples = finish(wave.astype(np.int16), 22050, end=1.0, gap=0.2)
    assert len(samples) == 22050 + 4410
    assert not samples[22050:].any()
    assert samples[0] == samples[22049] == 0.0
    assert np.abs(samples).max() == pytest.approx(min(0.1 * np.sqrt(2), amplitude / 32768 * 3), rel=0.15)


def catalogue(home: str = "en-us") -> Catalogue:
    files = [
        EngineVoice("English (GB)", ("en-gb", "en"), "gmw/en"),
        EngineVoice("English (US)", ("en-us", "en"), "gmw/en-US"),
        EngineVoice("French (BE)", ("fr-be", "fr"), "roa/fr-BE"),
        EngineVoice("French", ("fr-fr", "fr"), "roa/fr"),
        EngineVoice("Mandarin", ("cmn", "zh-cmn", "zh"), "sit/cmn"),
        EngineVoice("Mandarin, Pinyin", ("cmn", "zh"), "sit/cmn-Latn-pinyin"),
    ]
    return Catalogue(files, home)


@pytest.mark.parametrize(
    ("name", "found"),
    [("en", "en-us"), ("EN_GB", "en-gb"), ("fr", "fr-fr"), ("fr-ca", "fr-fr"), ("zh-tw", "cmn"), ("en-au", "en-us")],
)
def test_a_language_goes_by_its_nearest_name(name: str, found: str) -> None:
    assert catalogue().language(name) == found


def test_home_decides_among_kin() -> None:
    assert catalogue("en-gb").language("en") == "en-gb"


@pytest.mark.parametrize(
    ("name", "choice", "spec"),
    [
        ("en-us", Choice("en-us"), "en-US"),
        ("en-gb+F3", Choice("en-gb", "f3"), "en+f3"),
        ("fr+annie", Choice("fr-fr", "annie"), "fr+Annie"),
        ("cmn-latn-pinyin", Choice("cmn-latn-pinyin"), "cmn-Latn-pinyin"),
    ],
)
def test_a_voice_is_a_language_and_perhaps_a_variant(name: str, choice: Choice, spec: str) -> None:
    assert catalogue().voice(name) == choice
    assert catalogue().spec(choice) == spec


def test_a_variant_alone_is_for_every_language() -> None:
    assert catalogue().voice("f2") == catalogue().voice("+f2") == Choice("", "f2")


def test_a_wrong_home_is_refused() -> None:
    with pytest.raises(UnknownName):
        catalogue("xx")


def test_the_engine_restarts_after_its_death(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    assert engine.say("hello", "de").events
    child = engine._child
    assert child is not None
    child.kill()
    child.wait()
    monkeypatch.setattr(child, "poll", lambda: None)  # as if it died between the look and the request
    with pytest.raises(EngineDied):
        engine.say("hello", "de")
    assert engine.say("hello", "de").events
    engine.close()
    assert engine.say("hello", "de").events
    engine.close()


def test_an_engine_that_died_idle_costs_no_sentence() -> None:
    engine = Engine()
    voice = EspeakVoice(engine, EspeakSettings())
    child = engine._child
    assert child is not None
    child.kill()
    child.wait()
    assert len(list(voice.speak("Hello.", Delivery()))) == 1
    engine.close()


def test_a_child_that_dies_within_its_answer_is_no_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    engine.say("hello", "de")
    dying = [sys.executable, "-c", 'import sys; sys.stdin.readline(); print(\'{"events": [], "bytes": 8}\\nabc\')']
    pipe = subprocess.PIPE
    monkeypatch.setattr(engine_module, "_start", lambda: subprocess.Popen(dying, stdin=pipe, stdout=pipe, stderr=pipe))
    engine.close()
    with pytest.raises(EngineDied):
        engine.say("hello", "de")


def test_ending_the_engine_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    engine.say("hello", "de")
    child = engine._child
    assert child is not None
    monkeypatch.setattr(subprocess.Popen, "communicate", lambda *_: pytest.fail("it starts threads on Windows"))
    engine.close()
    assert child.returncode is not None
    assert all(pipe is not None and pipe.closed for pipe in (child.stdin, child.stdout, child.stderr))


class Fragile(Engine):
    """Dies of long texts, and of some words."""

    def say(self, text: str, voice: str, manner: Manner = USUAL, *, mnemonics: bool = False) -> Utterance:
        if len(text) > 40 or "deadly" in text:
            raise EngineDied("as planned")
        return super().say(text, voice, manner, mnemonics=mnemonics)


def test_a_text_that_breaks_the_engine_is_spoken_in_parts() -> None:
    engine = Fragile()
    text = "It was a cold and windy night, and the deadly fog came up from the river to the town"
    said = EspeakVoice(engine, EspeakSettings()).speak(text, Delivery())
    words = " ".join(word.text for speech in said for word in speech.words)
    assert "deadly" not in words
    assert words.startswith("It was a cold")
    assert words.endswith("to the town")
    engine.close()


def test_an_engine_that_cannot_be_loaded_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("espeakng_loader.get_library_path", lambda: "/nowhere.so")
    with pytest.raises(EngineUnavailable, match=r"loaded: OSError: /nowhere\.so") as caught:
        Engine().voices()
    assert "pip install" in caught.value.hint


def test_a_refused_voice_file_is_an_error_and_the_engine_lives() -> None:
    engine = Engine()
    with pytest.raises(EngineUnavailable):
        engine.say("hello", "no-such-file")
    assert engine.say("hello", "de").events
    engine.close()


def test_the_plugin_offers_espeak_and_lets_go_of_it() -> None:
    offered: dict[str, Callable[[], Voice]] = {}
    settings = Settings(plugins={"tts_espeak": EspeakSettings()})
    tts_espeak.register_voices(offered.__setitem__, settings)
    assert list(offered) == ["espeak"]
    assert offered["espeak"]().voices()
    assert tts_espeak.settings_model() is EspeakSettings
    tts_espeak.shutdown()
