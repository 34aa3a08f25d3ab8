"""Sentences, clauses, marks and markup of a streamed reply."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuchipaku.markup import feeling_of
from kuchipaku.script import Line, lines_of
from kuchipaku.sentences import tidy


def texts(reply: str) -> list[str]:
    return [line.text for line in lines_of([reply])]


def felt(reply: str) -> list[tuple[str, str]]:
    return [(line.text, line.emotion) for line in lines_of([reply])]


SENTENCES = [
    ("Get out! Now.", ["Get out!", "Now."]),
    ("hi. how are you? fine", ["hi.", "how are you?", "fine"]),
    ("What?! No!!! Well?", ["What?!", "No!!!", "Well?"]),
    ("Dr. Smith met Mrs. Jones. They left.", ["Dr. Smith met Mrs. Jones.", "They left."]),
    ("J. K. Rowling wrote it. John F. Kennedy read.", ["J. K. Rowling wrote it.", "John F. Kennedy read."]),
    ("So do I. Good.", ["So do I.", "Good."]),
    ("Fruit, e.g. apples, i.e. food. Yes.", ["Fruit, e.g. apples, i.e. food.", "Yes."]),
    ("In the U.S. *joy* Now. Dr. *joy* Who.", ["In the U.S.", "Now.", "Dr. Who."]),
    ("See Fig. 3 or No. 5. I ate a fig. No. I did.", ["See Fig. 3 or No. 5.", "I ate a fig.", "No.", "I did."]),
    ("Tea, milk etc. and more. Tea etc. More.", ["Tea, milk etc. and more.", "Tea etc.", "More."]),
    ("At 5 p.m. we go. At 5 p.m. We go.", ["At 5 p.m. we go.", "At 5 p.m.", "We go."]),
    ("The U.S. Army marched. Done.", ["The U.S. Army marched.", "Done."]),
    ("Pi is 3.14. It costs 1,000.50 at 10:30.", ["Pi is 3.14.", "It costs 1,000.50 at 10:30."]),
    ("Version 1.2.3 is out. See example.com now.", ["Version 1.2.3 is out.", "See example.com now."]),
    ("Wait... what? Wait... What?", ["Wait... what?", "Wait...", "What?"]),
    ("Well… maybe. Well… Maybe.", ["Well… maybe.", "Well…", "Maybe."]),
    ('"Get out!" she said. "Why?" He left.', ['"Get out!" she said.', '"Why?"', "He left."]),
    ("“Go.” Then (yes!) he went. (Really.) Fine.", ["“Go.”", "Then (yes!) he went.", "(Really.)", "Fine."]),
    ("Ça va ? « Bonjour ! » dit-il. Oui.", ["Ça va ?", "« Bonjour ! » dit-il.", "Oui."]),
    ("„Hallo.“ Dann ging er.", ["„Hallo.“", "Dann ging er."]),
    ("¿Qué tal? ¡Muy bien!", ["¿Qué tal?", "¡Muy bien!"]),
    ("Hello!How are you?Fine", ["Hello!", "How are you?", "Fine"]),
    ("One line\nanother line\n\nlast", ["One line", "another line", "last"]),
    ("नमस्ते। आप कैसे हैं? ठीक हूँ॥", ["नमस्ते।", "आप कैसे हैं?", "ठीक हूँ॥"]),
    ("डॉ. शर्मा आए। वे बैठे।", ["डॉ. शर्मा आए।", "वे बैठे।"]),
    ("வணக்கம்! எப்படி இருக்கிறீர்கள்? நன்றி.", ["வணக்கம்!", "எப்படி இருக்கிறீர்கள்?", "நன்றி."]),
    ("నమస్కారం. మీరు ఎలా ఉన్నారు? బాగున్నాను.", ["నమస్కారం.", "మీరు ఎలా ఉన్నారు?", "బాగున్నాను."]),
    ("ನಮಸ್ಕಾರ. ಹೇಗಿದ್ದೀರಿ? ಚೆನ್ನಾಗಿದ್ದೇನೆ।", ["ನಮಸ್ಕಾರ.", "ಹೇಗಿದ್ದೀರಿ?", "ಚೆನ್ನಾಗಿದ್ದೇನೆ।"]),
    ("നമസ്കാരം. സുഖമാണോ? അതെ! നന്ദി.", ["നമസ്കാരം.", "സുഖമാണോ?", "അതെ!", "നന്ദി."]),
    ("こんにちは。元気ですか？はい！", ["こんにちは。", "元気ですか？", "はい！"]),
    ("「はい！」と言った。「うん。」「いや。」", ["「はい！」と言った。", "「うん。」", "「いや。」"]),
    ("えっと……そうですね。", ["えっと……", "そうですね。"]),
    ("元気?はい!行こう.さあ", ["元気?", "はい!", "行こう.", "さあ"]),
    ("他说：“走吧。”然后走了。", ["他说：“走吧。”", "然后走了。"]),
    ("안녕하세요. 반가워요!", ["안녕하세요.", "반가워요!"]),
    ("مرحبا؟ نعم۔ لا.", ["مرحبا؟", "نعم۔", "لا."]),
]


@pytest.mark.parametrize(("reply", "expected"), SENTENCES)
def test_sentences_end_where_a_reader_would_end_them(reply: str, expected: list[str]) -> None:
    assert texts(reply) == expected


MARKS = [
    ("*anger* Get out!", [("Get out!", "anger")]),
    ("Get *anger* out!", [("Get out!", "anger")]),
    ("Get out! *anger*", [("Get out!", "anger")]),
    ("*anger* Get out! *joy* Stay.", [("Get out!", "anger"), ("Stay.", "joy")]),
    ("Get out! *anger* Stay. *joy*", [("Get out!", "anger"), ("Stay.", "joy")]),
    ("A. *joy* B. *anger*", [("A.", "joy"), ("B.", "anger")]),
    ("*joy* One. Two. *anger*", [("One.", "joy"), ("Two.", "anger")]),
    ("*joy* One. Two. *anger* Three.", [("One.", "joy"), ("Two.", ""), ("Three.", "anger")]),
    ("*joy* One. Two. *anger*\nThree.", [("One.", "joy"), ("Two.", "anger"), ("Three.", "")]),
    ("*joy* One. *anger*\nThree.", [("One.", "joy"), ("Three.", "anger")]),
    ("Hello!\n*joy* How are you?", [("Hello!", ""), ("How are you?", "joy")]),
    ("*joy*\nHello.", [("Hello.", "joy")]),
    ("*joy* ... *anger*\nHello.", [("Hello.", "joy")]),
    ("I am fine *joy*. Go *anger*!", [("I am fine.", "joy"), ("Go!", "anger")]),
    ("*sighs* Well. *waves at you* *joy* Bye.", [("Well.", "joy"), ("Bye.", "")]),
    ("*sighs* *joy* Well. *fear* *anger* Bye.", [("Well.", "joy"), ("Bye.", "fear")]),
    ("*Happy!* Hi. *furious* Out.", [("Hi.", "joy"), ("Out.", "anger")]),
    ("**anger** Get out!", [("Get out!", "anger")]),
    ("***anger*** Get out!", [("Get out!", "anger")]),
    ("I am **really** sad. **Love** it.", [("I am really sad.", ""), ("Love it.", "")]),
    ("a *b **c** d* e ***f*** g *h *i* j* k", [("a e g k", "")]),
    ("*joy*Hi.*anger*Out.", [("Hi.", "joy"), ("Out.", "anger")]),
    ("*joy*こんにちは。*anger*出て行け！", [("こんにちは。", "joy"), ("出て行け！", "anger")]),
    ("＊joy＊やあ。", [("やあ。", "joy")]),
    ("*sighs and then nothing. Right", [("sighs and then nothing.", ""), ("Right", "")]),
    ("*sighs and *joy* hello", [("sighs and hello", "joy")]),
    ("*joy\nHello.", [("Hello.", "joy")]),
    ("*joy. Hello.", [("Hello.", "joy")]),
    ("*anger Get out!", [("Get out!", "anger")]),
    ("*joy *Hello!", [("Hello!", "joy")]),
    ("Hello* there.", [("Hello there.", "")]),
    ("2 * 3 * 4 is 24, 5*6*7 more.", [("2 × 3 × 4 is 24, 5×6×7 more.", "")]),
    ("* one\n* *joy* two", [("one", ""), ("two", "joy")]),
    ("f***ing **b", [("fing b", "")]),
    (r"\*joy\* Hi.", [("joy Hi.", "")]),
    ("*joy*", []),
    ("*joy*: Hello! *anger* - Out! (*sighs*) -5 degrees.", [("Hello!", "joy"), ("Out!", "anger"), ("-5 degrees.", "")]),
    ("*She walks on. She stops!* Hello.", [("Hello.", "")]),
]


@pytest.mark.parametrize(("reply", "expected"), MARKS)
def test_a_mark_gives_its_feeling_to_its_sentence(reply: str, expected: list[tuple[str, str]]) -> None:
    assert felt(reply) == expected


@pytest.mark.parametrize(
    ("mark", "strength"), [("joy", 1.0), ("joy:0.5", 0.5), ("joy 0.25", 0.25), ("joy: 80%", 0.8), ("joy 7", 1.0)]
)
def test_a_mark_may_bring_its_strength(mark: str, strength: float) -> None:
    assert list(lines_of([f"*{mark}* Hi."])) == [Line(0, "Hi.", "joy", strength)]


MARKUP = [
    ("# Title\n## *joy* Sub #1", ["Title", "Sub #1"]),
    ("> quoted\n>> twice", ["quoted", "twice"]),
    ("- a\n+ b\n• c\n  * d\n1. First thing\n2. Second", ["a", "b", "c", "d", "1. First thing", "2. Second"]),
    ("-5 degrees - no more", ["-5 degrees - no more"]),
    ("| a | b |\n|---|:-:|\n| c | *joy* d |", ["a, b", "c, d"]),
    ("a **b** _c_ __d__ ~~e~~ `f` snake_case", ["a b c d e f snake case"]),
    ("Go:\n```python\nprint('*')\n```\nDone ```x``` now.", ["Go:", "Done now."]),
    ("Go. ```never closed. Really", ["Go."]),
    ("See [the docs](http://x.y/z_(a)) now [sic] [x", ["See the docs now [sic] [x"]),
    ("Look: ![a cat](cat.png) nice! [*", ["Look: nice!"]),
    ("Read https://a.b/c?d=e_f. Then www.x.org, ok (http://x.y).", ["Read.", "Then, ok."]),
    ("https://only.example/page", []),
    ("ah <b>bold</b> <br>new <3 a<b", ["ah bold", "new <3 a<b"]),
    ("<think>no. *anger* no</think>Yes. <think>open", ["Yes."]),
    ("Hi 👩‍👩‍👧! 👍🏽 1️⃣ ok 🇩🇪. 😀", ["Hi!", "1 ok."]),
    ("क्‍ष നന്‍മ می‌روم", ["क्‍ष നന്‍മ می‌روم"]),
    ("  much \t space \r\n here\x00 ", ["much space", "here"]),
    ('...\n?!\n---\n***\n"', []),
    ("", []),
]


@pytest.mark.parametrize(("reply", "expected"), MARKUP)
def test_markup_is_not_spoken(reply: str, expected: list[str]) -> None:
    assert texts(reply) == expected


def test_only_the_first_sentence_is_cut_at_a_clause() -> None:
    reply = "*joy* This is a rather long first clause, and more follows. And here is another long one, you see."
    first, second, third = lines_of([reply])
    assert (first.text, first.ends_sentence) == ("This is a rather long first clause,", False)
    assert (second.text, second.ends_sentence) == ("and more follows.", True)
    assert third.text == "And here is another long one, you see."
    assert [first.emotion, second.emotion, third.emotion] == ["joy", "joy", ""]


@pytest.mark.parametrize(
    ("reply", "first"),
    [
        ("Oh, I see, you are right about that, and so on.", "Oh, I see, you are right about that,"),
        ("It costs about 1,000,000 dollars in 10:30 hours.", "It costs about 1,000,000 dollars in 10:30 hours."),
        ("Everything that I ever wanted—truly everything.", "Everything that I ever wanted—"),
        ("今日はとても天気がいいので、公園に行きましょう。", "今日はとても天気がいいので、"),
        ("A sentence that ends with a comma,", "A sentence that ends with a comma,"),
    ],
)
def test_the_first_clause_is_cut_where_sound_may_start(reply: str, first: str) -> None:
    assert texts(reply)[0] == first


@pytest.mark.parametrize("word", ["word ", "word, ", "字", "字，", "ๆ", "क्षि"])
def test_no_line_is_longer_than_a_voice_can_take(word: str) -> None:
    lines = list(lines_of([word * 300 + "."]))
    assert len(lines) > 1
    assert max(len(line.text) for line in lines) <= 520
    assert [line.ends_sentence for line in lines] == [False] * (len(lines) - 1) + [True]
    assert "".join("".join(texts(word * 300)).split()) == "".join((word * 300).split())


def test_a_long_sentence_is_cut_after_a_clause_rather_than_a_word() -> None:
    lines = texts("Short. " + "words " * 25 + "end, " + "words " * 25 + "end.")
    assert lines[1].endswith("end,")


def read_when_known(reply: str) -> list[tuple[int, str]]:
    """Each line with the number of characters that had been read when it came."""
    read = 0

    def characters() -> Iterator[str]:
        nonlocal read
        for character in reply:
            read += 1
            yield character

    return [(read, line.text) for line in lines_of(characters())]


def test_a_marked_sentence_is_known_at_the_space_after_it() -> None:
    first, *_ = read_when_known("*joy* Hi there. And more.")
    assert first == (len("*joy* Hi there. "), "Hi there.")


def test_a_sentence_without_a_mark_waits_for_one_letter() -> None:
    first, *_ = read_when_known("Hi there. And more.")
    assert first == (len("Hi there. A"), "Hi there.")


def test_a_mark_under_way_holds_back_nothing_before_it() -> None:
    first, *_ = read_when_known("*joy* Hi there. *walks to the window, slowly* Oh.")
    assert first[0] == len("*joy* Hi there. ")


FRAGMENTS = st.sampled_from(
    ["*", "**", "joy", "*joy*", " ", "\n", ".", "!", "...", "a", "Hello", "Dr.", "3", "，", "。", "「", "」", "नमस्ते",
     "।", "`", "```", "[", "](", ")", "<", "think>", "</", ">", "|", "#", "https://x.y", "😀",
     "_", "~", "\\", ",", '"', "-"]
)  # fmt: skip
REPLIES = st.lists(FRAGMENTS, max_size=40).map("".join) | st.text(max_size=80)


@settings(max_examples=150, deadline=None)
@given(REPLIES, st.lists(st.integers(0, 80)))
def test_how_the_text_is_cut_into_pieces_changes_nothing(reply: str, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(reply)]
    pieces = [reply[start:end] for start, end in pairwise(places)]
    assert "".join(pieces) == reply
    assert list(lines_of(pieces)) == list(lines_of([reply]))


@settings(max_examples=150, deadline=None)
@given(REPLIES)
def test_every_line_is_tidy_and_numbered(reply: str) -> None:
    for n, line in enumerate(lines_of([reply])):
        assert line.n == n
        assert line.text == " ".join(line.text.split())
        assert any(map(str.isalnum, line.text))
        assert "*" not in line.text
        assert "😀" not in line.text


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("abcd .!?,अआ。字"), max_size=120))
def test_no_letter_of_plain_text_is_lost_or_moved(reply: str) -> None:
    said = "".join(texts(reply))
    assert [letter for letter in said if letter.isalnum()] == [letter for letter in reply if letter.isalnum()]


@pytest.mark.parametrize(
    "part", ["*a ", "<a", "[a", "**a ", "`", "a", "字", "x, ", "!", "- ", "(", "\u0301", "Hi. *joy* "]
)
def test_the_work_grows_with_the_length_only(part: str) -> None:
    def seconds(characters: int) -> float:
        start = time.perf_counter()
        list(lines_of([part * (characters // len(part))]))
        return time.perf_counter() - start

    short = min(seconds(4000), seconds(4000))
    assert min(seconds(32_000), seconds(32_000)) < 8 * short * 4 + 0.05


NASTY = [
    " ", "1", " 1", "* ", "*a ", "*a 1 ", "*a*b ", "*a **b ", "***a ", "<i *a> b*c ", "*a <b* c>d* ", "[*a](b*c) ",
    "[", "]", "(", "( ", "![", "`", "``", '"', "_", "~", ".", "…", "。”", ". ", "e.g. ", "K. ", "</", "h", "http://",
    "|", "\\",
]  # fmt: skip


def processing(work: Callable[[], object]) -> float:
    """Processor seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("part", NASTY)
@pytest.mark.parametrize("start", ["", "*x ", "*a", "**a"])
def test_no_repetition_takes_long_to_read(start: str, part: str) -> None:
    reply = start + part * (20_000 // len(part)) + "b"
    assert processing(lambda: list(lines_of([reply]))) < 4.0


@pytest.mark.parametrize(
    "mark", ["a{spaces}{digits}b", "a{spaces}1{spaces}b", "a.{digits}.{digits}b", "{pairs}b", "{digits}%b"]
)
def test_the_strength_of_a_mark_is_sought_in_linear_time(mark: str) -> None:
    words = mark.format(spaces=" " * 10_000, digits="1" * 10_000, pairs="a 1" * 10_000)
    assert processing(lambda: feeling_of(words)) < 2.0


def test_empty_brackets_are_sought_in_linear_time() -> None:
    assert processing(lambda: tidy("a" + " " * 20_000 + "b (  ) c" + "( " * 10_000)) < 2.0
    assert tidy("a  ( ) b [] c") == "a b c"


def test_a_sentence_that_ends_in_nothing_speakable_keeps_its_mark_to_itself() -> None:
    lines = list(lines_of(["*joy* Hello there my dear old friend, (😀). Next one."]))
    assert [(line.text, line.emotion) for line in lines][-1] == ("Next one.", "")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("<THINK>plan</THINK>Hello you.", ["Hello you."]),
        ("See HTTPS://EXAMPLE.COM/FOO now.", ["See now."]),
        ("See WWW.example.com now.", ["See now."]),
    ],
)
def test_upper_case_is_no_hiding_place(text: str, spoken: list[str]) -> None:
    assert [line.text for line in lines_of([text])] == spoken
