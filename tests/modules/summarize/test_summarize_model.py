from __future__ import annotations

import json
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from modules.summarize import model
from modules.summarize.engines import engines
from modules.summarize.model import ModelSummarizer, halved
from modules.summarize.settings import SummarizeSettings

needs_transformers = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")), reason="torch and transformers are not installed"
)
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "alice", "met", "bob", "it", "rained", "all", "day"]
CONTEXT = 16


@pytest.fixture(scope="module")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BART of random weights that reads CONTEXT tokens, knows WORDS and never ends by itself."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("models") / "owner" / "tiny-bart"
    cutter = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="<unk>"))
    cutter.pre_tokenizer = Whitespace()
    cutter.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    special = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=cutter, **special).save_pretrained(folder)
    sizes = {f"{side}_{what}": 1 for side in ("encoder", "decoder") for what in ("layers", "attention_heads")}
    sizes |= {"encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "d_model": 16, "max_position_embeddings": CONTEXT}
    torch.manual_seed(0)
    network = BartForConditionalGeneration(BartConfig(vocab_size=len(WORDS), init_std=1.0, **sizes))
    network.final_logits_bias[0, :4] = -1000.0
    # As models of 2022 are published: pickled weights, and in the config how to generate.
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    habits = {"max_length": 142, "min_length": 56, "num_beams": 4, "early_stopping": True, "length_penalty": 2.0}
    written = json.loads(network.config.to_json_string()) | habits
    (folder / "config.json").write_text(json.dumps(written | {"architectures": ["BartForConditionalGeneration"]}))
    return folder


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "LONGEST", 6)


@needs_transformers
@pytest.mark.usefixtures("short")
def test_a_model_in_a_folder_summarizes_and_asks_no_network(bart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    chosen = engines(SummarizeSettings(model="owner/tiny-bart"), bart.parents[1]).get()
    written = chosen.summarize("alice met bob").split()
    assert 1 <= len(written) <= 6
    assert set(written) <= set(WORDS[4:])


@needs_transformers
@pytest.mark.usefixtures("short")
def test_a_text_beyond_the_context_is_summarized_in_halves(bart: Path) -> None:
    summarizer = ModelSummarizer(str(bart), "cpu")
    assert summarizer.context == CONTEXT
    text = "alice met bob it rained all day " * 8
    parts = halved(text.strip(), lambda part: len(part.split()) + 2 <= CONTEXT)
    assert len(parts) == 4
    assert summarizer.summarize(text) == " ".join(map(summarizer.summarize, parts))


@needs_transformers
def test_an_empty_text_has_an_empty_summary(bart: Path) -> None:
    assert ModelSummarizer(str(bart), "cpu").summarize(" \n ") == ""


@pytest.mark.parametrize(
    ("text", "most", "pieces"),
    [
        ("", 3, [""]),
        ("short", 5, ["short"]),
        ("one two three four", 12, ["one two", "three four"]),
        ("one two three four", 5, ["one", "two", "three", "four"]),
        ("abcdefgh", 4, ["abcd", "efgh"]),
        ("abc", 0, ["a", "b", "c"]),
    ],
)
def test_what_does_not_fit_is_halved_at_a_blank_or_in_the_middle(text: str, most: int, pieces: list[str]) -> None:
    assert halved(text, lambda part: len(part) <= most) == pieces


def test_a_long_text_with_its_blanks_at_one_end_is_halved_as_well() -> None:
    pieces = halved("a b c " + "x" * 5000, lambda part: len(part) <= 10)
    assert all(len(piece) <= 10 for piece in pieces)
    assert "".join(pieces).replace(" ", "") == "abc" + "x" * 5000
