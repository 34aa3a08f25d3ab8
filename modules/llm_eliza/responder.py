"""Finds the rule for a text and fills in its reply. No randomness: the same conversation gets the same answer."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from string import Template

from kuchipaku import CancelToken, Message
from modules.llm_eliza.rules import Rule, read_languages, read_rules

LONGEST_TEXT = 1000
"""Characters of a text that are looked at."""
LONGEST_TOPIC = 12
"""Words of a topic that is repeated back; a longer one is not."""

_NO_NAMES = r"(?:later|back|when|maybe|tomorrow|an?|the)\b"
_NAMES = re.compile(
    rf"\b(?:my name(?: is|'s)|call me|i am called|i'm called) (?!{_NO_NAMES})([^\W\d_][\w'-]{{0,30}})", re.IGNORECASE
)
_MARKUP = re.compile(r"[*_`#<>\[\]{}|~\\]")
_OWN_NAME = re.compile(r"You are ([^.,\n]{1,40})[.,\n]")
_OTHER_SIDE = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're", "i've": "you've",
    "i'll": "you'll", "i'd": "you'd", "your": "my", "yours": "mine", "yourself": "myself", "you're": "I'm",
    "you've": "I've", "you'll": "I'll", "you'd": "I'd",
}  # fmt: skip
_VERBS = {("i", "am"): "are", ("i", "was"): "were", ("you", "are"): "am", ("you", "were"): "was"}
_OBJECT_WORDS = "to for with about at of from by on than like love hate miss see hear tell ask help"
_BEFORE_OBJECT = frozenset(_OBJECT_WORDS.split())
"""Words after which "you" is "me", not "I"."""


class Eliza:
    """A rule-based responder: it recognises phrases and turns them round; it knows nothing."""

    description = "rule-based responder, not a language model"

    def __init__(self) -> None:
        self._rules = read_rules()
        self._languages = read_languages()

    def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
        """The answer to the last message, word by word. Never fails, needs no network."""
        for word in re.findall(r"\S+\s*", self.answer(messages)):
            if cancel.cancelled:
                return
            yield word

    def answer(self, messages: Sequence[Message]) -> str:
        """The whole answer, with one mark before each sentence."""
        asked = [message.content for message in messages if message.role == "user"]
        text = tidy(asked[-1]) if asked else ""
        said = {message.content.strip() for message in messages if message.role == "assistant"}
        for language in self._languages.values():
            if language.fits(text):
                return _choose(language.say, said, f"{len(asked)} {text}")
        repeated = len(asked) > 1 and text != "" and tidy(asked[-2]).lower() == text.lower()
        rule, topic = self._find(text, repeated)
        name = user_name(asked)
        values = {"it": topic, "me": own_name(messages), "called": name, "name": f", {name}" if name else ""}
        sayable = 0 < len(topic.split()) <= LONGEST_TOPIC
        fitting = [say for say in rule.say if sayable or "$it" not in say] or self._rules[-1].say
        if any("$called" in say for say in fitting):
            fitting = [say for say in fitting if ("$called" in say) == bool(name)]
        replies = [Template(say).substitute(values) for say in fitting]
        return _choose(replies, said, f"{len(asked)} {text}")

    def _find(self, text: str, repeated: bool) -> tuple[Rule, str]:
        """The rule for a text, and the text's topic seen from the other side."""
        for rule in self._rules:
            if rule.name == "repeated" and repeated:
                return rule, ""
            if found := rule.match(text):
                return rule, other_side(found[1] or "") if found.re.groups else ""
        return self._rules[-1], ""


def _choose(replies: Sequence[str], said: set[str], seed: str) -> str:
    """One of the replies, by the seed; not one that was said, while there are others."""
    fresh = [reply for reply in replies if reply not in said] or replies
    return fresh[zlib.crc32(seed.encode()) % len(fresh)]


def tidy(text: str) -> str:
    """The beginning of the text, on one line, with plain apostrophes."""
    return " ".join(text[:LONGEST_TEXT].replace("’", "'").split())


def own_name(messages: Sequence[Message]) -> str:
    """Who answers, from the system message; a neutral word where it does not say."""
    found = [_OWN_NAME.search(message.content) for message in messages if message.role == "system"]
    return next((match[1].strip() for match in found if match), "your talking head")


def user_name(asked: Sequence[str]) -> str:
    """The name that the user told last; empty if none."""
    for text in reversed(asked):
        if found := _NAMES.search(tidy(text)):
            return found[1][:1].upper() + found[1][1:]
    return ""


def other_side(topic: str) -> str:
    """The topic as the listener would say it: "I love you" -> "you love me"."""
    words = _MARKUP.sub(" ", topic).strip(" .,!?;:'\"").split()
    turned = []
    for place, word in enumerate(words):
        before = words[place - 1].lower() if place else ""
        last = place == len(words) - 1
        turned.append(_turned(word, before, last))
    return " ".join(turned)


def _turned(word: str, before: str, last: bool) -> str:
    lower = word.lower()
    if lower == "you":
        return "me" if last or before in _BEFORE_OBJECT else "I"
    return _VERBS.get((before, lower)) or _OTHER_SIDE.get(lower, word)
