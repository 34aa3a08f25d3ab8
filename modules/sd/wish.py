"""What is to be painted, whoever paints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture that is asked for."""

    prompt: str
    negative_prompt: str = ""
    sampler: str = "DDIM"
    steps: int = 30
    scale: float = 6.0
    """How closely the prompt is followed: the scale of classifier-free guidance."""
    width: int = 512
    """Pixels, as is `height`."""
    height: int = 512
    seed: int = -1
    """-1: another one each time."""
    restore_faces: bool = False
    enable_hr: bool = False
    """Whether it is enlarged and gone over once more: the "hires fix", of AUTOMATIC1111 only."""
    hr_upscaler: str = ""
    hr_scale: float = 2.0
    hr_second_pass_steps: int = 0
    denoising_strength: float = 0.7
    karras: bool = False
    """Whether the noise falls by Karras' schedule."""


class Painter(Protocol):
    """A server that paints. Every method may raise EngineUnavailable."""

    def paint(self, wish: Wish) -> bytes:
        """The picture as a file, such as PNG."""
        ...

    def models(self) -> Sequence[str]:
        """The models it can load."""
        ...

    def model(self) -> str:
        """The one in use; empty where there is none."""
        ...

    def choose(self, model: str) -> None:
        """Use that one, which is one of `models`, from now on."""
        ...

    def samplers(self) -> Sequence[str]:
        """The samplers it knows."""
        ...
