from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

from kuchipaku import EngineUnavailable, Feeling
from modules.emotion.transformers_reader import TransformersReader

needs_transformers = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")), reason="torch and transformers are not installed"
)


@pytest.mark.parametrize("library", ["torch", "transformers"])
def test_a_missing_library_is_named_with_the_command_that_brings_it(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", sys)  # any module: that it is there is enough to come to the next
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(EngineUnavailable, match=library) as raised:
        TransformersReader("any/model")
    assert "pip install" in raised.value.hint


class Logits(np.ndarray):
    """The two functions of a tensor that turn logits into shares."""

    def sigmoid(self) -> np.ndarray:
        return np.asarray(1.0 / (1.0 + np.exp(-self)))

    def softmax(self, axis: int) -> np.ndarray:
        return np.asarray(np.exp(self) / np.exp(self).sum(axis=axis))


def stand_in(monkeypatch: pytest.MonkeyPatch, kind: str, logits: list[float]) -> MagicMock:
    """Puts a transformers library in place whose every model has labels A, B, C and answers `logits`."""
    network = MagicMock(return_value=SimpleNamespace(logits=np.array([logits]).view(Logits)))
    network.config = SimpleNamespace(problem_type=kind, id2label={0: "A", 1: "B", 2: "C"}, num_labels=3)
    network.to.return_value.eval.return_value = network
    library = MagicMock()
    library.AutoModelForSequenceClassification.from_pretrained.return_value = network
    library.AutoTokenizer.from_pretrained.return_value.model_max_length = 16
    monkeypatch.setitem(sys.modules, "torch", MagicMock())
    monkeypatch.setitem(sys.modules, "transformers", library)
    return library


@pytest.mark.parametrize(
    ("kind", "shares"),
    [("multi_label_classification", [0.5, 0.75, 0.1]), ("single_label_classification", [0.243, 0.730, 0.027])],
)
def test_the_config_of_a_model_says_how_its_scores_are_read(
    kind: str, shares: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, kind, [0.0, np.log(3.0), -np.log(9.0)])
    reader = TransformersReader("any/model")
    assert reader.scores("hello") == {
        name: pytest.approx(share, abs=1e-3) for name, share in zip("abc", shares, strict=True)
    }
    feeling = reader.feel("hello")
    assert feeling.emotion == "b"
    assert feeling.strength == pytest.approx(shares[1], abs=1e-3)


def test_low_scores_and_empty_text_are_neutral(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "multi_label_classification", [-3.0, -2.0, -4.0])
    assert TransformersReader("any/model").feel("hello") == TransformersReader("any/model").feel(" ") == Feeling()


@pytest.mark.parametrize("download", [True, False])
def test_the_network_is_used_only_where_it_is_allowed(download: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    library = stand_in(monkeypatch, "multi_label_classification", [0.0, 0.0, 0.0])
    TransformersReader("any/model", download=download)
    for kind in (library.AutoTokenizer, library.AutoModelForSequenceClassification):
        kind.from_pretrained.assert_called_once_with("any/model", local_files_only=not download)


@pytest.mark.parametrize("failure", [OSError("not found"), ValueError("no such kind"), AssertionError("no CUDA")])
def test_a_model_that_cannot_be_loaded_is_named_with_a_cure(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stand_in(monkeypatch, "multi_label_classification", [0.0, 0.0, 0.0])
    library.AutoModelForSequenceClassification.from_pretrained.side_effect = failure
    with pytest.raises(EngineUnavailable, match="any/model") as raised:
        TransformersReader("any/model")
    assert "download = true" in raised.value.hint


def make_model(folder: Path, kind: str) -> str:
    """A network of random weights with three labels and a vocabulary of eight words."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "happy", "sad", "day"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=16,
        problem_type=kind,
        id2label={0: "Joy", 1: "Sadness", 2: "neutral"},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=16).save_pretrained(folder)
    return str(folder)


@needs_transformers
def test_one_label_of_several_gives_shares_that_add_up_to_1(tmp_path: Path) -> None:
    reader = TransformersReader(make_model(tmp_path, "single_label_classification"))
    scores = reader.scores("happy day " * 100)
    assert tuple(scores) == tuple(reader.labels) == ("joy", "sadness", "neutral")
    assert sum(scores.values()) == pytest.approx(1.0)


@needs_transformers
def test_labels_that_stand_together_are_judged_one_by_one(tmp_path: Path) -> None:
    scores = TransformersReader(make_model(tmp_path, "multi_label_classification")).scores("sad day")
    assert all(0.3 < score < 0.7 for score in scores.values())


@needs_transformers
def test_the_label_shown_is_the_one_of_the_highest_score(tmp_path: Path) -> None:
    reader = TransformersReader(make_model(tmp_path, "multi_label_classification"))
    scores = reader.scores("happy")
    feeling = reader.feel("happy")
    assert feeling == Feeling(max(scores, key=lambda label: scores[label]), max(scores.values()))
    assert reader.feel("  ") == Feeling()
