from __future__ import annotations

import numpy as np
import pytest

from modules.talkinghead.color import (
    premultiplied_pixels,
    premultiplied_planes,
    straight_pixels,
    straight_planes,
    to_linear,
    to_srgb,
)

LEVELS = np.linspace(0.0, 1.0, 256, dtype=np.float32)


def picture(red: int, green: int, blue: int, alpha: int) -> np.ndarray:
    return np.full((2, 3, 4), (red, green, blue, alpha), np.uint8)


def test_the_curve_is_that_of_srgb() -> None:
    assert to_linear(np.float32([0.0, 0.04045, 0.5, 1.0])) == pytest.approx([0.0, 0.0031308, 0.2140411, 1.0], abs=1e-6)
    assert to_srgb(np.float32([-0.5, 0.0, 0.2140411, 1.0, 7.0])) == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0], abs=1e-6)


def test_all_eight_bit_levels_come_back() -> None:
    assert (np.rint(to_srgb(to_linear(LEVELS)) * 255) == np.arange(256)).all()


@pytest.mark.parametrize("colour", [(12, 200, 255, 255), (255, 128, 3, 200), (90, 90, 90, 77)])
def test_pictures_come_back_from_planes(colour: tuple[int, int, int, int]) -> None:
    given = picture(*colour)
    assert straight_planes(given).shape == (4, 2, 3)
    assert (straight_pixels(straight_planes(given)) == given).all()
    assert (premultiplied_pixels(premultiplied_planes(given)) == given).all()


def test_clear_pixels_lose_their_colour() -> None:
    clear = picture(255, 10, 10, 0)
    assert (straight_planes(clear) == -1.0).all()
    assert (premultiplied_pixels(premultiplied_planes(clear)) == 0).all()


def test_premultiplied_colour_is_divided_by_alpha_before_it_is_encoded() -> None:
    half = np.zeros((4, 1, 1), np.float32)  # all channels 0.5 of 0..1: white, half covered
    assert premultiplied_pixels(half).tolist() == [[[255, 255, 255, 128]]]


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (0, 255, 0)])
def test_a_soft_edge_has_no_dark_rim_on_any_ground(ground: tuple[int, int, int]) -> None:
    edge = np.zeros((1, 256, 4), np.uint8)
    edge[..., :3], edge[..., 3] = (240, 200, 180), np.arange(256)
    drawn = premultiplied_pixels(premultiplied_planes(edge)).astype(float)
    share = drawn[0, :, 3:] / 255
    laid = drawn[0, :, :3] * share + np.array(ground) * (1 - share)
    ideal = np.array((240, 200, 180)) * share + np.array(ground) * (1 - share)
    assert np.abs(laid - ideal).max() <= 1.0


def test_planes_out_of_range_are_clipped() -> None:
    wild = np.float32([1.2, -1.5, 0.0, 1.1]).reshape(4, 1, 1)
    assert straight_pixels(wild).tolist() == [[[255, 0, 188, 255]]]
