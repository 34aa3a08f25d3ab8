from __future__ import annotations

from modules import summarize
from modules.summarize.settings import SummarizeSettings


def test_the_usual_model_can_be_fetched_whole() -> None:
    (published,) = summarize.published_weights()
    assert published.folder == SummarizeSettings().model
    assert {"config.json", "tokenizer.json", "pytorch_model.bin"} <= {file.path for file in published.files}
    assert 1.6e9 < published.size < 1.7e9
    assert not published.non_commercial
