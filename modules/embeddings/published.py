"""The weights that SillyTavern-Extras embeds with."""

from __future__ import annotations

from kuchipaku.weights import Published
from kuchipaku.weights.pretrained import hub_files

REPOSITORY = "sentence-transformers/all-mpnet-base-v2"
COMMIT = "84f2bcc00d77236f9e89c8a360a00fb1139bf47d"

EMBEDDER = Published(
    name="embedder",
    about="all-mpnet-base-v2: English sentences as 768 numbers; finer than the embedded model, and slower",
    licence="Apache-2.0",
    licence_url="https://www.apache.org/licenses/LICENSE-2.0",
    credit="the authors of sentence-transformers (UKP Lab)",
    homepage=f"https://huggingface.co/{REPOSITORY}",
    folder=REPOSITORY,
    files=hub_files(
        REPOSITORY,
        COMMIT,
        {
            "1_Pooling/config.json": 190,
            "config.json": 571,
            "model.safetensors": 438_000_000,
            "sentence_bert_config.json": 53,
            "special_tokens_map.json": 239,
            "tokenizer.json": 466_000,
            "tokenizer_config.json": 363,
            "vocab.txt": 232_000,
        },
    ),
)
