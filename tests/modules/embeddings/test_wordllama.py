from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec

import numpy as np
import pytest

from kuchipaku import EngineUnavailable
from modules.embeddings import wordllama
from modules.embeddings.vectors import unit_rows
from modules.embeddings.wordllama import WordLlama


@pytest.fixture(scope="module")
def model() -> WordLlama:
    return WordLlama()


def test_texts_of_like_meaning_are_near(model: WordLlama) -> None:
    cat, kitten, law = model.embed(["a cat sleeps", "a kitten is napping", "the tax law was amended"])
    assert cat @ kitten > 0.3
    assert abs(cat @ law) < 0.1


def test_every_text_has_256_numbers_of_length_1(model: WordLlama) -> None:
    vectors = model.embed(["", " ", "one", "Ünïcode 漢字 🙂", "word " * 5000])
    assert (vectors.shape, vectors.dtype) == ((5, 256), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_vector_is_the_mean_of_those_of_the_tokens(model: WordLlama) -> None:
    one, two, both, thrice = model.embed(["cat", "law", "cat law", "cat cat cat"])
    assert thrice @ one == pytest.approx(1.0, abs=1e-5)
    assert both @ one > 0.5 and both @ two > 0.5


def test_texts_do_not_touch_each_other_however_many_there_are(
    model: WordLlama, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["one", "a much longer text than the first", "three", "", "five"]
    together = model.embed(texts)
    monkeypatch.setattr(wordllama, "BATCH", 2)
    assert np.array_equal(model.embed(texts), together)
    assert np.array_equal(np.concatenate([model.embed([text]) for text in texts]), together)


@pytest.mark.parametrize("name", wordllama.NEEDED)
def test_a_missing_package_is_named_with_the_command_that_brings_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(wanted: str) -> ModuleSpec | None:
        return None if wanted == name else importlib.util.find_spec(wanted)

    monkeypatch.setattr(wordllama, "find_spec", found)
    with pytest.raises(EngineUnavailable, match=f"the embeddings need {name}") as raised:
        WordLlama()
    assert raised.value.hint.startswith("python -m pip install -r requirements-extras.txt")


def test_rows_are_set_to_length_1_and_zeros_stay() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert rows.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 0.0]]
