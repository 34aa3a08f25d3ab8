"""Every phone symbol that the engine can emit: `python -m modules.tts_espeak.inventory` prints them, one a line.

Each language speaks each phoneme of its own table, alone and beside others, then its alphabet, made-up words and
numbers; what the phoneme events name is collected. It takes a minute or two.
"""

from __future__ import annotations

import random
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import espeakng_loader

from kuchipaku import EngineUnavailable
from modules.tts_espeak.engine import Engine, EngineVoice, Manner, shared
from modules.tts_espeak.language import scripts_of
from modules.tts_espeak.phones import phones_of

Tables = dict[str, dict[int, str]]
"""Name of a phoneme table -> code of a phoneme -> its name in the engine's ASCII spelling."""

_TABLE_HEAD, _TABLE_NAME, _ENTRY = 4, 32, struct.Struct("<4sIHBB4x")
_NEIGHBOURS = ("a", "i", "t")
_BATCH = 40  # words of one request
_MADE_UP_WORDS = 400
_FAST = Manner(words=449)
_COMMON = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 20 30 100 1000 1000000 Hello computer. Привет. नमस्ते. こんにちは."


def symbols(engine: Engine) -> set[str]:
    """Every symbol, stress marks removed, over all languages of the engine; the pause is not among them."""
    tables = phoneme_tables(_folder() / "phontab")
    found: set[str] = set()
    for voice in engine.voices():
        for text, mnemonics in _texts(voice, tables):
            found |= _emitted(engine, voice.key, text, mnemonics)
    return found - {""}


def phoneme_tables(path: Path) -> Tables:
    """The engine's compiled phoneme tables, each with what it inherits."""
    raw, at = path.read_bytes(), 4
    tables: Tables = {}
    for _ in range(raw[0]):
        count, parent = raw[at], raw[at + 1]
        name = raw[at + _TABLE_HEAD : at + _TABLE_HEAD + _TABLE_NAME].split(b"\0")[0].decode()
        at += _TABLE_HEAD + _TABLE_NAME
        entries = list(_ENTRY.iter_unpack(raw[at : at + count * _ENTRY.size]))
        inherited = list(tables.values())[parent - 1] if parent else {}
        tables[name] = inherited | {code: mark.rstrip(b"\0").decode("latin-1") for mark, _, _, code, _ in entries}
        at += count * _ENTRY.size
    return tables


def _emitted(engine: Engine, voice: str, text: str, mnemonics: bool) -> set[str]:
    try:
        said = engine.say(text, voice, _FAST, mnemonics=mnemonics)
    except EngineUnavailable:  # some made-up texts overflow the engine's buffers; their halves pass
        halves = _halves(text)
        return set().union(*(_emitted(engine, voice, half, mnemonics) for half in halves))
    end = len(said.samples) / said.rate
    return {phone.symbol for phone in phones_of(said.events, end, end)}


def _halves(text: str) -> list[str]:
    words = text.split(" ")
    middle = len(words) // 2
    return [" ".join(words[:middle]), " ".join(words[middle:])] if middle else []


def _texts(voice: EngineVoice, tables: Tables) -> Iterator[tuple[str, bool]]:
    table = tables.get(_table_name(voice)) or tables.get(voice.languages[0].split("-")[0], tables["base2"])
    for batch in _batches([f"[[{word}]]" for word in _phoneme_words(table)]):
        yield batch, True
    for alphabet in _alphabets(voice.languages[0]):
        for batch in _batches(alphabet + _made_up(alphabet)):
            yield batch, False
    yield _COMMON, False


def _table_name(voice: EngineVoice) -> str:
    lines = (_folder() / "lang" / voice.path).read_text(errors="replace").splitlines()
    named = [line.split()[1] for line in lines if line.startswith("phonemes ")]
    return named[0] if named else voice.key


def _phoneme_words(table: dict[int, str]) -> Iterator[str]:
    names = {name for name in table.values() if name.isascii() and name.isprintable() and name[:1] not in ("", "_")}
    for name in sorted(names - {"||", "-"}):
        yield from (name, f"'{name}", f",{name}")
        for other in names & set(_NEIGHBOURS):
            yield from (other + name, name + other, f"'{name}{other}")


def _alphabets(language: str) -> Iterator[list[str]]:
    yield [chr(c) for c in range(0x61, 0x180) if chr(c).isalpha()]
    for script in scripts_of(language.split("-")[0]):
        letters = [chr(c) for c in range(0x370, 0xD7A4) if unicodedata.name(chr(c), "").startswith(script)]
        yield [c for c in letters if unicodedata.category(c)[0] in "LM"][:_MADE_UP_WORDS]


def _made_up(alphabet: list[str]) -> list[str]:
    chance = random.Random(0)
    return ["".join(chance.choices(alphabet, k=chance.randint(2, 5))) for _ in range(_MADE_UP_WORDS)]


def _batches(words: list[str]) -> Iterator[str]:
    for start in range(0, len(words), _BATCH):
        yield " ".join(words[start : start + _BATCH])


def _folder() -> Path:
    return Path(espeakng_loader.get_data_path())


if __name__ == "__main__":
    print("\n".join(sorted(symbols(shared()))))
