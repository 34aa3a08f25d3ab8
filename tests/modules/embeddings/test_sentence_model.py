from __future__ import annotations

import json
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from kuchipaku import EngineUnavailable
from modules.embeddings import model
from modules.embeddings.engines import embedders
from modules.embeddings.model import SentenceModel
from modules.embeddings.settings import EmbeddingsSettings

pytestmark = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")), reason="torch and transformers are not installed"
)
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "happy", "sad", "day", "night"]


@pytest.fixture
def bert(tmp_path: Path) -> Path:
    """A BERT of random weights, 8 numbers wide, in a folder of models."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path / "owner" / "tiny-bert"
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=16).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=16,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def write(folder: Path, file: str, **said: object) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps(said))


def states(folder: Path, text: str) -> np.ndarray:
    """What the network says of each token of a text alone: (tokens, 8)."""
    import torch
    from transformers import BertModel, BertTokenizer

    read = BertTokenizer.from_pretrained(folder)(text, return_tensors="pt")
    with torch.inference_mode():
        return np.asarray(BertModel.from_pretrained(folder).eval()(**read).last_hidden_state[0])


def test_a_model_is_loaded_by_its_name_and_asks_no_network(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    known = embedders(EmbeddingsSettings(model="owner/tiny-bert"), bert.parents[1])
    vectors = known.get("owner/tiny-bert").embed(["happy day", "sad"])
    assert (vectors.shape, vectors.dtype) == ((2, 8), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_vector_is_the_mean_over_the_tokens_without_the_padding(bert: Path) -> None:
    texts = ["happy", "sad day night happy day", "", "night"]
    means = np.array([states(bert, text).mean(axis=0) for text in texts])
    expected = means / np.linalg.norm(means, axis=1, keepdims=True)
    assert SentenceModel(str(bert), "cpu").embed(texts) == pytest.approx(expected, abs=1e-5)


def test_a_model_that_was_trained_on_its_first_token_is_read_there(bert: Path) -> None:
    write(bert, model.POOLING, pooling_mode_cls_token=True, pooling_mode_mean_tokens=False)
    first = states(bert, "sad day")[0]
    (vector,) = SentenceModel(str(bert), "cpu").embed(["sad day"])
    assert vector == pytest.approx(first / np.linalg.norm(first), abs=1e-5)


@pytest.mark.parametrize(("limit", "read"), [(None, 14), (6, 4)])
def test_as_many_tokens_are_read_as_the_model_was_trained_on(bert: Path, limit: int | None, read: int) -> None:
    if limit:
        write(bert, model.LIMITS, max_seq_length=limit)
    words = ["happy", "sad"] * 50
    long, whole, less = SentenceModel(str(bert), "cpu").embed([" ".join(words[:n]) for n in (100, read, read - 1)])
    assert long == pytest.approx(whole, abs=1e-5)
    assert long != pytest.approx(less, abs=1e-5)


def test_many_texts_come_in_their_order(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "BATCH", 2)
    loaded = SentenceModel(str(bert), "cpu")
    texts = ["happy", "sad", "day", "night", "happy night"]
    assert loaded.embed(texts) == pytest.approx(np.concatenate([loaded.embed([text]) for text in texts]), abs=1e-5)
    assert loaded.embed([]).shape[0] == 0


def test_a_model_with_further_layers_or_another_pooling_is_refused_by_name(bert: Path) -> None:
    known = {"type": "sentence_transformers.models.Pooling"}
    (bert / model.PARTS).write_text(json.dumps([known]))
    assert SentenceModel(str(bert), "cpu").embed(["sad"]).shape == (1, 8)
    (bert / model.PARTS).write_text(json.dumps([known, {"type": "sentence_transformers.models.Dense"}]))
    write(bert, model.POOLING, pooling_mode_mean_tokens=True, pooling_mode_max_tokens=True)
    with pytest.raises(EngineUnavailable, match="it needs Dense, pooling_mode_max_tokens, which is not offered here"):
        embedders(EmbeddingsSettings(model="owner/tiny-bert"), bert.parents[1]).get("owner/tiny-bert")
