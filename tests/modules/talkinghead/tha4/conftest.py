"""Students of the tests: one made by rule, and the two published ones where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from modules.talkinghead.tha4.character_model import read_character_model
from modules.talkinghead.tha4.rule import ruled_model

SHARED = Path(__file__).resolve().parents[4].parent / "shared"
CHARACTERS = SHARED / "characters"
GOLDEN = SHARED / "golden" / "tha"


@pytest.fixture(scope="session")
def ruled():
    """A character model made by rule."""
    return ruled_model()


@pytest.fixture(scope="module", params=["lambda_00", "lambda_01"])
def published(request: pytest.FixtureRequest) -> tuple[str, object]:
    """Name and model of a published character."""
    if not CHARACTERS.is_dir():
        pytest.skip(f"there are no published characters in {CHARACTERS}")
    return request.param, read_character_model(CHARACTERS / request.param / "character_model.yaml")


@pytest.fixture(scope="session")
def golden_poses() -> dict[str, np.ndarray]:
    """The sixteen poses of the golden pictures, (45,) each."""
    path = GOLDEN / "poses.json"
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    return {name: np.array(pose, np.float32) for name, pose in json.loads(path.read_text())["poses"].items()}
