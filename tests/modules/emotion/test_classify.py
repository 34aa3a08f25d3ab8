from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kuchipaku import LABELS, Feeling
from modules.emotion.classify import MODEL, HashedReader, load, save
from modules.emotion.evaluate import measure, read_split

GOEMOTIONS = Path(__file__).parents[4] / "shared" / "goemotions"


@pytest.fixture(scope="module")
def reader() -> HashedReader:
    return HashedReader()


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("Thank you so much for your help!", "gratitude"),
        ("I am so sorry, please forgive me.", "remorse"),
        ("I love you!", "love"),
        ("That is disgusting.", "disgust"),
        ("I'm terrified of the dark.", "fear"),
        ("Wow, I didn't expect that!", "surprise"),
        ("Haha, that's hilarious 😂", "amusement"),
        ("I'm so happy for you!", "joy"),
        ("I feel so sad and lonely today.", "sadness"),
        ("I hope it gets better soon.", "optimism"),
        ("The train leaves at nine.", "neutral"),
    ],
)
def test_a_plain_sentence_is_felt_as_a_person_would(reader: HashedReader, text: str, emotion: str) -> None:
    assert reader.feel(text).emotion == emotion


def test_every_label_has_a_score_between_0_and_1(reader: HashedReader) -> None:
    scores = reader.scores("What a lovely day!")
    assert tuple(scores) == LABELS == tuple(reader.labels)
    assert all(0.0 <= score <= 1.0 for score in scores.values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "…",
        "!?",
        "とても嬉しいです",
        "मैं बहुत खुश हूँ",
        "Ik ben vandaag erg blij",
        "Je suis très heureux",
        "El perro corre por la casa",
        "qxz vvkj",
    ],
)
def test_a_text_it_cannot_read_is_neutral(reader: HashedReader, text: str) -> None:
    assert reader.feel(text) == Feeling("neutral", 1.0)
    assert len(reader.scores(text)) == 28


def test_an_emoji_alone_is_felt(reader: HashedReader) -> None:
    assert reader.feel("😂😂").emotion == "amusement"
    assert reader.feel("❤️").emotion == "love"


def test_strength_grows_with_certainty_and_is_visible(reader: HashedReader) -> None:
    weak, strong = reader.feel("Thanks, I guess."), reader.feel("Thank you so much, thanks!")
    assert 0.5 <= weak.strength < strong.strength <= 1.0


def test_a_huge_text_is_read_as_quickly_as_its_beginning(reader: HashedReader) -> None:
    assert reader.scores("so happy " * 100_000) == reader.scores("so happy " * 1_000)


def test_the_model_is_small_and_loads_without_pickle() -> None:
    assert MODEL.stat().st_size <= 5_000_000
    with np.load(MODEL, allow_pickle=False) as arrays:
        assert not any(arrays[name].dtype.hasobject for name in arrays)


def test_reading_needs_no_library_but_numpy() -> None:
    code = (
        "import sys; from modules.emotion.classify import HashedReader; HashedReader().feel('hello');"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'scipy', 'torch', 'cv2')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_model_of_another_shape_is_refused(tmp_path: Path) -> None:
    model = load()
    narrow = {name: getattr(model, name) for name in model.__slots__} | {"weights": np.zeros((8, 28), np.int8)}
    save(type(model)(**narrow), tmp_path / "narrow.npz")
    with pytest.raises(ValueError, match="weights of shape"):
        load(tmp_path / "narrow.npz")


@pytest.mark.shared
@pytest.mark.skipif(not GOEMOTIONS.is_dir(), reason="the GoEmotions files are not beside the project")
def test_the_shipped_model_reaches_its_figures_on_the_test_split(capsys: pytest.CaptureFixture[str]) -> None:
    report = measure(load(), *read_split(GOEMOTIONS / "test.tsv"))
    with capsys.disabled():
        print("\n" + report.table(MODEL.stat().st_size))
    assert report.macro_f1 >= 0.46
    assert report.median_ms <= 1.0
