from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is a requirement of development only")

from kuchipaku import LABELS
from modules.emotion.classify import HashedReader, load
from modules.emotion.evaluate import f1, read_split
from modules.emotion.train import main


def write_corpus(folder: Path) -> None:
    """Sixteen sentences a label, each built around a word that belongs to that label alone."""
    rows = [
        f"{opening} {label}word {ending}\t{n}\tid\n"
        for opening in ("so much", "what a", "it is", "all this")
        for ending in ("today", "again", "in here", "for us")
        for n, label in enumerate(LABELS)
    ]
    for split in ("train", "dev", "test"):
        (folder / f"{split}.tsv").write_text("".join(rows), encoding="utf-8")


def test_a_model_is_trained_written_and_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_corpus(tmp_path)
    for name in ("one", "again"):
        main(["--goemotions", str(tmp_path), "--out", str(tmp_path / f"{name}.npz")])
    assert "macro-F1, thresholds by label    1.0000" in capsys.readouterr().out
    reader = HashedReader(load(tmp_path / "one.npz"))
    assert reader.feel("such joyword today").emotion == "joy"
    assert max(reader.scores("angerword again").items(), key=lambda item: item[1])[0] == "anger"
    assert reader.feel("quite unheard").emotion == "neutral"
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "again.npz").read_bytes()


def test_a_row_may_have_several_labels(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_text("Thanks, love it\t15,18\tid\nFine\t27\tid\n", encoding="utf-8")
    texts, truth = read_split(tmp_path / "rows.tsv")
    assert texts == ["Thanks, love it", "Fine"]
    assert np.argwhere(truth).tolist() == [[0, 15], [0, 18], [1, 27]]


def test_f1_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    said, truth = np.random.default_rng(1).random((2, 200, 5)) > 0.6
    assert f1(said, truth) == pytest.approx(f1_score(truth, said, average=None))
