from __future__ import annotations

import pytest

from modules.summarize.extract import ExtractiveSummarizer, dot, picked, vectors_of
from modules.summarize.text import LONGEST_SENTENCE, sentences_of, tidy

STORY = """Mira keeps the lighthouse on the northern rocks.
Tonight a storm comes, and the lamp of the lighthouse is broken.
She sighs.
Without the lamp the ships will run onto the northern rocks!
A gull sits on the roof.
Her brother brings a new lamp by boat before the storm begins.
They eat soup.
Soon the lighthouse shines, and the ships pass the rocks in the storm."""


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("one   two\n\nthree", "one two three"),
        ("  ﬁne\u00a0½ ", "fine 1⁄2"),
        ("\t\n", ""),
    ],
)
def test_tidy_text_is_normalized_and_has_single_blanks(text: str, clean: str) -> None:
    assert tidy(text) == clean


def test_sentences_end_at_signs_and_lines_but_not_at_titles() -> None:
    found = sentences_of("Dr. Miller waits.  Who\u00a0knows?\nBob: no idea\n...\n雨が降る。寒い。")
    assert found == ["Dr. Miller waits.", "Who knows?", "Bob: no idea", "雨が降る。", "寒い。"]


def test_a_sentence_without_end_counts_by_its_clauses() -> None:
    found = sentences_of("and then we walked on, " * 100)
    assert len(found) > 3
    assert max(map(len, found)) <= 2 * LONGEST_SENTENCE
    assert " ".join(found).count("walked") == 100


def test_a_summary_is_made_of_the_sentences_that_say_most_in_their_order() -> None:
    summary = ExtractiveSummarizer(3).summarize(STORY)
    chosen = sentences_of(summary)
    lines = STORY.splitlines()
    assert len(chosen) == 3
    assert [lines.index(sentence) for sentence in chosen] == sorted(lines.index(sentence) for sentence in chosen)
    assert not {"She sighs.", "A gull sits on the roof.", "They eat soup."} & set(chosen)
    assert summary.endswith("Soon the lighthouse shines, and the ships pass the rocks in the storm.")


@pytest.mark.parametrize(("most", "count"), [(1, 1), (2, 2), (3, 3), (100, 3)])
def test_a_third_of_the_sentences_is_picked_and_no_more_than_is_set(most: int, count: int) -> None:
    assert len(sentences_of(ExtractiveSummarizer(most).summarize(STORY))) == count


@pytest.mark.parametrize("text", ["", " \n", "...", "one   two", "🙂"])
def test_what_has_no_two_sentences_is_its_own_summary(text: str) -> None:
    assert ExtractiveSummarizer(5).summarize(text) == tidy(text)


def test_what_was_said_is_not_said_again() -> None:
    lines = ["The red dragon guards a treasure of old gold in the deep cave."] * 3
    lines += ["A knight rides through the dark forest with a silver sword and a shield."]
    assert set(picked(vectors_of(lines), 2)) > {3}


def test_of_scripts_without_blanks_characters_count_as_words() -> None:
    cat, kitten, law = vectors_of(["猫が庭で寝ている。", "庭の猫が寝た。", "法律改正案可決。"])
    assert dot(cat, kitten) > 0.3
    assert dot(cat, law) == 0.0
    assert dot(cat, cat) == pytest.approx(1.0)
