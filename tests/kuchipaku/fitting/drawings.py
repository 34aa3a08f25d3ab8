"""Drawn people, with the truth about them."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FINE = 3
"""Drawn so many times as large, then shrunk."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """A person drawn to measure: RGBA on transparency, and where everything is, in its pixels."""

    picture: Image.Image
    unit: float
    eyes: tuple[Point, Point]
    """On the picture's right (the character's left), and on its left."""
    eye_size: Point
    """Half the width and half the height."""
    mouth: Point
    mouth_size: float
    brows: tuple[Point, Point]
    chin: float
    crown: float

    def on(self, colour: str | Image.Image) -> Image.Image:
        """The drawing on a colour or a picture: RGBA without transparency."""
        ground = colour if isinstance(colour, Image.Image) else Image.new("RGBA", self.picture.size, colour)
        return Image.alpha_composite(ground.convert("RGBA"), self.picture)


class Artist:
    """Draws one person; coordinates are units, from the point between the eyes."""

    def __init__(self, size: tuple[int, int], at: Point, unit: float) -> None:
        self.image = Image.new("RGBA", (size[0] * FINE, size[1] * FINE))
        self.pen = ImageDraw.Draw(self.image)
        self.at, self.unit = at, unit

    def place(self, x: float, y: float) -> Point:
        return (self.at[0] + x * self.unit) * FINE, (self.at[1] + y * self.unit) * FINE

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str, ink: str = "", line: float = 0.03) -> None:
        left, top = self.place(x - rx, y - ry)
        right, bottom = self.place(x + rx, y + ry)
        width = max(1, round(line * self.unit * FINE)) if ink else 0
        self.pen.ellipse((left, top, right, bottom), fill=fill or None, outline=ink or None, width=width)

    def shape(self, points: list[Point], fill: str, ink: str = "", line: float = 0.03) -> None:
        corners = [self.place(*point) for point in points]
        self.pen.polygon(corners, fill=fill)
        if ink:
            self.pen.line([*corners, corners[0]], fill=ink, width=max(1, round(line * self.unit * FINE)), joint="curve")

    def curve(self, x: float, y: float, half: float, bend: float, ink: str, line: float) -> None:
        """A bow from left to right; `bend` is how far its ends are above its middle."""
        u = np.linspace(-1, 1, 25)
        points = [self.place(x + half * t, y - bend * t * t) for t in u]
        self.pen.line(points, fill=ink, width=max(1, round(line * self.unit * FINE)), joint="curve")

    def done(self) -> Image.Image:
        small = self.image.resize((self.image.width // FINE, self.image.height // FINE), Image.Resampling.BOX)
        return Image.fromarray(np.where(np.asarray(small)[..., 3:] > 0, np.asarray(small), 0).astype(np.uint8))


def draw_person(
    size: tuple[int, int] = (512, 512),
    at: Point = (256.0, 230.0),
    unit: float = 80.0,
    *,
    hair: str = "#5a4a8a",
    skin: str = "#fde4d4",
    iris: str = "#3f8fb8",
    clothes: str = "#2f4f6f",
    eyes: str = "open",
    mouth: str = "closed",
    bangs: bool = False,
    glasses: str = "",
) -> Drawing:
    """A person from the front, head and shoulders; body goes on to the lower edge."""
    a = Artist(size, at, unit)
    ink, crown, chin = "#3b2b45", -1.55, 1.08
    a.ellipse(0, -0.35, 1.35, 1.2, hair, ink)
    a.shape([(-1.33, -0.3), (1.33, -0.3), (1.2, 1.3), (-1.2, 1.3)], hair)
    a.shape([(-0.3, 0.7), (0.3, 0.7), (0.34, 1.5), (-0.34, 1.5)], skin, ink)
    bottom = (size[1] - at[1]) / unit + 0.2
    a.shape([(-0.4, 1.36), (0.4, 1.36), (1.5, 1.75), (1.8, bottom), (-1.8, bottom), (-1.5, 1.75)], clothes, ink)
    a.shape(
        [(-0.98, -0.7), (0.98, -0.7), (0.98, 0.35), (0.55, 0.88), (0, chin), (-0.55, 0.88), (-0.98, 0.35)], skin, ink
    )
    for side in (-1, 1):
        _draw_eye(a, side, eyes, iris, ink)
        a.curve(side * 0.51, -0.47, 0.26, -0.07, hair, 0.07)
    _draw_mouth(a, mouth)
    a.curve(0, 0.36, 0.03, 0, "#c98f80", 0.025)
    low = -0.33 if bangs else -0.62
    a.shape(
        [(-1.2, -0.9), (1.2, -0.9), (1.02, low), (0.5, low - 0.06), (0.1, low), (-0.4, low - 0.08), (-1.02, low)], hair
    )
    if glasses:
        for side in (-1, 1):
            a.ellipse(side * 0.5, 0.03, 0.42, 0.34, "", glasses, 0.04)
        a.curve(0, 0, 0.08, 0, glasses, 0.04)
    middle, x = at[0], 0.5 * unit
    return Drawing(
        a.done(), unit, ((middle + x, at[1]), (middle - x, at[1])), (0.28 * unit, 0.24 * unit),
        (middle, at[1] + 0.66 * unit), 0.16 * unit,
        ((middle + 0.51 * unit, at[1] - 0.44 * unit), (middle - 0.51 * unit, at[1] - 0.44 * unit)),
        at[1] + chin * unit, at[1] + crown * unit,
    )  # fmt: skip


def _draw_eye(a: Artist, side: int, eyes: str, iris: str, ink: str) -> None:
    x = side * 0.5
    if eyes == "closed":
        a.curve(x, 0.08, 0.28, 0.1, ink, 0.05)
        return
    a.ellipse(x, 0, 0.28, 0.24, "#fdfbff", ink, 0.035)
    a.ellipse(x, 0.01, 0.17, 0.22, iris, ink, 0.03)
    a.ellipse(x, 0, 0.08, 0.11, "#1b2347")
    a.ellipse(x - 0.06, -0.09, 0.05, 0.05, "#ffffff")
    a.curve(x, -0.21, 0.28, -0.12, ink, 0.09)


def _draw_mouth(a: Artist, mouth: str) -> None:
    if mouth == "open":
        a.ellipse(0, 0.66, 0.16, 0.14, "#93404c", "#7c3b48", 0.03)
    else:
        a.curve(0, 0.66, 0.16, 0.03, "#9c4b55", 0.04)


def with_noise(picture: Image.Image, quality: int = 35) -> Image.Image:
    """The picture after a rough JPEG."""
    jpeg = io.BytesIO()
    picture.convert("RGB").save(jpeg, "JPEG", quality=quality)
    return Image.open(jpeg).convert("RGBA")


def with_side_light(picture: Image.Image) -> Image.Image:
    """The picture lit from its right: the left is at 70 percent."""
    pixels = np.asarray(picture).astype(float)
    pixels[..., :3] *= np.linspace(0.7, 1.0, pixels.shape[1])[:, None]
    return Image.fromarray(pixels.astype(np.uint8))


def busy_ground(size: tuple[int, int]) -> Image.Image:
    """A background of coloured patches that no flood gets through."""
    rng = np.random.default_rng(3)
    patches = Image.fromarray(rng.integers(20, 235, (9, 11, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    noise = rng.normal(0, 18, (size[1], size[0], 3))
    rough = np.clip(np.asarray(patches.filter(ImageFilter.SMOOTH)) + noise, 0, 255)
    return Image.fromarray(rough.astype(np.uint8)).convert("RGBA")


def png(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    (picture if kind == "PNG" else picture.convert("RGB")).save(out, kind)
    return out.getvalue()
