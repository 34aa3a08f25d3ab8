"""Texts as vectors: what is spelled alike is close, on every machine the same."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from kuchipaku import EngineUnavailable
from modules.chromadb_store.embedders import SIZE, HashedEmbedder, SentenceEmbedder, embedder, features
from modules.chromadb_store.settings import ChromaSettings


def closeness(one: str, other: str) -> float:
    first, second = HashedEmbedder().embed([one, other])
    return float(first @ second)


def test_vectors_have_length_one_and_those_of_nothing_zero() -> None:
    vectors = HashedEmbedder().embed(["I like green tea.", "...", ""])
    assert (vectors.dtype, vectors.shape) == (np.float32, (3, SIZE))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 0.0, 0.0])
    assert HashedEmbedder().embed([]).shape == (0, SIZE)


def test_the_same_words_are_the_same_whatever_their_case_and_marks() -> None:
    assert closeness("Green tea!", "green  TEA") == pytest.approx(1.0)
    assert closeness("Straße", "STRASSE") == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "like", "unlike"),
    [
        ("the dragon sleeps in a cave", "where does the dragon sleep?", "my sister bakes bread"),
        ("walking", "walked", "talon"),
        ("お茶が好きです", "お茶が飲みたい", "犬と猫"),
    ],
)
def test_what_is_spelled_alike_is_closer(text: str, like: str, unlike: str) -> None:
    assert closeness(text, like) > closeness(text, unlike) + 0.1


def test_vectors_are_the_same_on_every_machine() -> None:
    (vector,) = HashedEmbedder().embed(["tea"])
    assert {int(place): round(float(vector[place]), 4) for place in np.flatnonzero(vector)} == {
        81: -0.2981,
        165: 0.2981,
        195: 0.2981,
        404: -0.2981,
        434: 0.2981,
        448: -0.7454,
    }


def test_a_word_is_counted_whole_and_in_pieces() -> None:
    assert list(features("Tea")) == [("=tea", 1.0)] + [(piece, 0.4) for piece in ("<te", "tea", "ea>", "<tea", "tea>")]


def test_the_settings_choose_the_embedder(tmp_path: Path) -> None:
    assert embedder(ChromaSettings()).name == "hashed-1"
    with pytest.raises(EngineUnavailable, match="there is no model") as raised:
        embedder(ChromaSettings(model=str(tmp_path / "absent")))
    assert "plugins.chromadb_store.model" in raised.value.hint


def test_a_missing_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EngineUnavailable, match="not installed") as raised:
        embedder(ChromaSettings(model=str(tmp_path)))
    assert "requirements-neural.txt" in raised.value.hint


def test_a_model_gives_its_own_vectors() -> None:
    class Model:
        def encode(self, texts: list[str], **options: object) -> list[list[float]]:
            assert options == {"normalize_embeddings": True, "show_progress_bar": False}
            return [[float(len(text)), 0.0] for text in texts]

    chosen = SentenceEmbedder(Path("models/mini"), Model())
    assert chosen.name == "sentence-transformers/mini"
    assert chosen.embed(["ab", "c"]).tolist() == [[2.0, 0.0], [1.0, 0.0]]


def test_a_model_of_sentence_transformers_is_loaded_from_its_folder(tmp_path: Path) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    words = {"[UNK]": 0, "tea": 1, "dragon": 2}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    directions = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 5.0]], np.float32)
    module = StaticEmbedding(tokenizer, embedding_weights=directions)
    sentence_transformers.SentenceTransformer(modules=[module], device="cpu").save(str(tmp_path / "mini"))

    chosen = embedder(ChromaSettings(model=str(tmp_path / "mini")))
    assert chosen.name == "sentence-transformers/mini"
    assert chosen.embed(["tea", "dragon dragon"]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
