"""The rules and the languages, read from their TOML files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Rule:
    """Replies to the texts in which one of the patterns is found."""

    name: str
    when: tuple[re.Pattern[str], ...]
    """Case does not matter; a group, if there is one, is the topic."""
    say: tuple[str, ...]
    """Templates: $it is the topic, seen from the other side; $me who answers; $name ", Anna" or nothing."""

    def match(self, text: str) -> re.Match[str] | None:
        """The first pattern's match in `text`."""
        return next((found for pattern in self.when if (found := pattern.search(text))), None)


@dataclass(frozen=True, slots=True)
class Language:
    """Polite replies in a language that the rules do not speak."""

    script: re.Pattern[str] | None
    """A character of its writing; None where that is Latin."""
    words: frozenset[str]
    """Words that tell it from English, lower case."""
    say: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """Whether `text` is in this language, by its script or by one of its words."""
        if self.script:
            return self.script.search(text) is not None
        return not self.words.isdisjoint(re.findall(r"[^\W\d_]+", text.lower()))


def read_rules() -> tuple[Rule, ...]:
    """The rules in order: the first that matches answers. The last matches any text."""
    return tuple(
        Rule(table["name"], tuple(re.compile(p, re.IGNORECASE) for p in table.get("when", ())), tuple(table["say"]))
        for table in _tables("rules.toml")["rule"]
    )


def read_languages() -> dict[str, Language]:
    """Code -> language, in order: the first that fits answers."""
    return {code: _language(table) for code, table in _tables("languages.toml").items()}


def _language(table: dict[str, Any]) -> Language:
    script = re.compile(f"[{table['script']}]") if "script" in table else None
    return Language(script, frozenset(table.get("words", "").split()), tuple(table["say"]))


def _tables(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))
