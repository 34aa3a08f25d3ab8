"""What the talking heads publish, against what is known of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path

import pytest

from kuchipaku.weights import Published
from modules.talkinghead import published as offers

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
ALL = offers.published_for(cuda=False)
THA3 = [one for one in ALL if one.name.startswith("tha3")]
STUDENTS = [one for one in ALL if one.name.startswith("tha4")]

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with published files is absent")


def named(name: str) -> Published:
    return next(one for one in ALL if one.name == name)


def test_there_are_four_variants_and_two_students() -> None:
    assert [one.name for one in ALL] == [
        "tha3-separable_float",
        "tha3-separable_half",
        "tha3-standard_float",
        "tha3-standard_half",
        "tha4-lambda-00",
        "tha4-lambda-01",
    ]
    assert len({(one.folder, file.path) for one in ALL for file in one.files}) == 4 * 5 + 2 * 4


@pytest.mark.parametrize(("cuda", "usual"), [(False, "tha3-separable_float"), (True, "tha3-separable_half")])
def test_tha3_is_the_variant_that_suits_the_machine(cuda: bool, usual: str) -> None:
    assert [one.name for one in offers.published_for(cuda) if "tha3" in one.also] == [usual]


def test_torch_is_not_loaded_where_there_is_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers.shutil, "which", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    assert offers.has_cuda() is False
    assert offers.published() == ALL


@pytest.mark.parametrize("one", THA3, ids=lambda one: one.name)
def test_the_networks_of_a_variant_lie_where_they_are_loaded_from(one: Published) -> None:
    variant = one.name.removeprefix("tha3-")
    assert one.folder == f"tha3/{variant}"
    for file in one.files:
        assert file.url == f"https://huggingface.co/OktayAlpk/talking-head-anime-3/resolve/main/{variant}/{file.path}"
        assert all(f"/{file.path}" in mirror for mirror in file.mirrors)


def test_the_authors_link_to_a_wrong_network_is_left_out() -> None:
    links = [mirror for one in THA3 for file in one.files for mirror in file.mirrors if "dropbox" in mirror]
    assert len(links) == len(set(links)) == 4 * 5 - 1
    (face,) = (file for file in named("tha3-separable_half").files if file.path == "face_morpher.pt")
    assert face.mirrors == ()


def test_licences_are_those_of_the_author() -> None:
    assert {(one.licence, one.non_commercial) for one in THA3} == {("CC BY 4.0", False)}
    assert {(one.licence, one.non_commercial) for one in STUDENTS} == {("CC BY-NC 4.0", True)}
    assert all("Pramook Khungurn" in one.credit for one in ALL)


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("one", THA3, ids=lambda one: one.name)
def test_sizes_are_those_of_the_tensors(one: Published) -> None:
    listing = json.loads((SHARED / "reference/tha3_state_dicts.json").read_text())[one.name.removeprefix("tha3-")]
    assert {file.path.removesuffix(".pt") for file in one.files} == set(listing)
    for file in one.files:
        tensors = _bytes(listing[file.path.removesuffix(".pt")])
        assert tensors < file.size < tensors + 40_000


def _bytes(tensors: list[tuple[str, list[int], str]]) -> int:
    widths: Mapping[str, int] = {"float32": 4, "float16": 2}
    return sum(prod(shape) * widths[dtype] for _, shape, dtype in tensors)


@pytest.mark.shared
@needs_shared
def test_the_real_editor_has_the_checksum() -> None:
    (editor,) = (file for file in named("tha3-separable_float").files if file.path == "editor.pt")
    _assert_is(SHARED / "reference/tha3_real/editor_separable_float_real.pt", editor.size, editor.sha256)


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("one", STUDENTS, ids=lambda one: one.name)
def test_the_real_students_have_the_checksums(one: Published) -> None:
    for file in one.files:
        _assert_is(SHARED / "characters" / one.folder.removeprefix("tha4/") / file.path, file.size, file.sha256)


def _assert_is(path: Path, size: int, sha256: str) -> None:
    from kuchipaku.weights import content
    from kuchipaku.weights.state import sha256_of

    content.check(path, path.name)
    assert (path.stat().st_size, sha256_of(path)) == (size, sha256)
