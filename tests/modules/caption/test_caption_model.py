from __future__ import annotations

import json
import socket
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
from PIL import Image

from kuchipaku import EngineUnavailable
from modules.caption import model
from modules.caption.engines import engines
from modules.caption.settings import CaptionSettings

needs_transformers = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")), reason="torch and transformers are not installed"
)
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat", "dog", "on", "the", "mat"]
SIZE = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}


def make_reader(folder: Path, kind: str) -> None:
    """What makes pixels of a picture, and words of numbers."""
    from transformers import BertTokenizer

    said = {"image_processor_type": kind, "size": {"height": 16, "width": 16}, "do_normalize": True, "resample": 3}
    said |= {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25], "do_resize": True, "do_rescale": True}
    (folder / "preprocessor_config.json").write_text(json.dumps(said))

    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)


def make_blip(folder: Path) -> None:
    """A BLIP of random weights that says only WORDS."""
    import torch
    from transformers import BlipConfig, BlipForConditionalGeneration

    make_reader(folder, "BlipImageProcessor")
    tokens = {"pad_token_id": 0, "bos_token_id": 2, "sep_token_id": 3, "eos_token_id": 3}
    text = {**SIZE, **tokens, "vocab_size": len(WORDS), "encoder_hidden_size": 16, "max_position_embeddings": 32}
    config = BlipConfig(text_config=text, vision_config={**SIZE, "image_size": 16, "patch_size": 8}, projection_dim=16)
    torch.manual_seed(0)
    network = BlipForConditionalGeneration(config)
    network.text_decoder.cls.predictions.bias.data[:5] = -1000.0
    network.save_pretrained(folder)


def make_encoder_decoder(folder: Path) -> None:
    """A ViT before a GPT-2, both of random weights, that says only WORDS."""
    import torch
    from transformers import GPT2Config, VisionEncoderDecoderConfig, VisionEncoderDecoderModel, ViTConfig

    make_reader(folder, "ViTImageProcessor")
    eye = ViTConfig(**SIZE, image_size=16, patch_size=8)
    size = {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 32}
    mouth = GPT2Config(vocab_size=len(WORDS), bos_token_id=2, eos_token_id=3, **size)
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(eye, mouth)
    config.decoder_start_token_id, config.pad_token_id = 2, 0
    torch.manual_seed(0)
    network = VisionEncoderDecoderModel(config)
    network.generation_config.suppress_tokens = [0, 1, 2, 3, 4]
    network.save_pretrained(folder)


@needs_transformers
@pytest.mark.parametrize("make", [make_blip, make_encoder_decoder])
def test_a_model_in_a_folder_captions_and_asks_no_network(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    folder = tmp_path / "owner" / "tiny"
    folder.mkdir(parents=True)
    make(folder)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(model, "LONGEST", 8)
    captioner = engines(CaptionSettings(engine="model", model="owner/tiny"), tmp_path).get()
    said = captioner.caption(Image.new("RGBA", (40, 20), "#80402080")).split()
    assert 1 <= len(said) <= 8
    assert set(said) <= set(WORDS[5:])


@needs_transformers
def test_a_folder_without_weights_is_unavailable_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "owner" / "empty").mkdir(parents=True)
    (tmp_path / "owner" / "empty" / "config.json").write_text('{"model_type": "blip"}')
    with pytest.raises(EngineUnavailable, match="the captioner cannot load 'owner/empty'") as raised:
        engines(CaptionSettings(engine="model", model="owner/empty"), tmp_path).get()
    assert raised.value.hint.startswith("hf download owner/empty --local-dir")
