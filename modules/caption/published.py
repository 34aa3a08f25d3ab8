"""The weights that SillyTavern-Extras captions with."""

from __future__ import annotations

from kuchipaku.weights import Published
from kuchipaku.weights.pretrained import hub_files

REPOSITORY = "Salesforce/blip-image-captioning-large"
COMMIT = "353689b859fcf0523410b1806dace5fb46ecdf41"

CAPTIONER = Published(
    name="captioner",
    about="BLIP, the large one: what is in a picture, in an English sentence",
    licence="BSD 3-Clause",
    licence_url="https://opensource.org/license/bsd-3-clause",
    credit="Salesforce, Li et al. 2022, arXiv 2201.12086",
    homepage=f"https://huggingface.co/{REPOSITORY}",
    folder=REPOSITORY,
    files=hub_files(
        REPOSITORY,
        COMMIT,
        {
            "config.json": 4_600,
            "model.safetensors": 1_880_000_000,
            "preprocessor_config.json": 445,
            "special_tokens_map.json": 125,
            "tokenizer.json": 711_000,
            "tokenizer_config.json": 527,
            "vocab.txt": 232_000,
        },
    ),
)
