"""Speech models of a few kilobytes, made on the spot: their files are real, and what they hear is known beforehand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

WIDTH = 64
"""Numbers in a state of the tiny Whisper: at least as many as it has words."""
BEGIN, END, TRANSCRIBE, SILENT, PLAIN = (
    "<|startoftranscript|>",
    "<|endoftext|>",
    "<|transcribe|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
OTHERS = ("<|translate|>", "<|startoflm|>", "<|startofprev|>")


def write_tiny_whisper(folder: Path, words: Sequence[str] = ("Ġhello", "Ġworld")) -> Path:
    """A Whisper for English that always hears `words`: each place in what it writes calls for one of them."""
    from ctranslate2.specs.whisper_spec import WhisperSpec

    vocabulary = _vocabulary(words)
    spec = WhisperSpec(1, 1, 1, 1)
    spec.register_vocabulary(vocabulary)
    spec.config.lang_ids, spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [], []
    spec.config.alignment_heads = [(0, 0)]
    _fill(spec, vocabulary, words)
    spec.validate()
    spec.optimize()
    folder.mkdir(parents=True)
    spec.save(str(folder))
    _write_tokenizer(folder / "tokenizer.json", vocabulary)
    return folder


def _vocabulary(words: Sequence[str]) -> list[str]:
    """Words, then the marks, then 1501 times: the order that Whisper's decoding relies on."""
    times = [f"<|{n * 0.02:.2f}|>" for n in range(1501)]
    return ["!", "Ġ-", "Ġ'", *words, END, BEGIN, TRANSCRIBE, *OTHERS, SILENT, PLAIN, *times]


def _fill(spec: Any, vocabulary: Sequence[str], words: Sequence[str]) -> None:
    """Every weight 0, but for the words' own directions and the places that call for them."""
    embeddings = np.zeros((len(vocabulary), WIDTH), np.float32)
    said = [*words, END]
    for direction, word in enumerate(said, start=1):
        embeddings[vocabulary.index(word), direction] = 1.0
    places = np.zeros((448, WIDTH), np.float32)
    for number in range(448):
        # The first place is the beginning's, which a time must follow; so words are called for from the second on.
        places[number, min(max(number - 1, 0), len(said) - 1) + 1] = 8.0
    for layer in (*spec.encoder.layer, *spec.decoder.layer):
        _blank_layer(layer)
    decoder, encoder = spec.decoder, spec.encoder
    decoder.embeddings.weight = embeddings
    decoder.projection.weight = embeddings
    decoder.position_encodings.encodings = places
    _norm(decoder.layer_norm)
    encoder.conv1.weight, encoder.conv1.bias = np.zeros((WIDTH, 80, 3), np.float32), np.zeros(WIDTH, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = np.zeros((WIDTH, WIDTH, 3), np.float32), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = np.zeros((1500, WIDTH), np.float32)
    _norm(encoder.layer_norm)


def _blank_layer(layer: Any) -> None:
    for attention, shapes in ((layer.self_attention, (3, 1)), (getattr(layer, "attention", None), (1, 2, 1))):
        if attention is not None:
            for linear, times in zip(attention.linear, shapes, strict=True):
                _linear(linear, times * WIDTH, WIDTH)
            _norm(attention.layer_norm)
    _norm(layer.ffn.layer_norm)
    _linear(layer.ffn.linear_0, WIDTH, WIDTH)
    _linear(layer.ffn.linear_1, WIDTH, WIDTH)


def _linear(linear: Any, rows: int, columns: int) -> None:
    linear.weight, linear.bias = np.zeros((rows, columns), np.float32), np.zeros(rows, np.float32)


def _norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _write_tokenizer(file: Path, vocabulary: Sequence[str]) -> None:
    """The word list as the tokenizers library reads it, with Whisper's byte level: "Ġ" is a blank."""
    marks = [word for word in vocabulary if word.startswith("<|")]
    ids = {word: number for number, word in enumerate(vocabulary)}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    described = {
        "version": "1.0",
        "added_tokens": [{"id": ids[mark], "content": mark, **flags} for mark in marks],
        "pre_tokenizer": byte_level,
        "decoder": byte_level,
        "model": {"type": "WordLevel", "vocab": ids, "unk_token": "!"},
    }
    file.write_text(json.dumps(described), encoding="utf-8")
