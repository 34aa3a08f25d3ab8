"""The weights that SillyTavern-Extras summarizes with."""

from __future__ import annotations

from kuchipaku.weights import Published
from kuchipaku.weights.pretrained import hub_files

REPOSITORY = "Qiliang/bart-large-cnn-samsum-ChatGPT_v3"
COMMIT = "bd33bf6ad50b9273808f0d642c74c63442fc9ddb"

SUMMARIZER = Published(
    name="summarizer",
    about="BART-large, trained on news and chats: summaries in its own words, English",
    licence="MIT",
    licence_url="https://opensource.org/license/mit",
    credit="Qiliang, after philschmid and facebook/bart-large-cnn",
    homepage=f"https://huggingface.co/{REPOSITORY}",
    folder=REPOSITORY,
    files=hub_files(
        REPOSITORY,
        COMMIT,
        {
            "config.json": 1_660,
            "merges.txt": 456_000,
            "pytorch_model.bin": 1_630_000_000,
            "special_tokens_map.json": 280,
            "tokenizer.json": 2_110_000,
            "tokenizer_config.json": 1_380,
            "vocab.json": 798_000,
        },
    ),
)
