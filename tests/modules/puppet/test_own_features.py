"""A picture with a face of its own: shown as it is at rest, moved where the pose says so."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kuchipaku import BadRequest, Character, Pixels, Pose
from kuchipaku.pose import spread
from modules.puppet.anchors import anchors_of, with_anchors
from modules.puppet.avatar import Puppet

SKIN = np.array([0xFD, 0xE4, 0xD4])
IRIS = np.array([0x3F, 0x8F, 0xB8])
EYE = (slice(186, 236), slice(270, 326))
"""Rows and columns of the eye on the picture's right."""
MOUTH = (slice(240, 284), slice(224, 288))
LAYERS = [{"file": "picture.png"}, {"draw": "mouth"}, {"draw": "eyes"}, {"draw": "brows"}]
FACE: dict[str, Any] = {
    "eyes": {"left": [298, 210], "right": [214, 210], "size": 22, "height": 0.95, "own": True, "cover": "soft"},
    "mouth": {"at": [256, 262], "size": 13, "own": True, "cover": "soft"},
    "brows": {"left": [299, 172], "right": [213, 172], "size": 20, "own": True, "cover": "soft"},
}


def portrait(fringe: bool = False) -> Image.Image:
    """A face as the anchors say, twice as fine and shrunk; with a strand of hair over one eye."""
    image = Image.new("RGBA", (1024, 1024))
    pen = ImageDraw.Draw(image)
    pen.rectangle((300, 240, 724, 1024), fill="#5a4a8a")
    pen.ellipse((330, 270, 694, 600), fill="#fde4d4")
    for x in (428, 596):
        pen.ellipse((x - 42, 386, x + 42, 456), fill="#fdfbff", outline="#3b2b45", width=4)
        pen.ellipse((x - 24, 388, x + 24, 454), fill="#3f8fb8", outline="#3b2b45", width=3)
        pen.arc((x - 44, 382, x + 44, 460), 190, 350, fill="#3b2b45", width=12)
        pen.arc((x - 40, 336, x + 40, 390), 215, 325, fill="#5a4a8a", width=9)
    pen.line((486, 524, 538, 524), fill="#9c4b55", width=5)
    if fringe:
        pen.polygon([(560, 240), (620, 240), (600, 440)], fill="#5a4a8a")
    return image.resize((512, 512), Image.Resampling.BOX)


Build = Callable[..., Puppet]


@pytest.fixture
def puppet_of(tmp_path: Path) -> Build:
    def build(picture: Image.Image, **changes: dict[str, Any]) -> Puppet:
        picture.save(tmp_path / "picture.png")
        face = {key: {**value, **changes.get(key, {})} for key, value in FACE.items()}
        return Puppet.of(Character("made", tmp_path, options={"layers": LAYERS, **face}))

    return build


def like(picture: Pixels, colour: np.ndarray, within: int = 40) -> int:
    """Pixels of about a colour."""
    return int((np.abs(picture[..., :3].astype(int) - colour).max(axis=-1) < within).sum())


def test_at_rest_the_picture_is_what_it_was(puppet_of: Build) -> None:
    picture = portrait()
    rest = puppet_of(picture).paint({})
    assert np.abs(rest.astype(int) - np.asarray(picture).astype(int)).max() <= 2


@pytest.mark.parametrize("lid", ["eye_wink", "eye_happy_wink"])
def test_a_shut_lid_is_of_skin_and_hides_the_iris(puppet_of: Build, lid: str) -> None:
    puppet = puppet_of(portrait())
    shut = puppet.paint(spread({lid: 1.0}))[EYE]
    assert like(puppet.paint({})[EYE], IRIS) > 300
    assert like(shut, IRIS) < 12
    assert like(shut, SKIN, 16) > 0.7 * shut.shape[0] * shut.shape[1]
    assert like(shut, np.array([0x3B, 0x2B, 0x45]), 60) > 30


def test_a_blink_closes_steadily(puppet_of: Build) -> None:
    puppet = puppet_of(portrait())
    seen = [like(puppet.paint({"eye_wink_left": strength})[EYE], IRIS) for strength in np.linspace(0, 1, 7)]
    assert all(later <= earlier + 8 for earlier, later in pairwise(seen))


def test_hair_over_an_eye_stays_over_the_lid(puppet_of: Build) -> None:
    picture = portrait(fringe=True)
    shut = puppet_of(picture).paint(spread({"eye_wink": 1.0}))
    hair = np.abs(np.asarray(picture)[..., :3].astype(int) - (0x5A, 0x4A, 0x8A)).max(axis=-1) < 8
    strand = np.zeros_like(hair)
    strand[176:196, 284:306] = hair[176:196, 284:306]
    assert strand.sum() > 100
    assert np.abs(shut[strand][:, :3].astype(int) - (0x5A, 0x4A, 0x8A)).max() < 24


def test_the_gaze_moves_the_pictures_own_iris(puppet_of: Build) -> None:
    puppet = puppet_of(portrait())

    def middle(pose: Pose, axis: int) -> float:
        eye = puppet.paint(pose)[EYE][..., :3].astype(int)
        return float(np.nonzero(np.abs(eye - IRIS).max(axis=-1) < 40)[axis].mean())

    assert middle({"iris_rotation_y": 1.0}, 1) < middle({}, 1) - 2
    assert middle({"iris_rotation_x": 1.0}, 0) < middle({"iris_rotation_x": -1.0}, 0) - 2


def test_an_opening_mouth_takes_the_place_of_the_pictures(puppet_of: Build) -> None:
    puppet = puppet_of(portrait(), mouth={"inside": "#20a050"})
    inside = [
        like(puppet.paint({"mouth_aaa": strength})[MOUTH], np.array([0x20, 0xA0, 0x50]), 12) for strength in (0, 0.5, 1)
    ]
    assert inside[0] == 0
    assert 30 < inside[1] < inside[2]


def test_a_mouth_painted_out_leaves_skin(puppet_of: Build) -> None:
    puppet = puppet_of(portrait(), mouth={"own": False, "line": "#fde4d4", "lip": "#fde4d4"})
    corner = puppet.paint({})[250:276, 236:276]
    assert like(corner, SKIN, 16) == corner.shape[0] * corner.shape[1]


def test_a_brow_goes_up_and_leaves_skin_behind(puppet_of: Build) -> None:
    puppet = puppet_of(portrait())
    rest, raised = puppet.paint({}), puppet.paint(spread({"eyebrow_raised": 1.0}))
    brow = (slice(150, 182), slice(282, 316))

    def height(picture: Pixels) -> float:
        dark = np.abs(picture[brow][..., :3].astype(int) - SKIN).max(axis=-1) > 60
        return float(np.nonzero(dark)[0].mean())

    assert height(raised) < height(rest) - 5


def test_one_colour_still_covers(puppet_of: Build) -> None:
    puppet = puppet_of(portrait(), eyes={"own": False, "cover": "#00ff00"})
    assert like(puppet.paint({}), np.array([0, 255, 0]), 8) > 200


def toml(tmp_path: Path, text: str) -> Character:
    from kuchipaku.character import read_character

    portrait().save(tmp_path / "picture.png")
    (tmp_path / "character.toml").write_text(text)
    return read_character(tmp_path)


def test_a_picture_alone_has_no_face_until_it_is_given_anchors(tmp_path: Path) -> None:
    text = 'title = "Robin"\n'
    bare = anchors_of(toml(tmp_path, text))
    assert (bare["eyes"], bare["mouth"], bare["neck"]) == (None, None, [256, 296])
    character = toml(tmp_path, with_anchors(text, FACE))
    anchors = anchors_of(character)
    assert anchors["eyes"]["left"] == [298, 210] and anchors["eyes"]["own"] is True
    assert anchors["mouth"]["size"] == 13
    assert Puppet.of(character).paint({"mouth_aaa": 1.0}).shape == (512, 512, 4)


def test_moving_one_anchor_leaves_the_others(tmp_path: Path) -> None:
    text = with_anchors('title = "Robin"\n', FACE)
    moved = anchors_of(toml(tmp_path, with_anchors(text, {"mouth": {"at": [250, 260]}, "brows": None})))
    assert moved["mouth"]["at"] == [250, 260]
    assert (moved["mouth"]["size"], moved["eyes"]["size"], moved["brows"]) == (13, 22, None)


def test_layers_of_the_characters_own_are_kept(tmp_path: Path) -> None:
    layers = ('file = "a.png"', 'draw = "eyes"', 'file = "b.png"')
    text = "[puppet]\n" + "".join(f"[[puppet.layers]]\n{layer}\n" for layer in layers)
    character = toml(tmp_path, with_anchors(text, {"eyes": {"size": 20}}))
    assert [layer.get("file") for layer in character.options["layers"]] == ["a.png", None, "b.png"]


@pytest.mark.parametrize(
    "anchors", [{"eyes": {"size": -1}}, {"mouth": {"at": [1]}}, {"ears": {}}, {"neck": [256, 400]}]
)
def test_wrong_anchors_are_told(anchors: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        with_anchors('title = "Robin"\n', anchors)
