from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from modules.caption.plain import PlainCaptioner, shares

CAPTIONER = PlainCaptioner()


@pytest.mark.parametrize(
    ("size", "colour", "caption"),
    [
        ((100, 100), "white", "a square picture, all white"),
        ((105, 100), "#808080", "a square picture, all grey"),
        ((64, 128), "red", "a portrait picture, all red"),
        ((300, 100), "#204080", "a landscape picture, all dark blue"),
        ((1, 1), "black", "a square picture, all black"),
    ],
)
def test_shape_and_colour_are_told(size: tuple[int, int], colour: str, caption: str) -> None:
    assert CAPTIONER.caption(Image.new("RGBA", size, colour)) == caption


def striped(*stripes: tuple[str, int]) -> Image.Image:
    """A picture of columns, each of a colour and a width in percent of 200 pixels."""
    picture, left = Image.new("RGBA", (200, 100)), 0
    for colour, percent in stripes:
        picture.paste(Image.new("RGBA", (2 * percent, 100), colour), (left, 0))
        left += 2 * percent
    return picture


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (striped(("white", 30), ("saddlebrown", 70)), "all brown and white"),
        (striped(("white", 50), ("black", 30), ("green", 10), ("yellow", 10)), "mostly white and black"),
        (striped(("white", 26), ("black", 34), ("red", 40)), "all red, black and white"),
        (
            striped(*((colour, 10) for colour in ("red", "orange", "yellow", "blue", "white")), ("black", 50)),
            "mostly black",
        ),
        (striped(("white", 50), ("#00000000", 50)), "all white, on a transparent ground"),
    ],
)
def test_colours_are_told_by_their_shares(picture: Image.Image, told: str) -> None:
    assert CAPTIONER.caption(picture) == f"a landscape picture, {told}"


def test_of_a_transparent_picture_no_colour_is_told() -> None:
    assert CAPTIONER.caption(Image.new("RGBA", (9, 9), "#ff000010")) == "a square picture, fully transparent"


def test_without_a_main_colour_there_are_many() -> None:
    colours = ("red", "orange", "yellow", "#38a048", "#2c60c8", "white", "black", "#f0a0b8", "#7c40a0", "#3cc0b8")
    assert CAPTIONER.caption(striped(*((colour, 10) for colour in colours))).endswith(", in many colours")


def test_shares_are_of_all_pixels_and_the_most_frequent_comes_first() -> None:
    pixels = np.array([[255, 255, 255]] + [[0, 0, 0]] * 3, np.uint8)
    assert list(shares(pixels).items()) == [("black", 0.75), ("white", 0.25)]
