"""The engine "edge", against a stand-in of Microsoft's service on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from kuchipaku import Delivery, EngineUnavailable, UnknownName
from kuchipaku.testing import check_voice
from modules.edge_tts.catalogue import EdgeName, known, named, speaking
from modules.edge_tts.settings import EdgeSettings
from modules.edge_tts.voice import EdgeVoice
from tests.modules.edge_tts.edge_host import EdgeHost

ARIA = "en-US-AriaNeural"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdgeHost]:
    with EdgeHost() as made:
        monkeypatch.setattr("edge_tts.communicate.WSS_URL", made.url)
        yield made


@pytest.fixture
def voice() -> EdgeVoice:
    return EdgeVoice(EdgeSettings())


def test_a_line_comes_back_as_sound_with_the_times_of_its_words(host: EdgeHost, voice: EdgeVoice) -> None:
    (speech,) = voice.speak("One & two, three.", Delivery(ARIA))
    assert (speech.rate, speech.phones) == (24_000, ())
    assert speech.duration == pytest.approx(1.0, abs=0.1)
    assert [(w.text, w.start, round(w.end, 6)) for w in speech.words] == [
        ("One", 0.0, 0.2), ("&", 0.25, 0.45), ("two,", 0.5, 0.7), ("three.", 0.75, 0.95),
    ]  # fmt: skip


def test_the_service_is_asked_for_the_voice_the_speed_and_the_pitch(host: EdgeHost, voice: EdgeVoice) -> None:
    list(voice.speak("Hi", Delivery(ARIA, speed=1.25, pitch=0.5)))
    list(voice.speak("Hi", Delivery("iu-Cans-CA-SiqiniqNeural")))
    full = "Microsoft Server Speech Text to Speech Voice"
    assert host.heard == [
        {"voice": f"{full} (en-US, AriaNeural)", "pitch": "-90Hz", "rate": "+25%", "text": "Hi"},
        {"voice": f"{full} (iu-Cans-CA, SiqiniqNeural)", "pitch": "+0Hz", "rate": "+0%", "text": "Hi"},
    ]


def test_it_keeps_the_promises_of_a_voice(host: EdgeHost, voice: EdgeVoice) -> None:
    check_voice(voice)


def test_listing_and_checking_ask_nobody(host: EdgeHost, voice: EdgeVoice) -> None:
    listed = {info.name: info for info in voice.voices()}
    voice.check(Delivery(ARIA))
    assert len(listed) > 300
    assert (listed[ARIA].language, listed[ARIA].gender, listed[ARIA].tags) == ("en-us", "female", ("online",))
    assert host.heard == []


def test_a_text_without_a_letter_is_not_sent(host: EdgeHost, voice: EdgeVoice) -> None:
    assert list(voice.speak("... !", Delivery(ARIA))) == []
    assert host.heard == []


def test_a_voice_that_gives_no_sound_is_unavailable_and_others_are_still_asked(
    host: EdgeHost, voice: EdgeVoice
) -> None:
    with pytest.raises(EngineUnavailable):
        list(voice.speak("Hi", Delivery("en-US-NobodyNeural")))
    assert len(list(voice.speak("Hi", Delivery(ARIA)))) == 1


def test_a_service_that_does_not_answer_is_left_to_rest(
    host: EdgeHost, voice: EdgeVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = host.url
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", "ws://127.0.0.1:1/edge?token=none")
    with pytest.raises(EngineUnavailable) as refused:
        list(voice.speak("Hi", Delivery(ARIA)))
    assert "choose another voice" in refused.value.hint
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", there)
    with pytest.raises(EngineUnavailable, match="a moment ago"):
        list(voice.speak("Hi", Delivery(ARIA)))
    assert host.heard == []
    monkeypatch.setattr("modules.edge_tts.voice.time.monotonic", lambda: 1e9)
    assert len(list(voice.speak("Hi", Delivery(ARIA)))) == 1


def test_switched_off_there_is_no_such_engine() -> None:
    with pytest.raises(EngineUnavailable) as refused:
        EdgeVoice(EdgeSettings(online=False))
    assert "plugins.edge_tts.online" in refused.value.hint


def test_without_its_package_the_hint_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "edge_tts", None)
    with pytest.raises(EngineUnavailable) as refused:
        EdgeVoice(EdgeSettings())
    assert refused.value.hint == "pip install -r requirements-extras.txt"


@pytest.mark.parametrize(
    ("short", "locale", "name", "gender"),
    [
        (ARIA, "en-US", "Aria", "female"),
        ("zh-CN-liaoning-XiaobeiNeural", "zh-CN-liaoning", "Xiaobei", "female"),
        ("iu-Latn-CA-TaqqiqNeural", "iu-Latn-CA", "Taqqiq", "male"),
        ("en-US-BrandNewNeural", "en-US", "BrandNew", ""),
    ],
)
def test_a_short_name_is_read(short: str, locale: str, name: str, gender: str) -> None:
    assert named(short) == EdgeName(locale, name, gender)


@pytest.mark.parametrize("word", ["", "nobody", "en-US", "en-US-Aria", "espeak/en-us+annie", f"{ARIA}'/>"])
def test_other_words_are_no_short_names(word: str) -> None:
    assert named(word) is None


def test_every_name_of_the_list_is_a_short_name() -> None:
    assert [named(short) for short in known()] == list(known().values())


@pytest.mark.parametrize(
    ("language", "short"),
    [
        ("en", "en-US-EmmaMultilingualNeural"),
        ("en-gb", "en-GB-SoniaNeural"),
        ("de", "de-DE-KatjaNeural"),
        ("de-lu", "de-DE-KatjaNeural"),
        ("ja", "ja-JP-NanamiNeural"),
    ],
)
def test_the_nearest_voice_speaks_a_language(language: str, short: str) -> None:
    usual = known()["en-US-EmmaMultilingualNeural"]
    found = speaking(language, usual)
    assert found is not None
    assert found.short == short
    assert EdgeVoice(EdgeSettings())._chosen(Delivery(language=language)) == found


def test_a_language_that_no_voice_speaks_is_refused(voice: EdgeVoice) -> None:
    with pytest.raises(UnknownName):
        voice.check(Delivery(language="tlh"))
