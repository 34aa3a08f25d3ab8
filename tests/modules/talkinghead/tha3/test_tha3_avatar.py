"""Characters of the kind tha3 paint, share their networks, and give them back."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from kuchipaku import BadRequest, Character, EngineUnavailable, UnknownName
from kuchipaku.testing import check_avatar
from modules.talkinghead.color import straight_planes
from modules.talkinghead.tha3 import avatar
from modules.talkinghead.tha3.avatar import tha3_avatar, variant_of, vector_of
from modules.talkinghead.tha3.files import NAMES
from modules.talkinghead.tha3.pixels import read_picture, to_pixels
from modules.talkinghead.tha3.rule import rule_state


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    (folder / "separable_float").mkdir()
    for name in NAMES:
        torch.save(rule_state(name, "separable_float"), folder / "separable_float" / f"{name}.pt")
    return folder


def character(folder: Path, **options: object) -> Character:
    y, x = np.mgrid[0:512, 0:512].astype(np.uint8)
    Image.fromarray(np.stack([x, y, x ^ y, np.full_like(x, 255)], axis=-1)).save(folder / "picture.png")
    return Character("test", folder, options=options)


def test_it_keeps_the_promises_of_an_avatar_and_changes_with_the_pose(models: Path, tmp_path: Path) -> None:
    painted = tha3_avatar(character(tmp_path), models, "auto", "cpu")
    assert painted.note == "THA3 separable float, exact on the CPU" and painted.size == (512, 512)
    rest, turned = painted.paint({}), painted.paint({"head_y": 1.0, "nonsense": 3.0})
    assert rest.shape == (512, 512, 4) and rest.dtype == np.uint8
    assert not np.array_equal(rest, turned) and np.array_equal(painted.paint({}), rest)
    turned[:] = 0
    assert np.array_equal(painted.paint({"head_y": 7.0}), painted.paint({"head_y": 1.0}))
    assert painted.paint({"head_y": 1.0}).any()
    check_avatar(painted)


def test_characters_share_one_set_of_weights_until_the_last_one_closes(models: Path, tmp_path: Path) -> None:
    one, two = (tha3_avatar(character(tmp_path), models, "separable_float", "cpu") for _ in range(2))
    engine = weakref.ref(avatar._engines.get(models, "separable_float", "cpu"))
    one.close()
    gc.collect()
    assert engine() is not None and two.paint({}).any()
    two.close()
    gc.collect()
    assert engine() is None


def test_wrong_options_are_named(models: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="quality"):
        tha3_avatar(character(tmp_path, quality="high"), models, "auto", "cpu")
    with pytest.raises(UnknownName, match="huge"):
        tha3_avatar(character(tmp_path, variant="huge"), models, "auto", "cpu")
    with pytest.raises(EngineUnavailable) as caught:
        tha3_avatar(character(tmp_path, variant="standard_float"), models, "auto", "cpu")
    assert "models fetch tha3-standard_float" in caught.value.hint


def test_a_picture_that_cannot_be_read_is_named(models: Path, tmp_path: Path) -> None:
    character(tmp_path)
    whole = (tmp_path / "picture.png").read_bytes()
    for broken in (b"no picture", whole[:900], whole.replace(b"\0\0\0\x0dIHDR", b"\0\0\0\x05IHDR")):
        (tmp_path / "picture.png").write_bytes(broken)
        with pytest.raises(BadRequest, match="picture"):
            tha3_avatar(Character("test", tmp_path), models, "auto", "cpu")


@pytest.mark.parametrize(
    ("wanted", "device", "chosen"),
    [
        ("auto", "cpu", "separable_float"),
        ("auto", "cuda", "separable_float"),
        ("standard_half", "cpu", "standard_half"),
    ],
)
def test_the_variant_suits_the_device_and_is_one_that_is_there(
    models: Path, wanted: str, device: str, chosen: str
) -> None:
    assert variant_of(wanted, models, device) == chosen


def test_without_any_weights_the_variant_that_suits_is_asked_for(tmp_path: Path) -> None:
    assert variant_of("auto", tmp_path, "cuda") == "separable_half"


def test_a_pose_is_a_vector_in_the_order_of_the_rig_and_inside_its_ranges() -> None:
    vector = vector_of({"eyebrow_troubled_left": 2.0, "head_x": -3.0, "breathing": 0.25})
    assert (vector[0], vector[39], vector[44]) == (1.0, -1.0, 0.25) and np.count_nonzero(vector) == 3


def test_a_picture_of_another_shape_is_its_centre_square(tmp_path: Path) -> None:
    wide = np.zeros((300, 900, 4), np.uint8)
    wide[:, 300:600] = (255, 0, 0, 255)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    planes = read_picture(tmp_path / "wide.png")
    assert planes.shape == (1, 4, 512, 512)
    assert torch.equal(planes[0, :, 256, 256], torch.tensor([1.0, -1.0, -1.0, 1.0]))


def test_pixels_survive_the_way_through_planes() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 4), np.uint8)
    pixels[pixels[..., 3] == 0] = 0
    planes = torch.from_numpy(straight_planes(pixels))[None]
    assert np.array_equal(to_pixels(planes)[0].numpy(), pixels)
