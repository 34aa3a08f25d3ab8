"""A variant's folder of published files -> its five networks, loaded once and shared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn

from kuchipaku import EngineUnavailable, UnknownName
from modules.talkinghead.tha3.networks import Editor, EyebrowDecomposer, EyebrowMorphingCombiner, FaceMorpher, Rotator

VARIANTS = ("standard_float", "standard_half", "separable_float", "separable_half")
"""The published variants; each is a folder of five files."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Networks:
    """The five networks of one variant, in inference mode, on one device and in one dtype."""

    eyebrow_decomposer: EyebrowDecomposer
    eyebrow_morphing_combiner: EyebrowMorphingCombiner
    face_morpher: FaceMorpher
    two_algo_face_body_rotator: Rotator
    editor: Editor

    @property
    def like(self) -> Tensor:
        """Some weight: whatever is computed with them shares its dtype and device."""
        return next(self.editor.parameters())


NAMES = tuple(field.name for field in fields(Networks))
"""What the five files are called, without their suffix."""

_KINDS: dict[str, type[nn.Module]] = {
    "eyebrow_decomposer": EyebrowDecomposer,
    "eyebrow_morphing_combiner": EyebrowMorphingCombiner,
    "face_morpher": FaceMorpher,
    "two_algo_face_body_rotator": Rotator,
    "editor": Editor,
}


class Shared(Generic[T]):
    """Builds a thing once for all who hold it at a time; it goes when the last of them lets it go. Thread-safe."""

    def __init__(self, build: Callable[..., T]) -> None:
        self._build = build
        self._held: WeakValueDictionary[Hashable, T] = WeakValueDictionary()
        self._building = threading.Lock()

    def get(self, *key: Hashable) -> T:
        """What `build(*key)` gives, or gave."""
        with self._building:
            held = self._held.get(key)
            if held is None:
                held = self._held[key] = self._build(*key)
            return held


def is_separable(variant: str) -> bool:
    """Whether a variant's convolutions are depthwise and 1x1. Raises UnknownName."""
    if variant not in VARIANTS:
        raise UnknownName(f"THA3 has no variant {variant!r}", hint=f"known: {', '.join(VARIANTS)}")
    return variant.startswith("separable")


def folder_of(models: Path, variant: str) -> Path:
    """Where a variant's five files lie, below the folder of all variants. Raises UnknownName."""
    is_separable(variant)
    return models / variant


def is_complete(models: Path, variant: str) -> bool:
    """Whether all five files of a variant are there; they are not opened."""
    folder = folder_of(models, variant)
    return all(any((folder / f"{name}{suffix}").is_file() for suffix in _READERS) for name in NAMES)


def load(models: Path, variant: str, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Networks:
    """The networks of a variant, from `.pt` or `.safetensors` files of any float dtype, computing in `dtype`.

    Raises UnknownName for a variant there is not, EngineUnavailable naming the file that is missing or wrong.
    """
    folder = folder_of(models, variant)
    return assemble(variant, lambda name: _read(_file(folder, name, variant), variant), device, dtype)


def assemble(
    variant: str,
    state_of: Callable[[str], Mapping[str, Tensor]],
    device: str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> Networks:
    """The networks of a variant from their state dicts. Raises EngineUnavailable if one does not fit."""
    built = {name: _network(name, variant, state_of(name), device, dtype) for name in NAMES}
    return Networks(**built)  # type: ignore[arg-type]  # the kinds are those of _KINDS


def empty(name: str, variant: str) -> nn.Module:
    """One network of a variant without weights: its tensors have shapes and no storage."""
    with torch.device("meta"):
        return _KINDS[name](separable=is_separable(variant))


def _network(name: str, variant: str, state: Mapping[str, Tensor], device: str, dtype: torch.dtype) -> nn.Module:
    network = empty(name, variant)
    ready = {key: value.to(device=device, dtype=dtype) for key, value in state.items()}
    try:
        network.load_state_dict(ready, strict=True, assign=True)
    except RuntimeError as error:
        wrong = str(error).splitlines()[1].strip()
        raise _unusable(f"the weights of {name} do not fit {variant}: {wrong}", variant) from error
    return network.eval().requires_grad_(False)


def _file(folder: Path, name: str, variant: str) -> Path:
    for suffix in _READERS:
        if (path := folder / f"{name}{suffix}").is_file():
            return path
    raise _unusable(f"{folder / name}.pt is missing", variant)


def _read(path: Path, variant: str) -> Mapping[str, Tensor]:
    try:
        state = _READERS[path.suffix](path)
    except Exception as error:  # zip, pickle and header errors have no common class
        raise _unusable(f"{path} is no file of weights", variant) from error
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise _unusable(f"{path} holds something other than weights", variant)
    return state


def _read_pickled(path: Path) -> Mapping[str, Tensor]:
    state: Mapping[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _read_safetensors(path: Path) -> Mapping[str, Tensor]:
    from safetensors.torch import load_file

    return load_file(path)


_READERS: dict[str, Callable[[Path], Mapping[str, Tensor]]] = {".pt": _read_pickled, ".safetensors": _read_safetensors}


def _unusable(message: str, variant: str) -> EngineUnavailable:
    return EngineUnavailable(message, hint=f"python -m kuchipaku models fetch tha3-{variant}")
