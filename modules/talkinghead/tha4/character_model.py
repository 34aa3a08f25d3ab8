"""Character models of THA4: a folder with a YAML file, a picture, and the tensors of two networks."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kuchipaku import BadRequest, EngineUnavailable
from modules.talkinghead.color import Floats, premultiplied_planes

if TYPE_CHECKING:
    from torch import Tensor

KEYS = ("character_image_file_name", "face_morpher_file_name", "body_morpher_file_name")
"""Of the YAML file: three file names, relative to it."""
SIZE = 512


@dataclass(frozen=True, slots=True)
class CharacterModel:
    """What a character model holds."""

    image: Floats
    """(4, 512, 512): premultiplied linear light in -1..1."""
    face: Mapping[str, Tensor]
    """Tensors of the face morpher, by their published names."""
    body: Mapping[str, Tensor]
    """Those of the body morpher."""


def read_character_model(path: Path) -> CharacterModel:
    """The character model whose YAML file is `path`.

    Raises BadRequest naming the file and what is wrong with it, or EngineUnavailable if it does not exist.
    """
    image, face, body = (_inside(path, name) for name in _file_names(path))
    return CharacterModel(_picture(image), _tensors(face), _tensors(body))


def _file_names(path: Path) -> list[str]:
    import yaml

    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EngineUnavailable(f"there is no {path}", hint="put a THA4 character model into the folder") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadRequest(f"{path.name} cannot be read: {error}", hint=f"a YAML file with {', '.join(KEYS)}") from error
    if not isinstance(table, dict) or not all(isinstance(table.get(key), str) for key in KEYS):
        raise BadRequest(f"{path.name} does not name its three files", hint=f"it needs the keys {', '.join(KEYS)}")
    return [table[key] for key in KEYS]


def _inside(path: Path, name: str) -> Path:
    """A file beside the YAML file or below; links are followed before it is judged."""
    folder = path.parent.resolve()
    found = (folder / name).resolve()
    if not found.is_relative_to(folder):
        raise BadRequest(f"{path.name}: {name!r} lies outside of its folder", hint="name files of the folder only")
    if not found.is_file():
        raise BadRequest(
            f"{path.name}: there is no {name!r}", hint="the three files lie in the folder of the YAML file"
        )
    return found


def _picture(path: Path) -> Floats:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGBA"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise BadRequest(f"{path.name} cannot be read: {error}", hint="an RGBA PNG, 512 x 512") from error
    if pixels.shape != (SIZE, SIZE, 4):
        raise BadRequest(f"{path.name} is {pixels.shape[1]} x {pixels.shape[0]}", hint="an RGBA PNG, 512 x 512")
    return premultiplied_planes(pixels)


def _tensors(path: Path) -> Mapping[str, Tensor]:
    """Tensors of a .safetensors file, or of one saved by torch; nothing but tensors is ever loaded."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    state: Any
    try:
        if path.suffix == ".safetensors":
            state = load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError, SafetensorError) as error:
        reason = str(error).partition("\n")[0]
        raise BadRequest(f"{path.name} holds no tensors: {reason}", hint="a state dict of a THA4 student") from error
    if not isinstance(state, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in state.values()):
        raise BadRequest(f"{path.name} is no state dict", hint="names and tensors, as the THA4 trainer saves them")
    return {name: tensor.float() for name, tensor in state.items()}
