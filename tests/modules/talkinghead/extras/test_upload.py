from __future__ import annotations

import io
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from kuchipaku import BadRequest, TooLarge
from kuchipaku.character import read_character
from modules.puppet.avatar import Puppet
from modules.talkinghead.extras.upload import character_files, has_networks
from modules.talkinghead.tha3.files import NAMES, VARIANTS, folder_of

SUMIRE = Path(__file__).resolve().parents[4] / "characters" / "sumire" / "picture.png"


def test_a_face_is_found_and_given_a_mouth_that_moves(tmp_path: Path) -> None:
    files = character_files(SUMIRE.read_bytes(), 40.0, networks=False)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    who = read_character(tmp_path)
    assert (who.title, who.avatar) == ("SillyTavern", "puppet")
    puppet = Puppet.of(who)
    rest, open_ = puppet.paint({}).copy(), puppet.paint({"mouth_aaa": 1.0}).copy()
    puppet.close()
    assert rest.shape == (512, 512, 4)
    assert (rest != open_).any(axis=-1).sum() > 100


def test_for_the_networks_the_picture_alone_is_fitted() -> None:
    files = character_files(SUMIRE.read_bytes(), 40.0, networks=True)
    assert tomllib.loads(files["character.toml"].decode()) == {"title": "SillyTavern", "avatar": "tha3"}
    with Image.open(io.BytesIO(files["picture.png"])) as picture:
        assert (picture.mode, picture.size) == ("RGBA", (512, 512))


@pytest.mark.parametrize("networks", [True, False])
def test_a_picture_without_a_face_is_a_character_too(face: Callable[..., bytes], networks: bool) -> None:
    files = character_files(face((300, 400)), 40.0, networks=networks)
    assert set(files) == {"picture.png", "character.toml"}


def test_what_is_no_picture_or_too_large_is_refused(face: Callable[..., bytes]) -> None:
    with pytest.raises(BadRequest):
        character_files(b"no picture", 40.0, networks=False)
    with pytest.raises(TooLarge):
        character_files(face(), 0.1, networks=False)


@pytest.mark.parametrize("variant", VARIANTS)
def test_networks_are_there_once_all_five_files_are(tmp_path: Path, variant: str) -> None:
    assert not has_networks(tmp_path)
    folder = folder_of(tmp_path / "tha3", variant)
    folder.mkdir(parents=True)
    for name in NAMES:
        assert not has_networks(tmp_path)
        (folder / f"{name}.pt").touch()
    assert has_networks(tmp_path)
