"""The animator's settings: every key of SillyTavern-Extras' `_animator.json`, its default and its meaning.

Source of keys, defaults and meanings: the documented behaviour of SillyTavern-Extras, 2024-02.

Two readings, for two kinds of caller. In our own house (`strict`) whatever is wrong is refused, by name. On the Extras'
endpoint (`lenient`) an unknown key or a value of another type is dropped and named in the log, and the answer is still
OK, since SillyTavern's clients rely on it: they send whatever file a user has. What ended the Extras' animator for
good, an unknown filter or morph, a number that is none, zero frames a second, is refused there too, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from kuchipaku import BadRequest
from modules.talkinghead.extras.reading import (
    Complaint,
    extras_morph,
    number,
    plain_morph,
    refuse,
    refuse_harm,
    shown,
)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known about one setting."""

    about: str
    kind: str = "number"
    """"number", "morph", "morphs" or "filters"."""
    low: float = 0.0
    high: float = 1.0
    """Ends of a slider."""
    step: float = 0.01
    least: float = 0.0
    most: float = float("inf")
    """What works at all."""
    above: bool = False
    """Whether `least` itself does not work."""


def _setting(default: Any, about: str, *scale: float, kind: str = "number", **limits: Any) -> Any:
    """A field with its Key; `scale` is low, high and step of its slider."""
    low, high, step = scale or (0.0, 1.0, 0.01)
    return field(default=default, metadata={"key": Key(about, kind, low, high, step, **limits)})


_SWAYING = ("head_x", "head_y", "neck_z", "body_y", "body_z")


@dataclass(frozen=True)
class AnimatorSettings:
    """How a character moves by itself. Seconds, frames a second; morphs by the names of our rig."""

    target_fps: float = _setting(25.0, "frames a second", 5, 60, 1, above=True)
    crop_left: float = _setting(0.0, "cut off on the left, of a whole width of 2", 0, 1, 0.01, most=2.0)
    crop_right: float = _setting(0.0, "cut off on the right, of a whole width of 2", 0, 1, 0.01, most=2.0)
    crop_top: float = _setting(0.0, "cut off at the top, of a whole height of 2", 0, 1, 0.01, most=2.0)
    crop_bottom: float = _setting(0.0, "cut off at the bottom, of a whole height of 2", 0, 1, 0.01, most=2.0)
    pose_interpolator_step: float = _setting(
        0.1, "share of the way to a new pose in 1/25 s", 0.01, 1, 0.01, most=1.0, above=True
    )
    blink_interval_min: float = _setting(2.0, "shortest time between two blinks, seconds", 0, 10, 0.1)
    blink_interval_max: float = _setting(5.0, "longest time without a chance of a blink, seconds", 0, 20, 0.1)
    blink_probability: float = _setting(0.03, "chance of a blink in 1/25 s", 0, 0.5, 0.005)
    blink_confusion_duration: float = _setting(10.0, "seconds of fast blinks after a turn to confusion", 0, 30, 0.5)
    talking_fps: float = _setting(12.0, "new mouth shapes a second while talking without a score", 1, 25, 1, above=True)
    talking_morph: str = _setting("mouth_aaa", "what opens the mouth then", kind="morph")
    sway_morphs: tuple[str, ...] = _setting(_SWAYING, "what sways", kind="morphs")
    sway_interval_min: float = _setting(5.0, "shortest time until the next sway, seconds", 0.1, 30, 0.1)
    sway_interval_max: float = _setting(10.0, "longest time until the next sway, seconds", 0.1, 30, 0.1)
    sway_macro_strength: float = _setting(0.6, "how far it sways, of the whole range", 0, 1, 0.01)
    sway_micro_strength: float = _setting(0.02, "how much it trembles on the way", 0, 0.2, 0.005)
    breathing_cycle_duration: float = _setting(4.0, "seconds of one breath", 1, 10, 0.1, above=True)
    postprocessor_chain: tuple[tuple[str, Mapping[str, Any]], ...] = _setting(
        (), "filters laid on the picture, in order", kind="filters"
    )

    def to_json(self) -> dict[str, Any]:
        """The object of an `_animator.json`, every key of it."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return given | {
            "talking_morph": extras_morph(self.talking_morph),
            "sway_morphs": [extras_morph(morph) for morph in self.sway_morphs],
            "postprocessor_chain": [[name, dict(parameters)] for name, parameters in self.postprocessor_chain],
        }


KEYS: Mapping[str, Key] = {one.name: one.metadata["key"] for one in fields(AnimatorSettings)}
"""Every setting by its name."""

MOVEMENT = tuple(name for name in KEYS if name.startswith(("pose_", "blink_", "sway_", "breathing_")))
"""The settings that move the face; the others leave that to whoever does it."""

Given = Mapping[str, Any]
"""Settings that somebody gave: checked values of some of KEYS, ready for `AnimatorSettings(**given)`."""


def read_settings(sent: Mapping[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """What is right of an `_animator.json`, and what is wrong with the rest."""
    given: dict[str, Any] = {}
    complaints: list[Complaint] = []
    for name, value in sent.items():
        read = _READERS[KEYS[name].kind](name, value) if name in KEYS else _unknown(name)
        if isinstance(read, Complaint):
            complaints.append(read)
        else:
            given[name] = read.value
    return given, complaints


def strict(sent: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The settings given. Raises BadRequest naming `where` and the key for anything that is wrong."""
    given, complaints = read_settings(sent)
    refuse(complaints, where)
    return given


def lenient(sent: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The settings given, as SillyTavern-Extras reads them: see above. Raises BadRequest for what ends an animator."""
    given, complaints = read_settings(sent)
    refuse_harm(complaints, where)
    return given


@dataclass(frozen=True, slots=True)
class _Read:
    value: Any


def _unknown(name: str) -> Complaint:
    return Complaint(name, "is no setting", f"known: {', '.join(KEYS)}", harmless=True)


def _number(name: str, value: object) -> _Read | Complaint:
    key = KEYS[name]
    if not isinstance(value, int | float):
        return Complaint(name, f"is {shown(value)}", "a number", harmless=True)
    read = number(value)
    if read is None or not key.least <= read <= key.most or (key.above and read <= key.least):
        low = f"more than {key.least:g}" if key.above else f"{key.least:g} or more"
        return Complaint(name, f"is {shown(value)}", low if key.most > 1e6 else f"{low}, at most {key.most:g}")
    return _Read(read)


def _morph(name: str, value: object) -> _Read | Complaint:
    if not isinstance(value, str):
        return Complaint(name, f"is {shown(value)}", "the name of a morph", harmless=True)
    morph = plain_morph(value)
    return _Read(morph) if morph else _no_morph(name, value)


def _morphs(name: str, value: object) -> _Read | Complaint:
    if not isinstance(value, list):
        return Complaint(name, f"is {shown(value)}", "a list of morphs", harmless=True)
    for item in value:
        if not isinstance(item, str) or not plain_morph(item):
            return _no_morph(name, item)
    return _Read(tuple(dict.fromkeys(plain_morph(item) for item in value)))


def _no_morph(name: str, value: object) -> Complaint:
    return Complaint(name, f"names {shown(value)}, which is no morph", "such as mouth_aaa_index, head_x_index")


def _filters(name: str, value: object) -> _Read | Complaint:
    from modules.talkinghead.filters.chain import parse_chain

    if not isinstance(value, list):
        return Complaint(name, f"is {shown(value)}", 'a list of ["filter", {parameters}]', harmless=True)
    try:
        parse_chain(value)
    except BadRequest as error:
        return Complaint("", str(error), error.hint)
    return _Read(tuple((name, dict(parameters)) for name, parameters in value))


_READERS: Mapping[str, Callable[[str, object], _Read | Complaint]] = {
    "number": _number,
    "morph": _morph,
    "morphs": _morphs,
    "filters": _filters,
}
