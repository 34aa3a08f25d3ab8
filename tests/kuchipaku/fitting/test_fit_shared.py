"""The doctor on pictures that artists and cameras made; they lie beside the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kuchipaku.fitting import Fitted, fit

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared"
CHARACTERS = SHARED / "characters"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CHARACTERS.is_dir(), reason=f"{CHARACTERS} is absent: pictures by other people"),
]

TRUTH = {
    "lambda_00": {"left": (281, 146), "right": (231, 146), "mouth": (256, 174)},
    "lambda_01": {"left": (279, 135), "right": (234, 135), "mouth": (256, 172)},
}
"""Middles in pixels of the pictures, measured by eye."""


@cache
def fitted(name: str) -> Fitted:
    return fit((CHARACTERS / name / "character.png").read_bytes(), 40)


@pytest.mark.parametrize("name", TRUTH)
def test_the_face_of_a_published_character_is_found(name: str) -> None:
    anchors = fitted(name).anchors
    assert anchors is not None
    truth = TRUTH[name]
    found = {"left": anchors["eyes"]["left"], "right": anchors["eyes"]["right"], "mouth": anchors["mouth"]["at"]}
    for part, at in truth.items():
        assert np.hypot(*np.subtract(found[part], at)) < 5, part


@pytest.mark.parametrize("name", TRUTH)
def test_a_picture_that_fits_the_networks_stays_where_it_is(name: str) -> None:
    done = fitted(name)
    assert (done.placement.scale, done.placement.left, done.placement.top) == (1, 0, 0)
    assert done.score >= 85


def test_the_open_mouth_is_seen() -> None:
    verdicts = {name: {c.name: c.verdict for c in fitted(name).checks}["mouth"] for name in TRUTH}
    assert verdicts == {"lambda_00": "look", "lambda_01": "ok"}


@pytest.mark.parametrize("file", ["lp_s6.jpg", "lp_s9.jpg"])
def test_a_photograph_is_framed_by_its_face(file: str) -> None:
    done = fit((SHARED / "media" / file).read_bytes(), 40)
    assert done.anchors is not None
    left, right = done.anchors["eyes"]["left"], done.anchors["eyes"]["right"]
    assert 240 < (left[0] + right[0]) / 2 < 272
    assert 100 < left[1] < 160 and abs(left[1] - right[1]) < 8
    assert 30 < left[0] - right[0] < 60
