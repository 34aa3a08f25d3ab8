"""Whisper's published weights, in the form that faster-whisper loads.

By OpenAI (MIT), converted by SYSTRAN for CTranslate2: tensors and word lists, no code. ".en" knows English only, and
knows it better. Their checksums are told by their host; sizes are rounded.
"""

from __future__ import annotations

from collections.abc import Mapping

from kuchipaku.weights import Published, WeightFile

HOST = "https://huggingface.co/Systran"

SIZES: Mapping[str, int] = {
    "tiny.en": 75_500_000,
    "tiny": 75_500_000,
    "base.en": 145_200_000,
    "base": 145_200_000,
    "small.en": 483_500_000,
    "small": 483_500_000,
}
"""Bytes of model.bin."""

OTHERS: Mapping[str, int] = {"config.json": 2_500, "tokenizer.json": 2_200_000, "vocabulary.txt": 450_000}
"""Bytes of what lies beside it."""

USUAL = "base.en"
"""What the settings ask for by themselves."""


def published() -> tuple[Published, ...]:
    """All sizes; "whisper" also names the usual one."""
    return tuple(_whisper(size) for size in SIZES)


def _whisper(size: str) -> Published:
    language = "English" if size.endswith(".en") else "99 languages"
    return Published(
        name=f"whisper-{size}",
        about=f"speech recognition, {language}: Whisper {size.partition('.')[0]}",
        licence="MIT",
        licence_url="https://github.com/openai/whisper/blob/main/LICENSE",
        credit="OpenAI, Whisper; converted by SYSTRAN",
        homepage=f"{HOST}/faster-whisper-{size}",
        folder=f"whisper/{size}",
        files=tuple(
            WeightFile(path=file, url=f"{HOST}/faster-whisper-{size}/resolve/main/{file}", size=bytes_)
            for file, bytes_ in {"model.bin": SIZES[size], **OTHERS}.items()
        ),
        also=("whisper",) if size == USUAL else (),
    )
