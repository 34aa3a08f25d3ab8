"""The embedded responder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import modules.llm_eliza as plugin
from kuchipaku import LABELS, CancelToken, LanguageModel, Message
from kuchipaku.script import lines_of
from modules.llm_eliza.responder import Eliza, other_side
from modules.llm_eliza.rules import read_languages, read_rules

ELIZA = Eliza()
SYSTEM = Message("system", "You are Mio. You sing.")


def talk(*texts: str) -> list[str]:
    """The answers to texts that are said one after another."""
    messages = [SYSTEM]
    for text in texts:
        messages.append(Message("user", text))
        messages.append(Message("assistant", ELIZA.answer(messages)))
    return [message.content for message in messages if message.role == "assistant"]


def rule_of(text: str) -> str:
    """Which rule gave the answer, told by its words."""
    answer = talk(text)[0]
    starts = {rule.name: {say.split("$")[0] for say in rule.say} for rule in read_rules()}
    return next(name for name, heads in starts.items() if any(head and answer.startswith(head) for head in heads))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Hello!", "greeting"),
        ("good morning", "greeting"),
        ("How are you?", "how are you"),
        ("What is your name?", "asked its name"),
        ("My name is anna", "told name"),
        ("Who are you?", "asked what it is"),
        ("Are you an AI?", "asked what it is"),
        ("Are you a robot", "asked what it is"),
        ("What is the capital of France?", "asked about facts"),
        ("Who was Napoleon?", "asked about facts"),
        ("What's 12 * 12?", "asked about facts"),
        ("How many legs has a spider?", "asked about facts"),
        ("Tell me a joke", "joke"),
        ("tell me a story please", "story"),
        ("Show me your emotions", "show feelings"),
        ("I am so sad today", "sad"),
        ("I'm angry", "angry"),
        ("I am very happy", "happy"),
        ("My grandmother died", "grief"),
        ("I want to die", "harm"),
        ("Thank you!", "thanks"),
        ("Goodbye", "goodbye"),
        ("You are stupid", "insult"),
        ("You're so cute", "praise"),
        ("I love you", "loves me"),
        ("I love swimming", "likes"),
        ("I hate mondays", "dislikes"),
        ("My sister called", "family"),
        ("Can you dance?", "can you"),
        ("Yes", "yes"),
        ("no, thanks not", "thanks"),
        ("Nope.", "no"),
        ("why?", "why"),
        ("", "nothing"),
        ("?!", "nothing"),
        ("sdfkjh", "gibberish"),
        ("aaaaaaa", "gibberish"),
        ("I am not sad", "is"),
        ("Do you have feelings?", "about you"),
        ("I need help", "wants"),
        ("The train was late", "anything"),
    ],
)
def test_the_text_finds_its_rule(text: str, rule: str) -> None:
    assert rule_of(text) == rule


@pytest.mark.parametrize("text", ["What are you?", "Are you ChatGPT?", "What is the weather like?", "How do you work?"])
def test_it_is_honest_about_what_it_is(text: str) -> None:
    answer = talk(text)[0]
    assert any(words in answer for words in ("rule", "rules"))


def test_it_remembers_a_name() -> None:
    answers = talk("Hi, call me anna", "The train was late", "Thank you", "Goodbye", "Hello", "Thank you so much")
    assert "Anna" in answers[0]
    assert any("Anna" in answer for answer in answers[1:])


def test_it_speaks_as_the_character() -> None:
    answers = talk("What is your name?", "Tell me your name")
    assert all("Mio" in answer for answer in answers)


def test_the_same_conversation_gets_the_same_answers() -> None:
    assert talk("Hello", "I am sad", "Why?") == talk("Hello", "I am sad", "Why?")


def test_it_does_not_say_the_same_twice_while_there_is_a_choice() -> None:
    answers = talk("a joke", "another joke", "one more joke", "joke")
    assert len(set(answers)) == 4


def test_a_repeated_text_is_noticed() -> None:
    second = talk("The train was late", "the train was  late")[1]
    assert any(second == say for rule in read_rules() if rule.name == "repeated" for say in rule.say)


def test_what_is_no_name_is_not_taken_for_one() -> None:
    assert not any("Later" in answer for answer in talk("call me later", "Thank you", "Goodbye", "Hello"))


@pytest.mark.parametrize("topic", ["", "...", "word " * 40, "*" * 30])
@pytest.mark.parametrize("start", ["I feel ", "I want ", "I think ", "My favourite thing is "])
def test_a_topic_that_cannot_be_repeated_back_is_not(start: str, topic: str) -> None:
    answer = talk(start + topic)[0]
    assert list(lines_of([answer]))
    assert "word word" not in answer


def test_signs_in_a_topic_do_not_become_marks() -> None:
    answer = talk("I want *joy* and $name and `x` now")[0]
    assert all(line.emotion in ("curiosity", "desire", "optimism") for line in lines_of([answer]))
    assert "`" not in answer


@pytest.mark.parametrize(
    ("topic", "turned"),
    [
        ("you love me", "I love you"),
        ("I am tired of you", "you are tired of me"),
        ("my own way", "your own way"),
        ("that you are right!", "that I am right"),
        ("to talk to your sister", "to talk to my sister"),
        ("you hate me", "I hate you"),
    ],
)
def test_a_topic_is_seen_from_the_other_side(topic: str, turned: str) -> None:
    assert other_side(topic) == turned


GREETINGS = {
    "hi": "नमस्ते, आप कैसे हैं?", "bn": "নমস্কার", "ta": "வணக்கம்", "te": "నమస్కారం", "kn": "ನಮಸ್ಕಾರ", "ml": "നമസ്കാരം",
    "ja": "元気ですか", "zh": "你好吗", "ko": "안녕", "ru": "Привет", "ar": "مرحبا", "es": "Hola, ¿qué tal?",
    "de": "Guten Tag, wie geht es dir?", "fr": "Bonjour !", "it": "Ciao, come stai?", "pt": "Olá, tudo bem?",
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), GREETINGS.items())
def test_other_languages_get_an_answer_in_their_own(language: str, text: str) -> None:
    assert talk(text)[0] in read_languages()[language].say


def test_every_language_has_its_greeting_here() -> None:
    assert set(read_languages()) == set(GREETINGS)


@pytest.mark.parametrize(
    "text", ["No comment", "I like sim cards", "The MIT is old", "What a day", "Come and see", "I am late, so what"]
)
def test_english_is_not_taken_for_another_language(text: str) -> None:
    assert not any(language.fits(text) for language in read_languages().values())


ALL_REPLIES = [say for rule in read_rules() for say in rule.say] + [
    s for lang in read_languages().values() for s in lang.say
]


@pytest.mark.parametrize("reply", ALL_REPLIES)
def test_every_sentence_of_every_reply_has_a_mark(reply: str) -> None:
    lines = [line for line in lines_of([reply]) if line.ends_sentence]
    assert 1 <= len(lines) <= 3
    assert all(line.emotion in LABELS for line in lines)
    assert len(lines) == reply.count("*") // 2


def test_the_replies_use_every_label() -> None:
    used = {line.emotion for reply in ALL_REPLIES for line in lines_of([reply])}
    assert used == set(LABELS)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_gets_a_clean_answer(text: str, before: str) -> None:
    answer = ELIZA.answer([SYSTEM, Message("user", before), Message("assistant", ""), Message("user", text)])
    assert answer.strip()
    assert "$" not in answer
    assert list(lines_of([answer]))


def test_it_answers_without_any_message() -> None:
    assert ELIZA.answer([])


def test_the_reply_comes_word_by_word_and_stops_when_cancelled() -> None:
    cancel = CancelToken()
    words = ELIZA.reply([SYSTEM, Message("user", "Hello")], cancel)
    assert next(words).strip()
    cancel.cancel()
    assert list(words) == []
    whole = "".join(ELIZA.reply([SYSTEM, Message("user", "Hello")], CancelToken()))
    assert whole == talk("Hello")[0]


def test_the_plugin_offers_it_and_says_what_it_is() -> None:
    factories: dict[str, Callable[[], LanguageModel]] = {}
    plugin.register_llms(factories.__setitem__)
    assert factories["eliza"]().description == "rule-based responder, not a language model"  # type: ignore[attr-defined]
