"""Folders of weights become networks, or an error that says what to do."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from kuchipaku import EngineUnavailable, UnknownName
from modules.talkinghead.tha3.files import NAMES, VARIANTS, Networks, Shared, is_complete, load
from modules.talkinghead.tha3.rule import rule_state

VARIANT = "separable_float"


@pytest.fixture(scope="module")
def states() -> Mapping[str, Mapping[str, Tensor]]:
    return {name: rule_state(name, VARIANT) for name in NAMES}


@pytest.fixture
def models(tmp_path: Path, states: Mapping[str, Mapping[str, Tensor]]) -> Path:
    (tmp_path / VARIANT).mkdir()
    for name, state in states.items():
        torch.save(state, tmp_path / VARIANT / f"{name}.pt")
    return tmp_path


def weight(networks: Networks) -> Tensor:
    return networks.editor.color_change_creator[0].weight


def test_a_folder_of_pickled_files_loads(models: Path, states: Mapping[str, Mapping[str, Tensor]]) -> None:
    networks = load(models, VARIANT)
    assert torch.equal(weight(networks), states["editor"]["color_change_creator.0.weight"])
    assert not weight(networks).requires_grad and not networks.editor.training
    assert is_complete(models, VARIANT) and not is_complete(models, "standard_half")


def test_files_of_any_float_compute_in_the_dtype_that_is_asked_for(
    models: Path, states: Mapping[str, Mapping[str, Tensor]]
) -> None:
    halves = {key: value.half() for key, value in states["editor"].items()}
    torch.save(halves, models / VARIANT / "editor.pt")
    networks = load(models, VARIANT)
    assert weight(networks).dtype == torch.float32
    assert torch.equal(weight(networks), halves["color_change_creator.0.weight"].float())
    assert weight(load(models, VARIANT, dtype=torch.float16)).dtype == torch.float16


def test_safetensors_load_where_there_is_no_pickled_file(
    models: Path, states: Mapping[str, Mapping[str, Tensor]]
) -> None:
    (models / VARIANT / "editor.pt").unlink()
    save_file(dict(states["editor"]), models / VARIANT / "editor.safetensors")
    assert torch.equal(weight(load(models, VARIANT)), states["editor"]["color_change_creator.0.weight"])


def test_a_missing_file_is_named_with_the_command_that_fetches_it(models: Path) -> None:
    (models / VARIANT / "editor.pt").unlink()
    with pytest.raises(EngineUnavailable, match=r"editor\.pt is missing") as caught:
        load(models, VARIANT)
    assert caught.value.hint == "python -m kuchipaku models fetch tha3-separable_float"


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"PK\x03\x04 cut"])
def test_a_file_that_holds_no_weights_is_named(models: Path, content: bytes) -> None:
    (models / VARIANT / "editor.pt").write_bytes(content)
    with pytest.raises(EngineUnavailable, match=r"editor\.pt is no file of weights"):
        load(models, VARIANT)


def test_a_file_that_would_run_code_is_refused(models: Path, tmp_path: Path) -> None:
    torch.save({"weight": Path(tmp_path)}, models / VARIANT / "editor.pt")
    with pytest.raises(EngineUnavailable, match=r"editor\.pt is no file of weights"):
        load(models, VARIANT)


def test_a_file_of_something_else_is_named(models: Path) -> None:
    torch.save([1, 2], models / VARIANT / "editor.pt")
    with pytest.raises(EngineUnavailable, match="other than weights"):
        load(models, VARIANT)


@pytest.mark.parametrize("wrong", ["key", "shape", "missing"])
def test_weights_that_do_not_fit_are_refused(
    models: Path, states: Mapping[str, Mapping[str, Tensor]], wrong: str
) -> None:
    state = dict(states["editor"])
    weight = state.pop("color_change_creator.0.weight")
    if wrong != "missing":
        name = "color_change_creator.0.weight" if wrong == "shape" else "colour_change_creator.0.weight"
        state[name] = weight[:, :-1] if wrong == "shape" else weight
    torch.save(state, models / VARIANT / "editor.pt")
    with pytest.raises(EngineUnavailable, match=r"editor do not fit separable_float: .*_change_creator"):
        load(models, VARIANT)


def test_a_variant_there_is_not_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownName) as caught:
        load(tmp_path, "separable_double")
    assert all(variant in caught.value.hint for variant in VARIANTS)


def test_what_is_shared_is_built_once_and_goes_with_its_last_holder() -> None:
    built = []

    class Thing:
        pass

    def build(name: str) -> Thing:
        built.append(name)
        return Thing()

    shared: Shared[Thing] = Shared(build)
    first, second = shared.get("a"), shared.get("a")
    assert (
        first is second
        and shared.get("b") is not first
        and built
        == [
            "a",
            "b",
        ]
    )
    del first, second
    gc.collect()
    shared.get("a")
    assert built == ["a", "b", "a"]
