"""New characters of a picture, or of a THA4 model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from kuchipaku import BadRequest
from kuchipaku.character import CharacterStore
from kuchipaku.fitting.adding import add_character, add_tha4
from tests.kuchipaku.fitting.drawings import draw_person, png

MODEL = "character_image_file_name: me.png\nface_morpher_file_name: 'face.pt'\nbody_morpher_file_name: body.pt\n"


@pytest.fixture
def store(tmp_path: Path) -> CharacterStore:
    return CharacterStore(tmp_path / "characters")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "character_model.yaml").write_text(MODEL)
    Image.new("RGBA", (512, 512), "#336699").save(folder / "me.png")
    (folder / "face.pt").write_bytes(b"face")
    (folder / "body.pt").write_bytes(b"body")
    return folder


def test_a_picture_becomes_a_puppet(store: CharacterStore) -> None:
    picture = png(draw_person((320, 320), (160, 140), 48).on("white"))
    character, fitted = add_character(store, picture, 40, name="robin", title="Robin R.")
    assert (character.avatar, character.title) == ("puppet", "Robin R.")
    assert (character.folder / "picture.png").read_bytes() == fitted.picture_png
    assert {key: value for key, value in character.options.items() if key != "layers"} == fitted.anchors
    assert fitted.framing == "portrait"


def test_a_picture_for_the_networks_has_no_table_of_a_puppet(store: CharacterStore) -> None:
    picture = png(draw_person((320, 320), (160, 140), 48).picture)
    character, fitted = add_character(store, picture, 40, name="robin", avatar="tha3")
    assert (character.avatar, character.options, fitted.framing) == ("tha3", {}, "tha")


def test_a_picture_without_a_face_is_added_whole(store: CharacterStore) -> None:
    character, fitted = add_character(store, png(Image.new("RGB", (100, 80), "#555")), 40, name="wall")
    assert fitted.anchors is None
    assert character.options == {}


def test_a_model_is_copied_with_its_files(store: CharacterStore, model: Path) -> None:
    character = add_tha4(store, model, 40, name="lam")
    assert character.avatar == "tha4"
    assert {path.name for path in character.folder.iterdir()} == {
        "character.toml", "picture.png", "me.png", "face.pt", "body.pt", "character_model.yaml",
    }  # fmt: skip
    assert (character.folder / "face.pt").read_bytes() == b"face"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "face.pt").unlink(), "face.pt is missing"),
        (lambda folder: (folder / "character_model.yaml").unlink(), "character_model.yaml is missing"),
        (lambda folder: (folder / "character_model.yaml").write_text("x: y\n"), "character_image_file_name"),
        (lambda folder: (folder / "character_model.yaml").write_text(MODEL.replace(": me", ": ../me")), "is missing"),
        (lambda folder: (folder / "me.png").write_text("no picture"), "not a picture"),
    ],
)
def test_a_model_that_is_not_whole_leaves_nothing_behind(
    store: CharacterStore, model: Path, spoil: object, words: str
) -> None:
    spoil(model)  # type: ignore[operator]
    with pytest.raises(BadRequest) as caught:
        add_tha4(store, model, 40, name="lam")
    assert words in str(caught.value)
    assert store.names() == []


def test_a_model_never_writes_over_the_file_of_its_character(store: CharacterStore, model: Path) -> None:
    (model / "character_model.yaml").write_text(MODEL.replace("body.pt", "character.toml"))
    (model / "character.toml").write_text('avatar = "puppet"\n')
    assert add_tha4(store, model, 40, name="lam").avatar == "tha4"
