"""Edge's voices by name, known without asking Microsoft: listing them sends nothing anywhere."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SHORT_NAME = re.compile(r"(?P<locale>[a-z]{2,3}(?:-[A-Z][a-z]{3})?-[A-Z]{2}(?:-[a-z]+)?)-(?P<name>[A-Za-z]+)Neural")

_STRANGE = 4  # a distance: another language


@dataclass(frozen=True, slots=True)
class EdgeName:
    """A voice of Edge's."""

    locale: str
    """"en-US", "zh-CN-liaoning"."""
    name: str
    """"Aria", "AvaMultilingual"."""
    gender: str = ""
    """"female", "male", or empty for a voice that is not in the list."""

    @property
    def short(self) -> str:
        """Its ShortName: "en-US-AriaNeural"."""
        return f"{self.locale}-{self.name}Neural"

    @property
    def full(self) -> str:
        """Its Name, by which the service is asked."""
        return f"Microsoft Server Speech Text to Speech Voice ({self.locale}, {self.name}Neural)"

    @property
    def language(self) -> str:
        """BCP 47, lower case."""
        return self.locale.lower()


@cache
def known() -> dict[str, EdgeName]:
    """The voices of the list that comes with this module, by ShortName."""
    table = tomllib.loads(Path(__file__).with_name("voices.toml").read_text(encoding="utf-8"))
    voices = [
        EdgeName(locale, name, gender)
        for locale, names in table.items()
        for gender in ("female", "male")
        for name in names.get(gender, "").split()
    ]
    return {voice.short: voice for voice in voices}


def named(short: str) -> EdgeName | None:
    """The voice of a ShortName, be it newer than the list; None for what is no such name."""
    parsed = _SHORT_NAME.fullmatch(short)
    if parsed is None:
        return None
    return known().get(short) or EdgeName(parsed["locale"], parsed["name"])


def speaking(language: str, usual: EdgeName) -> EdgeName | None:
    """A voice for a language (BCP 47): `usual` if it speaks it, else the nearest of the list; None if there is none."""
    wanted = language.lower()
    nearest = min([usual, *known().values()], key=lambda voice: _distance(voice, wanted, usual))
    return nearest if _distance(nearest, wanted, usual) < _STRANGE else None


def _distance(voice: EdgeName, wanted: str, usual: EdgeName) -> int:
    kin = wanted.split("-")[0]
    if voice.language == wanted:
        return 0
    if voice.language.split("-")[0] != kin:
        return _STRANGE
    return 1 if voice is usual else 2 if voice.language == f"{kin}-{kin}" else 3
