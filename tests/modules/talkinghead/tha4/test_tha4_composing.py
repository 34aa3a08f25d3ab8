"""From the seven outputs to pixels: edges, backgrounds, places outside of the picture."""

from __future__ import annotations

import numpy as np
import pytest

from modules.talkinghead.color import premultiplied_pixels, premultiplied_planes
from modules.talkinghead.tha4.composing import CURVE, LANES, compose_strips
from modules.talkinghead.tha4.opening import MARGIN

SIZE = 64


def composed(picture: np.ndarray, fields: np.ndarray, *, straight: bool = True) -> np.ndarray:
    """RGBA of a picture (4, 64, 64) and outputs (7, 64, 64)."""
    wide = np.zeros((SIZE, 7, SIZE + 2 * MARGIN), np.float32)
    wide[:, :, MARGIN:-MARGIN] = fields.transpose(1, 0, 2)
    places = np.array([(x, y) for y in range(SIZE) for x in range(0, SIZE, LANES)])
    out = np.zeros((SIZE, SIZE, 4), np.uint8)
    rows = np.ascontiguousarray(picture.transpose(1, 2, 0))
    compose_strips(0, len(places), places, wide, rows, CURVE, straight, out)
    return out


def outputs(**given: float | np.ndarray) -> np.ndarray:
    fields = np.zeros((7, SIZE, SIZE), np.float32)
    for name, value in given.items():
        fields[["x", "y", "alpha", "red", "green", "blue", "colour_alpha"].index(name)] = value
    return fields


def soft_disc() -> np.ndarray:
    """A light disc with a soft edge, RGBA (64, 64, 4)."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    pixels[..., :3] = 240, 200, 180
    pixels[..., 3] = np.clip((24 - np.hypot(x, y)) / 8, 0, 1) * 255
    return pixels


def test_a_step_of_nothing_gives_the_picture_back() -> None:
    drawn = composed(premultiplied_planes(soft_disc()), outputs())
    expected = premultiplied_pixels(premultiplied_planes(soft_disc()))
    assert np.abs(drawn.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (0, 255, 0)])
def test_soft_edges_have_no_dark_rim_on_any_ground(ground: tuple[int, int, int]) -> None:
    drawn = composed(premultiplied_planes(soft_disc()), outputs(x=0.1, y=-0.05)).astype(float)
    share = drawn[..., 3:] / 255
    laid = drawn[..., :3] * share + np.array(ground) * (1 - share)
    ideal = np.array((240, 200, 180)) * share + np.array(ground) * (1 - share)
    assert np.abs(laid - ideal).max() <= 2.0


def test_colour_that_is_not_divided_is_darker_where_the_edge_is_soft() -> None:
    planes = premultiplied_planes(soft_disc())
    soft = composed(planes, outputs())[..., 3] == 127
    assert soft.any()
    assert (composed(planes, outputs())[soft, 0] >= 239).all()
    assert (composed(planes, outputs(), straight=False)[soft, 0] < 190).all()


def test_steps_are_in_halves_of_the_picture_and_hold_at_its_edge() -> None:
    planes = np.broadcast_to(np.linspace(-1, 1, SIZE, dtype=np.float32), (4, SIZE, SIZE)).copy()
    planes[3] = 1.0
    linear = composed(planes, outputs(), straight=False)
    moved = composed(planes, outputs(x=2 * 5 / SIZE), straight=False)
    assert (moved[:, :-5] == linear[:, 5:]).all()
    assert (composed(planes, outputs(x=-9.0), straight=False) == linear[:, :1]).all()


def test_colour_is_laid_over_with_an_alpha_that_may_leave_its_range() -> None:
    black = np.full((4, SIZE, SIZE), -1.0, np.float32)
    whole = composed(black, outputs(alpha=1.0, red=1.0, green=0.0, blue=-1.0, colour_alpha=1.0))
    assert whole[0, 0].tolist() == [255, 188, 0, 255]
    beyond = composed(black, outputs(alpha=1.2, red=1.0, green=0.0, blue=-1.0, colour_alpha=1.0))
    assert beyond[0, 0].tolist() == [255, 203, 0, 255]


def test_what_is_no_number_reaches_no_other_pixel() -> None:
    planes = premultiplied_planes(soft_disc())
    fields = outputs()
    fields[:, 10, 10] = np.nan
    clean, spoilt = composed(planes, outputs()), composed(planes, fields)
    differs = (clean != spoilt).any(axis=2)
    differs[10, 10] = False
    assert not differs.any()
