"""Our networks and posers give what the published ones give."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from modules.talkinghead.tha3.files import NAMES, VARIANTS, Networks, empty
from modules.talkinghead.tha3.poser import pose_stages
from modules.talkinghead.tha3.rule import rule_networks
from tests.modules.talkinghead.tha3.goldens import GOLDEN, SHARED, Golden, inputs, picture, random_pose, shared, smooth

pytestmark = [pytest.mark.shared, pytest.mark.parity]

LISTING = SHARED / "reference" / "tha3_state_dicts.json"
REAL_EDITOR = SHARED / "reference" / "tha3_real" / "editor_separable_float_real.pt"


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def networks(variant: str) -> Iterator[Networks]:
    return rule_networks(variant)


@pytest.mark.parametrize("name", NAMES)
def test_every_network_has_the_tensors_of_the_published_file(variant: str, name: str) -> None:
    shared(LISTING)
    published = [(key, tuple(shape)) for key, shape, _ in json.loads(LISTING.read_text())[variant][name]]
    assert [(key, tuple(value.shape)) for key, value in empty(name, variant).state_dict().items()] == published


@pytest.mark.parametrize("name", NAMES)
def test_every_network_gives_what_the_published_one_gives(networks: Networks, variant: str, name: str) -> None:
    golden = Golden(GOLDEN / "tha3" / f"{variant}__{name}.npz")
    with torch.inference_mode():
        outputs = getattr(networks, name)(*inputs(name))
    for index, output in enumerate(outputs):
        golden.check(f"out{index:02}", output, worst=3e-4)


def test_the_poser_gives_what_the_published_one_gives(networks: Networks, variant: str) -> None:
    golden = Golden(GOLDEN / "tha3" / f"{variant}__poser.npz")
    stages = pose_stages(networks, picture(), random_pose())
    for index, output in enumerate(stages.outputs()):
        frame = index < 5
        worst, rms = (1e-2, 2e-4) if frame else (1e-3, 1.0)
        golden.check(f"05_random_1234/out{index:02}", output, worst=worst, rms=rms, mean=1e-4)
    error = stages.edited.image[0].numpy() - golden["05_random_1234/out00_full_f16"].squeeze().astype(np.float32)
    assert np.abs(error).max() <= 1e-2 and np.sqrt(np.mean(error**2)) <= 3e-4  # half of it is the goldens' float16


@pytest.mark.parametrize("case", ["rest_zero_grid", "random_smooth_grid"])
def test_the_published_editor_loads_and_paints(case: str) -> None:
    golden = Golden(GOLDEN / "real_editor" / "editor_real.npz")
    shared(REAL_EDITOR)
    editor = empty("editor", "separable_float")
    editor.load_state_dict(torch.load(REAL_EDITOR, weights_only=True), strict=True, assign=True)
    moving = case == "random_smooth_grid"
    grid = smooth(2, 512, 5, -0.03, 0.03) if moving else torch.zeros(1, 2, 512, 512)
    pose = random_pose()[:, 39:] if moving else torch.zeros(1, 6)
    with torch.inference_mode():
        from modules.talkinghead.tha3.blocks import warp

        outputs = editor.eval()(picture(), warp(grid, picture()), grid, pose)
    for index, output in enumerate(outputs):
        golden.check(f"{case}/out{index}", output, worst=3e-4)
