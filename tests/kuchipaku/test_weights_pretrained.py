from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from kuchipaku import EngineUnavailable, UnknownName
from kuchipaku.weights import Published, WeightFile
from kuchipaku.weights.pretrained import ModelOrEmbedded, Pretrained, hub_files

USUAL = Published(
    name="parrot",
    about="a parrot",
    licence="MIT",
    licence_url="https://example.org/licence",
    credit="A. Parrot",
    homepage="https://example.org",
    folder="owner/parrot",
    files=(WeightFile("config.json", "https://example.org/config.json"),),
)


def put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


def parrot(models: Path, model: str = "owner/parrot") -> Pretrained:
    return Pretrained("the parrot", model, models, USUAL)


def test_a_model_is_found_by_its_name_in_the_folder_of_models(tmp_path: Path) -> None:
    folder = put(tmp_path / "owner" / "parrot")
    assert parrot(tmp_path).folder() == folder
    assert parrot(tmp_path).load(lambda place: place) == str(folder)


def test_a_model_may_be_any_folder(tmp_path: Path) -> None:
    folder = put(tmp_path / "elsewhere")
    assert parrot(tmp_path / "models", str(folder)).folder() == folder


def test_a_model_in_the_cache_of_hugging_face_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    constants = pytest.importorskip("huggingface_hub.constants", reason="huggingface_hub is not installed")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    kept = tmp_path / "cache" / "models--owner--parrot"
    snapshot = put(kept / "snapshots" / ("a" * 40))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("a" * 40)
    assert parrot(tmp_path / "models").folder() == snapshot


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("owner/parrot", "python -m kuchipaku models fetch parrot"),
        (
            "owner/other",
            "hf download owner/other --local-dir {models}/owner/other, or correct the name in the settings",
        ),
        ("no such::name", "hf download no such::name --local-dir"),
    ],
)
def test_a_model_that_is_not_here_is_named_with_the_command_that_fetches_it(
    tmp_path: Path, model: str, hint: str
) -> None:
    with pytest.raises(EngineUnavailable, match=f"the parrot has no weights: {model}") as raised:
        parrot(tmp_path, model).load(str)
    assert raised.value.hint.startswith(hint.format(models=tmp_path))


def test_without_huggingface_hub_its_cache_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(EngineUnavailable, match="is not here"):
        parrot(tmp_path).folder()


def test_a_missing_library_is_named_with_the_command_that_brings_it(tmp_path: Path) -> None:
    put(tmp_path / "owner" / "parrot")

    def build(_: str) -> None:
        raise ModuleNotFoundError("No module named 'feathers'", name="feathers")

    with pytest.raises(EngineUnavailable, match="the parrot needs feathers") as raised:
        parrot(tmp_path).load(build)
    assert raised.value.hint == "python -m pip install -r requirements-neural.txt"


def test_of_a_damaged_model_the_first_line_of_the_reason_is_told(tmp_path: Path) -> None:
    put(tmp_path / "owner" / "parrot")

    def build(_: str) -> None:
        raise KeyError("the beak is bent\n" + "x" * 1000)

    with pytest.raises(EngineUnavailable, match="cannot load 'owner/parrot': 'the beak is bent") as raised:
        parrot(tmp_path).load(build)
    assert len(str(raised.value)) < 250
    assert raised.value.hint == "python -m kuchipaku models fetch parrot"


def test_files_of_a_repository_lie_at_a_fixed_commit() -> None:
    (config, table) = hub_files("owner/parrot", "abc", {"config.json": 10, "1_Pooling/config.json": 20})
    assert config == WeightFile("config.json", "https://huggingface.co/owner/parrot/resolve/abc/config.json", size=10)
    assert (table.url.rpartition("abc/")[2], table.size) == ("1_Pooling/config.json", 20)


class Cage:
    """A model that is in the cage or not, and counts how often it was built."""

    def __init__(self, inside: bool) -> None:
        self.inside, self.built = inside, 0

    def open(self) -> str:
        if not self.inside:
            raise EngineUnavailable("the cage is empty", hint="fetch a parrot")
        self.built += 1
        return "parrot"


@pytest.mark.parametrize(("wanted", "got"), [("auto", "parrot"), ("model", "parrot"), ("echo", "an echo")])
def test_the_wanted_engine_is_built_once(wanted: str, got: str) -> None:
    cage = Cage(inside=True)
    engines = ModelOrEmbedded("bird", wanted, cage.open, ("echo", lambda: "an echo"))
    assert [engines.get(), engines.get()] == [got, got]
    assert cage.built == (got == "parrot")


def test_the_embedded_one_stands_in_until_the_model_comes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="kuchipaku.weights.pretrained")
    cage = Cage(inside=False)
    engines = ModelOrEmbedded("bird", "auto", cage.open, ("echo", lambda: "an echo"))
    assert [engines.get(), engines.get()] == ["an echo", "an echo"]
    assert caplog.messages == ["the cage is empty: 'echo' stands in (fetch a parrot)"]
    cage.inside = True
    assert engines.get() == "parrot"


def test_a_wanted_model_that_cannot_be_had_is_an_error() -> None:
    engines = ModelOrEmbedded("bird", "model", Cage(inside=False).open, ("echo", lambda: "an echo"))
    with pytest.raises(EngineUnavailable, match="the cage is empty"):
        engines.get()


def test_an_engine_that_nobody_knows_is_named() -> None:
    engines = ModelOrEmbedded("bird", "owl", Cage(inside=True).open, ("echo", lambda: "an echo"))
    with pytest.raises(UnknownName, match="no bird is called 'owl'"):
        engines.get()
