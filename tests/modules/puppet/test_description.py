"""Characters that are made by hand: what is right is loaded, what is wrong is said."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kuchipaku import BadRequest, Character
from kuchipaku.pose import spread
from modules.puppet.avatar import Puppet
from modules.puppet.description import BrowsSpec, EyesSpec, LayerSpec, MouthSpec, PuppetSpec, puppet_spec
from modules.puppet.sheet import every_morph, sheet


def character(folder: Path, **options: Any) -> Character:
    return Character("made", folder, options=options)


def save(folder: Path, name: str, size: tuple[int, int] = (512, 512), colour: str = "#336699") -> None:
    picture = Image.new("RGBA", size)
    picture.paste(colour, (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1]))
    picture.save(folder / name)


@pytest.mark.parametrize("size", [(512, 512), (300, 600), (64, 32)])
def test_a_picture_alone_lives(tmp_path: Path, size: tuple[int, int]) -> None:
    save(tmp_path, "picture.png", size)
    puppet = Puppet.of(character(tmp_path))
    rest = puppet.paint({})
    assert (rest[..., 3] == 255).sum() > 5000
    for morph in ("head_x", "head_y", "neck_z", "body_y", "body_z", "breathing"):
        assert (puppet.paint({morph: 1.0}) != rest).any(), morph


def test_a_large_picture_is_shown_whole(tmp_path: Path) -> None:
    Image.new("RGBA", (1000, 2000), "#ff0000").save(tmp_path / "picture.png")
    alpha = Puppet.of(character(tmp_path)).paint({})[..., 3]
    assert (alpha[256, 140:372] == 255).all()
    assert not alpha[:, :120].any()


def test_a_face_can_be_drawn_over_any_picture(tmp_path: Path) -> None:
    save(tmp_path, "picture.png")
    layers = [{"file": "picture.png"}, {"draw": "mouth"}, {"draw": "eyes"}, {"draw": "brows"}]
    puppet = Puppet.of(character(tmp_path, layers=layers, mouth={"cover": "#ffe0d0"}, eyes={"cover": "#ffe0d0"}))
    rest = puppet.paint({})
    for morph in ("mouth_aaa", "eye_wink_left", "eyebrow_angry_right"):
        assert (puppet.paint({morph: 1.0}) != rest).any(), morph


def test_an_opaque_colour_comes_through_unchanged(tmp_path: Path) -> None:
    save(tmp_path, "back.png", (1024, 1024), "#336699")
    puppet = Puppet.of(character(tmp_path, layers=[{"file": "back.png"}]))
    assert tuple(puppet.paint({})[300, 256]) == (0x33, 0x66, 0x99, 255)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layers": [{"file": "none.png"}]}, ["none.png", "missing"]),
        ({"layers": [{"file": "../secret.png"}]}, ["secret.png", "missing"]),
        ({"layers": [{"file": "small.png"}]}, ["small.png", "256 x 256"]),
        ({"layers": [{"file": "wide.png"}]}, ["wide.png", "600 x 512"]),
        ({"layers": [{"file": "empty.png"}]}, ["empty.png", "empty"]),
        ({"layers": [{"file": "text.png"}]}, ["text.png", "not a picture"]),
        ({"layers": [{"file": "small.png", "depht": 3}]}, ["layers.0.depht"]),
        ({"layers": [{"file": "small.png", "group": "tail"}]}, ["layers.0.group"]),
        ({"layers": [{}]}, ["layers.0"]),
        ({"eyes": {"lash": "black"}}, ["eyes.lash"]),
        ({"mouth": {"size": "big"}}, ["mouth.size"]),
        ({"neck": [256, 350], "collar": 350}, ["[puppet]"]),
        ({"eyes": {"size": 0}}, ["eyes.size"]),
        ({"brows": {"size": 1e9}}, ["brows.size"]),
        ({"neck": [float("nan"), 300]}, ["neck.0"]),
    ],
)
def test_a_mistake_is_told_with_its_file_or_key(tmp_path: Path, options: dict[str, Any], words: list[str]) -> None:
    save(tmp_path, "picture.png")
    save(tmp_path, "small.png", (256, 256))
    save(tmp_path, "wide.png", (600, 512))
    Image.new("RGBA", (512, 512)).save(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(BadRequest) as caught:
        Puppet.of(character(tmp_path, **options))
    assert all(word in str(caught.value) for word in words)
    assert caught.value.hint


def test_no_description_is_a_description() -> None:
    assert puppet_spec(Character("made", Path("made"))).layers[0].file == "picture.png"


def test_the_sheet_shows_every_morph_of_the_rig(tmp_path: Path) -> None:
    poses = every_morph()
    moved = {name for pose in poses.values() for name in pose}
    save(tmp_path, "picture.png")
    puppet = Puppet.of(character(tmp_path))
    assert moved == set(puppet.rig.morphs)
    assert sheet(puppet, poses, columns=10, width=50).size == (500, 64 * 4)
    assert spread({"eye_wink": 0.5, "head_x": 1.0}) == {
        "eye_wink_left": 0.5,
        "eye_wink_right": 0.5,
        "head_x": 1.0,
    }


def test_the_docs_name_every_key() -> None:
    docs = (Path(__file__).resolve().parents[3] / "docs" / "characters.md").read_text("utf-8")
    tables = {"eyes": EyesSpec, "brows": BrowsSpec, "mouth": MouthSpec}
    keys = {f"{table}.{key}" for table, model in tables.items() for key in model.model_fields}
    keys |= set(LayerSpec.model_fields) | set(PuppetSpec.model_fields) - {*tables, "layers"}
    keys |= {field.name for field in fields(Character)} - {"name", "folder", "options", "emotions"}
    assert [key for key in sorted(keys) if f"`{key}`" not in docs] == []
