from __future__ import annotations

from modules import caption
from modules.caption.settings import CaptionSettings


def test_the_usual_model_can_be_fetched_whole() -> None:
    (published,) = caption.published_weights()
    wanted = {"config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"}
    assert published.folder == CaptionSettings().model
    assert wanted <= {file.path for file in published.files}
    assert 1.8e9 < published.size < 1.9e9
    assert not published.non_commercial
