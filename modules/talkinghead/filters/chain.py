"""A chain of filters: read from JSON, described for people, applied to frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from kuchipaku import BadRequest, Pixels
from kuchipaku.settings import checked
from modules.talkinghead.filters import grain, lens, screen, tape
from modules.talkinghead.filters.base import FPS, Filter, Moment
from modules.talkinghead.filters.light import Light

FILTERS: Mapping[str, type[Filter]] = {
    "bloom": lens.Bloom,
    "chromatic_aberration": lens.ChromaticAberration,
    "vignetting": lens.Vignetting,
    "translucency": lens.Translucency,
    "alphanoise": grain.Alphanoise,
    "lumanoise": grain.Lumanoise,
    "analog_lowres": tape.AnalogLowres,
    "analog_badhsync": tape.AnalogBadhsync,
    "analog_distort": tape.AnalogDistort,
    "analog_vhsglitches": tape.AnalogVhsglitches,
    "analog_vhstracking": tape.AnalogVhstracking,
    "shift_distort": tape.ShiftDistort,
    "desaturate": lens.Desaturate,
    "banding": screen.Banding,
    "scanlines": screen.Scanlines,
}
"""In the order in which light meets them: lens, transport, tape, screen."""
LONGEST = 32
"""Filters of a chain: with more, no frame would be ready in time."""
FORM = '[["bloom", {"luma_threshold": 0.8}], ["scanlines", {}]]'


@dataclass(frozen=True)
class Chain:
    """Filters one after the other. A pure function of the picture, the moment and the seed."""

    filters: tuple[Filter, ...] = ()
    seed: int = 0

    def __call__(self, pixels: Pixels, t: float) -> Pixels:
        """RGBA uint8 (H, W, 4), straight alpha, at `t` seconds -> the same; without filters the very same array."""
        if not self.filters or not pixels.size:
            return pixels
        light = Light(pixels)
        moment = Moment(frame=t * FPS, seed=self.seed)
        for step in self.filters:
            step.apply(light, moment)
        return light.pixels()


def parse_chain(items: object, seed: int = 0) -> Chain:
    """A chain from its JSON form, a list of [name, {parameter: value}].

    Raises BadRequest that names the item, the unknown filter or parameter or the wrong value, and what is allowed.
    """
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise BadRequest("postprocessor_chain is not a list", hint=f"like {FORM}")
    if len(items) > LONGEST:
        raise BadRequest(f"postprocessor_chain has {len(items)} filters", hint=f"at most {LONGEST}")
    return Chain(tuple(_parsed(number, item) for number, item in enumerate(items)), seed)


def _parsed(number: int, item: object) -> Filter:
    where = f"postprocessor_chain[{number}]"
    match item:
        case [str(name), dict(parameters)]:
            pass
        case _:
            raise BadRequest(f"{where} is not a filter with its parameters", hint=f"like {FORM}")
    if name not in FILTERS:
        raise BadRequest(f"{where}: there is no filter {name!r}", hint=f"filters: {', '.join(FILTERS)}")
    return checked(FILTERS[name], parameters, f"{where} {name}")


def describe() -> dict[str, dict[str, Any]]:
    """Every filter: {name: {help, dynamic, parameters: {name: {type, default, help, min, max, step | options}}}}.

    A type is "number", "integer", "boolean", "text", "choice" (with its options) or "colour" (three numbers of 0..1).
    """
    return {name: _described(kind) for name, kind in FILTERS.items()}


def _described(kind: type[Filter]) -> dict[str, Any]:
    parameters = {name: _parameter(field) for name, field in kind.model_fields.items()}
    return {"help": kind.help, "dynamic": kind.moves, "parameters": parameters}


def _parameter(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    about = {"type": _type(field), "default": field.get_default(), "help": field.description, **extra}
    return about | ({"options": list(get_args(field.annotation))} if get_origin(field.annotation) is Literal else {})


def _type(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return "choice"
    names: dict[Any, str] = {float: "number", int: "integer", bool: "boolean", str: "text"}
    return names.get(field.annotation, "colour")
