"""The list of phone symbols that the mouth is tested against."""

from __future__ import annotations

from pathlib import Path

import espeakng_loader

from kuchipaku import Delivery
from modules.tts_espeak.engine import Engine
from modules.tts_espeak.inventory import phoneme_tables
from modules.tts_espeak.settings import EspeakSettings
from modules.tts_espeak.voice import EspeakVoice

LISTED = set((Path(__file__).parents[1] / "lipsync" / "espeak_phones.txt").read_text().splitlines())

TEXTS = {
    "en-us": "The measure of a good judge is that she thinks, chooses, and enjoys pure fairness. Ouch, boy!",
    "de": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Ich auch.",
    "fr": "Voix ambiguë d'un cœur qui, au zéphyr, préfère les jattes de kiwis. Un bon vin blanc.",
    "hi": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश करने वाले विष्णुवतार।",
    "ja": "色は匂へど散りぬるを、我が世誰ぞ常ならむ。びゃくやのファンです。",
    "cmn": "天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。",
    "ru": "Съешь ещё этих мягких французских булок, да выпей чаю.",
    "ar": "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر.",
    "ko": "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.",
    "vi": "Con sói nâu nhảy qua con chó lười biếng.",
}


def test_what_sentences_emit_is_listed() -> None:
    engine = Engine()
    voice = EspeakVoice(engine, EspeakSettings())
    for language, text in TEXTS.items():
        for speech in voice.speak(text, Delivery(language=language)):
            assert {p.symbol for p in speech.phones if p.symbol} <= LISTED, language
    engine.close()


def test_the_tables_hold_the_phonemes_of_every_language_with_what_they_inherit() -> None:
    tables = phoneme_tables(Path(espeakng_loader.get_data_path()) / "phontab")
    assert len(tables) > 100
    assert {"p", "b", "m", "A:", "aI"} <= set(tables["en-us"].values())
