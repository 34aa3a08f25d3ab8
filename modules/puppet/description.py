"""What a character's folder says of its puppet: the layers, the anchors of the face, the colours.

Positions and lengths are in pixels of the 512 x 512 picture, x to the right, y down. "left" is the character's left.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from kuchipaku import Character, Section
from kuchipaku.settings import checked

SIZE = 512
"""Width and height of the picture, pixels."""

Place = Annotated[float, Field(ge=-4096, le=4096)]
Point = tuple[Place, Place]
Length = Annotated[float, Field(ge=1, le=512)]


def _hex_colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError('a colour is written "#rrggbb"')
    return text


Colour = Annotated[str, AfterValidator(_hex_colour)]
Cover = Literal["", "soft"] | Colour
"""What is painted over a feature of the picture: nothing, its own skin carried on from around the feature, a colour."""


def rgba(colour: Colour) -> tuple[int, int, int, int]:
    """ "#rrggbb" -> red, green, blue and full alpha, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16), 255


class Table(Section, allow_inf_nan=False):
    """A table of a character.toml."""


class LayerSpec(Table):
    """One layer, from back to front: a picture, or a part of the face that is drawn for each pose."""

    file: str = ""
    """A square PNG with alpha inside the folder; it covers the whole picture."""
    draw: Literal["", "eyes", "brows", "mouth"] = ""
    """Instead of a file: the part of the face to draw here."""
    group: Literal["head", "neck", "body"] = "head"
    """What it moves with; "neck" goes over from the body at `collar` to the head at `neck`."""
    depth: Place = 0.0
    """Pixels in front of the axis of the head; behind it where negative."""
    bulge: Place = 0.0
    """Pixels by which its middle stands out, as a dome over `face`."""
    root: Point = (256.0, 120.0)
    """Where a hanging part is fixed; it bends more and more from there to the tip."""
    tip: Point = (256.0, 360.0)
    """Where a hanging part ends."""
    sway: float = Field(0.0, ge=0, le=2)
    """How much it bends, 0 (stiff) to 1 (hangs straight down however the head tilts)."""

    @model_validator(mode="after")
    def _has_one_source(self) -> LayerSpec:
        if bool(self.file) == bool(self.draw):
            raise ValueError('a layer needs either "file" or "draw"')
        if self.root == self.tip:
            raise ValueError('"root" and "tip" must differ')
        return self


class EyesSpec(Table):
    """The eyes, drawn for each pose."""

    left: Point = (300.0, 206.0)
    """Middle of the eye on the picture's right."""
    right: Point = (212.0, 206.0)
    """Middle of the eye on the picture's left."""
    size: Length = 26.0
    """Half of an eye's width."""
    height: float = Field(1.0, ge=0.3, le=3)
    """Height of an eye, times the usual."""
    tilt: float = Field(0.0, ge=-1, le=1)
    """How far the outer corner lies above the inner one, in halves of the width."""
    white: Colour = "#fbf8ff"
    shade: Colour = "#cfc4e6"
    """The shadow of the lid on the eye, multiplied."""
    iris: tuple[Colour, Colour, Colour] = ("#27406e", "#3f8fb8", "#9be8dc")
    """Top, middle and bottom of the iris."""
    pupil: Colour = "#1b2347"
    lash: Colour = "#32233f"
    lash_soft: Colour = "#7a4f63"
    """The lower lash and the crease of the lid."""
    cover: Cover = ""
    """Painted over the eye of the picture before ours: "soft" or a colour; empty where the picture has none."""
    own: bool = False
    """The picture's own eyes are shown, lids come over them."""


class BrowsSpec(Table):
    """The brows, drawn for each pose."""

    left: Point = (302.0, 166.0)
    """Middle of the brow on the picture's right."""
    right: Point = (210.0, 166.0)
    """Middle of the brow on the picture's left."""
    size: Length = 24.0
    """Half of a brow's length."""
    width: float = Field(4.0, ge=0, le=64)
    """Width of the line at its thickest."""
    colour: Colour = "#3f3470"
    cover: Cover = ""
    """Painted over the brow of the picture before ours: "soft" or a colour; empty where the picture has none."""
    own: bool = False
    """The picture's own brows are moved."""


class MouthSpec(Table):
    """The mouth, drawn for each pose."""

    at: Point = (256.0, 259.0)
    """Middle of the closed mouth."""
    size: Length = 14.0
    """Half of its width when closed."""
    height: float = Field(1.0, ge=0.2, le=3)
    """How far it opens, times the usual."""
    line: Colour = "#7c3b48"
    inside: Colour = "#93404c"
    tongue: Colour = "#e98084"
    teeth: Colour = "#fffaf7"
    lip: Colour = "#e3a99b"
    """The hint of the lower lip."""
    cover: Cover = ""
    """Painted over the mouth of the picture before ours: "soft" or a colour; empty where the picture has none."""
    own: bool = False
    """The picture's own mouth is shown where the pose leaves the mouth at rest."""


class PuppetSpec(Table):
    """The table [puppet] of a character.toml."""

    neck: Point = (256.0, 296.0)
    """Where the head tilts about: the top of the neck."""
    collar: Place = 345.0
    """Height where the neck comes out of the clothes."""
    waist: Point = (256.0, 660.0)
    """Where the body leans about."""
    face: tuple[Place, Place, Length, Length] = (256.0, 210.0, 92.0, 108.0)
    """Middle of the face, and half its width and height: the dome that a turn shows."""
    eyes: EyesSpec = EyesSpec()
    brows: BrowsSpec = BrowsSpec()
    mouth: MouthSpec = MouthSpec()
    layers: tuple[LayerSpec, ...] = ()
    """From back to front. None: the character's picture alone, moved as a whole."""

    @model_validator(mode="after")
    def _has_a_neck(self) -> PuppetSpec:
        if self.collar <= self.neck[1]:
            raise ValueError('"collar" must lie below "neck"')
        return self


def puppet_spec(character: Character) -> PuppetSpec:
    """The puppet of a character. Raises BadRequest that names the file and the key."""
    described = dict(character.options)
    if not described.get("layers"):
        # The picture alone: a soft dome and a body that leans.
        described["layers"] = [{"file": character.picture, "group": "neck", "depth": 6.0, "bulge": 34.0}]
    return checked(PuppetSpec, described, f"{character.folder.name}/character.toml [puppet]")
