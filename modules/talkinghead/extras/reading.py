"""What is wrong with something that was sent or lies in a file: named, and refused or passed over."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from kuchipaku import THA_RIG, BadRequest

log = logging.getLogger(__name__)

LARGEST = 1e6
"""Beyond this a number is a mistake, and could only overflow."""
_SUFFIX = "_index"
_BARE = ("mouth_delta", "mouth_smirk")
"""The two morphs that the Extras write without the suffix."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong."""

    key: str
    """Where, such as "target_fps" or "joy.mouth_aaa"; empty where the text says it."""
    text: str
    """What, after the key: "is 0"."""
    hint: str
    """What is allowed."""
    harmless: bool = False
    """Whether SillyTavern-Extras drops it and goes on; anything else ended its animator for good."""

    @property
    def told(self) -> str:
        """Where and what, in a few words."""
        return f"{self.key} {self.text}".strip()

    def __str__(self) -> str:
        return f"{self.told} ({self.hint})"


def refuse(complaints: Iterable[Complaint], where: str) -> None:
    """Raises BadRequest for the first one, naming `where` it is and what is allowed."""
    for complaint in complaints:
        raise BadRequest(f"{where}: {complaint.told}", hint=complaint.hint)


def refuse_harm(complaints: Iterable[Complaint], where: str) -> None:
    """Raises BadRequest for the first one that is not harmless; names the harmless ones in the log."""
    complaints = tuple(complaints)
    refuse((complaint for complaint in complaints if not complaint.harmless), where)
    tell(complaints, where)


def tell(complaints: Iterable[Complaint], where: str) -> None:
    """Names each one in the log."""
    for complaint in complaints:
        log.warning("%s: %s; it is left out", where, complaint)


def plain_morph(name: str) -> str | None:
    """A morph's name in our rig, with or without the suffix "_index" in `name`; None if there is no such morph."""
    plain = name.removesuffix(_SUFFIX)
    return plain if plain in THA_RIG.ranges else None


def extras_morph(name: str) -> str:
    """The name that SillyTavern-Extras writes for a morph of our rig."""
    return name if name in _BARE else name + _SUFFIX


def number(value: object) -> float | None:
    """A finite number of JSON, truth values too, within a million; None for anything else."""
    if not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= LARGEST else None


def shown(value: object) -> str:
    """A wrong value, short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
