"""Text as a language model writes it -> what of it is spoken, character by character.

Marks between asterisks become an `Aside`, and so do emoji, addresses, pictures and tags; the signs of Markdown go;
code blocks and <think> blocks are dropped. Never more is read ahead than a construct needs to be told apart.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kuchipaku.emotion import LABELS, Feeling
from kuchipaku.marks import emotion_of


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that stands in the text and is not spoken; a mark brings its feeling."""

    feeling: Feeling | None = None


Token = str | Aside
"""One character of spoken text, "\\n" for the end of a line, or an aside."""

_PICTURE_RANGES = (
    (0x20E3, 0x20E3), (0x2300, 0x23FF), (0x25A0, 0x27BF), (0x2B00, 0x2BFF), (0xFE00, 0xFE0F),
    (0x1F000, 0x1FAFF), (0xE0020, 0xE007F),
)  # fmt: skip
_PICTURES = frozenset(chr(code) for first, last in _PICTURE_RANGES for code in range(first, last + 1))
"""Emoji and what modifies them (keycap, variation selectors, skin tones, flags, tags), from the Unicode blocks."""
_SILENT = frozenset(map(chr, [*range(9), *range(14, 32), 0x0D, 0x7F, 0xAD, 0x200B, 0x2060, 0xFEFF]))
"""Control and invisible characters; the joiners of Indic and Persian writing are not among them."""
_JOINER = "\u200d"

_HIDDEN = frozenset({"think", "thinking", "reasoning", "script", "style"})
"""Elements whose content is dropped with them."""
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "ul", "ol"})
_TAG = re.compile(r"/?([a-z][a-z0-9]*)", re.IGNORECASE)
_STRENGTH = re.compile(r"(.*[^\s:=])[\s:=]++(\d++(?:\.\d++)?|\.\d++)(%?)\s*")
_NAMED = (re.compile(r"[^.!?…。！？।*\n]*"), re.compile(r"\w+(?=\s+[^\sa-z])"))
"""What may name the feeling of an unclosed mark: all up to the end of the sentence, or a word before a capital."""
_BRACKET_LIMIT = 300
_BOLD_LIMIT = 20
_MOST_FAILURES = 8
"""Unclosed marks of a line after which its stars open none: each was looked for up to the end of the line."""
_ENDS = ".!?…。！？।॥؟۔"
_AFTER_URL = ".,!?;:)]}'\""


def feeling_of(words: str) -> Feeling | None:
    """The feeling a mark names, with its strength ("joy", "joy 0.5", "joy: 50%"); None for other words."""
    strength = 1.0
    if found := _STRENGTH.fullmatch(words):
        words = found[1]
        strength = min(1.0, float(found[2]) / (100 if found[3] else 1))
    emotion = emotion_of(words)
    return Feeling(emotion, strength) if emotion else None


def speakable(characters: Iterable[str]) -> Iterator[Token]:
    """What is spoken of a text that arrives character by character, as early as it can be known."""
    return _Scanner(iter(characters)).tokens()


class _Scanner:
    """Reads characters, looking ahead where a construct may begin."""

    def __init__(self, characters: Iterator[str]) -> None:
        self._characters = characters
        self._ahead: deque[str] = deque()
        self._position = 0
        self._previous = ""
        self._last_spoken = ""
        self._unclosed: set[int] = set()
        self._failures = 0  # marks of this line that proved unclosed
        self._constructs = {
            "\n": self._newline, "*": self._star, "`": self._backtick, "[": self._bracket, "!": self._exclamation,
            "<": self._angle, "_": self._underscore, "~": self._tilde, "\\": self._backslash,
            "h": self._address, "H": self._address, "w": self._address, "W": self._address,
        }  # fmt: skip

    def tokens(self) -> Iterator[Token]:
        """The tokens of the whole text."""
        self._start_line()
        while character := self._take():
            for token in self._tokens_of(character):
                if isinstance(token, str) and not token.isspace():
                    self._last_spoken = token
                yield token

    def _tokens_of(self, character: str) -> Iterable[Token]:
        construct = self._constructs.get(character)
        if construct is not None:
            before, self._previous = self._previous, character
            return construct(before)
        if character == _JOINER and self._previous in _PICTURES:
            return ()
        self._previous = character
        if character in _PICTURES:
            return (Aside(),)
        return () if character in _SILENT else (character,)

    def _take(self) -> str:
        character = self._ahead.popleft() if self._ahead else next(self._characters, "")
        self._position += len(character)
        return "*" if character == "＊" else character

    def _give_back(self, text: str) -> None:
        self._ahead.extendleft(reversed(text))
        self._position -= len(text)

    def _peek(self) -> str:
        character = self._take()
        self._give_back(character)
        return character

    def _take_if(self, text: str) -> bool:
        taken = ""
        while len(taken) < len(text):
            character = self._take()
            taken += character
            if not character or not text.startswith(taken.lower()):
                self._give_back(taken)
                return False
        return True

    def _take_run(self, of: str) -> int:
        count = 0
        while self._peek() == of:
            self._take()
            count += 1
        return count

    def _take_until(self, end: str, stops: str = "\n", limit: int = _BRACKET_LIMIT) -> str | None:
        """The text up to `end`, taken with it; None, with nothing taken, where a stop or the limit comes first."""
        taken = ""
        while (character := self._take()) != end:
            if not character or character in stops or len(taken) >= limit:
                self._give_back(taken + character)
                return None
            taken += character
        return taken

    # What begins a line

    def _newline(self, before: str) -> Iterator[Token]:
        yield "\n"
        self._last_spoken = ""
        self._failures = 0
        self._start_line()

    def _start_line(self) -> None:
        """Drop headings' signs, quote signs and bullets; turn a row of a table into a plain line."""
        while (character := self._take()) and character in " \t>":
            self._previous = character
        self._give_back(character)
        if character and character in "-+•*":
            self._drop_if_spaced(character, 1)
        elif character == "#":
            self._drop_if_spaced(character, 6)
        elif character == "|":
            self._table_row()

    def _drop_if_spaced(self, sign: str, most: int) -> None:
        taken = sign * self._take_run(sign)
        if len(taken) > most or self._peek() not in (" ", "\t"):
            self._give_back(taken)

    def _table_row(self) -> None:
        row = ""
        while (character := self._take()) and character != "\n":
            row += character
        cells = [cell.strip() for cell in row.strip(" |\t\r").split("|")]
        rule = not set(row) - set("|-: \t\r")
        self._give_back(("" if rule else ", ".join(cells)) + character)

    # Marks and emphasis

    def _star(self, before: str) -> Iterator[Token]:
        start = self._position - 1
        run = 1 + self._take_run("*")
        after = self._peek()
        if run == 1 and _stands_free(before, after):
            yield "×" if self._last_spoken.isdigit() else Aside()
        elif run == 2:
            yield from self._bold(after)
        elif run > 2 and before.isalnum() and after.isalnum():
            return
        elif not after or after.isspace() or start in self._unclosed or self._failures >= _MOST_FAILURES:
            yield Aside()
        else:
            yield self._mark(start)

    def _bold(self, after: str) -> Iterator[Token]:
        """Bold text is spoken, but for a lone label where a sentence may begin: that is a mark."""
        if after.isalpha() and (not self._last_spoken or self._last_spoken in _ENDS):
            words = self._take_until("*", limit=_BOLD_LIMIT)
            if words is None:
                return
            stars = "*" * (1 + self._take_run("*"))
            space = " " * self._take_run(" ")
            if words.strip(" .!:").lower() in LABELS and not self._peek().islower():
                yield Aside(feeling_of(words))
                self._give_back(space)
            else:
                self._give_back(words + stars + space)

    def _mark(self, start: int) -> Aside:
        """The mark whose opening star was taken; of an unclosed one only the star goes, and a feeling's name."""
        held: list[str] = []
        opened = [(start, 0)]
        while (character := self._take()) and character != "\n":
            held.append(character)
            if character != "*":
                continue
            stars = 1 + self._take_run("*")
            held.append("*" * (stars - 1))
            if self._closes(stars, held, opened):
                opened.pop()
            elif stars != 2:
                opened.append((self._position - stars, len(held)))
            if not opened:
                self._previous = "*"
                return Aside(feeling_of("".join(held).strip("* ")))
        self._give_back("".join(held) + character)
        return self._unclosed_mark(held, opened)

    def _closes(self, stars: int, held: list[str], opened: list[tuple[int, int]]) -> bool:
        if stars == 2:
            return False
        start, end = opened[-1][1], len(held) - 2
        spaced = end <= start or held[end - 1].isspace()
        names_feeling = end - start <= _BRACKET_LIMIT and feeling_of("".join(held[start:end])) is not None
        return names_feeling or not spaced or self._peek() in ("", " ", "\n")

    def _unclosed_mark(self, held: list[str], opened: list[tuple[int, int]]) -> Aside:
        self._unclosed.update(position for position, _ in opened)
        self._failures += 1
        for named in _NAMED:
            words = named.match("".join(held))
            if words and (feeling := feeling_of(words[0])):
                for _ in words[0]:
                    self._previous = self._take()
                return Aside(feeling)
        return Aside()

    def _underscore(self, before: str) -> Iterator[Token]:
        if before.isalnum() and self._peek().isalnum():
            yield " "

    def _tilde(self, before: str) -> Iterator[Token]:
        if not self._take_run("~") and self._peek().isdigit():
            yield "~"

    def _backslash(self, before: str) -> Iterator[Token]:
        following = self._peek()
        if following and following in "\\*_`~#|<>[]()!.-+":
            self._previous = self._take()
            if following not in "\\*_`~#|":
                yield following

    # What is left out

    def _backtick(self, before: str) -> Iterator[Token]:
        if self._take_run("`") < 2:
            return
        ticks = 0
        while ticks < 3 and (character := self._take()):
            ticks = ticks + 1 if character == "`" else 0
        yield Aside()

    def _exclamation(self, before: str) -> Iterator[Token]:
        if self._take_if("["):
            words = self._take_until("]", stops="\n[")
            if words is not None and self._take_if("("):
                self._skip_target()
                yield Aside()
                return
            self._give_back("[" if words is None else f"[{words}]")
        yield "!"

    def _bracket(self, before: str) -> Iterator[Token]:
        words = self._take_until("]", stops="\n[")
        if words is not None and self._take_if("("):
            self._skip_target()
            self._give_back(words)
            return
        if words is not None:
            self._give_back(words + "]")
        yield "["

    def _skip_target(self) -> None:
        depth = 1
        while depth and (character := self._take()):
            depth += (character == "(") - (character == ")")
            if character == "\n":
                self._give_back(character)
                return

    def _angle(self, before: str) -> Iterator[Token]:
        following = self._peek()
        inside = self._take_until(">", stops="\n<") if following.isalpha() or following in ("/", "!") else None
        if inside is None:
            yield "<"
            return
        tag = _TAG.match(inside)
        name = tag[1].lower() if tag else ""
        if name in _HIDDEN and not inside.startswith("/"):
            self._skip_element(name)
        yield "\n" if name in _BREAKING else Aside()

    def _skip_element(self, name: str) -> None:
        while character := self._take():
            if character == "<" and self._take_if(f"/{name}>"):
                return

    def _address(self, before: str) -> Iterator[Token]:
        letter = self._previous
        rests = ("ttps://", "ttp://") if letter in "hH" else ("ww.",)
        if before.isalnum() or not any(map(self._take_if, rests)):
            yield letter
            return
        url = ""
        while (character := self._take()).isascii() and character > " " and character not in "<>*":
            url += character
        kept = len(url.rstrip(_AFTER_URL))
        self._give_back(url[kept:] + character)
        yield Aside()


def _stands_free(before: str, after: str) -> bool:
    """Whether a star between these is a sign of arithmetic, not of a mark."""
    return (before.isspace() and after == " ") or (before.isdigit() and after.isdigit())
