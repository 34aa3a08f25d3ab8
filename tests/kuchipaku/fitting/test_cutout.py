"""Cutting figures out, against drawings whose alpha is known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kuchipaku.fitting.cutout import cut_by_colours, cut_out
from kuchipaku.fitting.head import Head
from tests.kuchipaku.fitting.drawings import busy_ground, draw_person, with_noise


@pytest.fixture(scope="module")
def person() -> Image.Image:
    return draw_person((320, 320), (160, 140), 48).picture


def gradient(size: tuple[int, int]) -> Image.Image:
    """From light blue above to nearly white below."""
    share = np.linspace(0, 1, size[1])[:, None, None]
    rows = (1 - share) * np.array([150, 190, 235]) + share * np.array([240, 244, 250])
    return Image.fromarray(np.broadcast_to(rows, (size[1], size[0], 3)).astype(np.uint8)).convert("RGBA")


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of two alphas."""
    one, other = found[..., 3] > 128, truth[..., 3] > 128
    return float((one & other).sum() / (one | other).sum())


def on(picture: np.ndarray, colour: int) -> np.ndarray:
    alpha = picture[..., 3:] / 255
    return np.asarray(picture[..., :3] * alpha + colour * (1 - alpha))


@pytest.mark.parametrize("ground", ["#ffffff", "#101418", "#40b060", "gradient"])
def test_a_plain_background_goes_and_the_figure_stays(person: Image.Image, ground: str) -> None:
    below = gradient(person.size) if ground == "gradient" else Image.new("RGBA", person.size, ground)
    cut = cut_out(np.asarray(Image.alpha_composite(below, person)))
    assert cut.how == "plain"
    assert overlap(cut.pixels, np.asarray(person)) > 0.98
    assert cut.sure > 0.6


@pytest.mark.parametrize("ground", ["#ffffff", "#40b060"])
@pytest.mark.parametrize("other", [0, 255])
def test_no_halo_is_left_of_it(person: Image.Image, ground: str, other: int) -> None:
    truth = np.asarray(person)
    cut = cut_out(np.asarray(Image.alpha_composite(Image.new("RGBA", person.size, ground), person))).pixels
    edge = (truth[..., 3] > 20) & (truth[..., 3] < 235)
    assert np.abs(on(cut, other)[edge] - on(truth, other)[edge]).mean() < 22


def test_edges_are_soft(person: Image.Image) -> None:
    alpha = cut_out(np.asarray(Image.alpha_composite(Image.new("RGBA", person.size, "white"), person))).pixels[..., 3]
    assert ((alpha > 20) & (alpha < 235)).sum() > 100


def test_noise_of_a_jpeg_is_no_obstacle(person: Image.Image) -> None:
    sent = with_noise(Image.alpha_composite(Image.new("RGBA", person.size, "#f0f0f4"), person))
    cut = cut_out(np.asarray(sent))
    assert cut.how == "plain"
    assert overlap(cut.pixels, np.asarray(person)) > 0.96


def test_a_green_ground_goes_within_loops_too(person: Image.Image) -> None:
    looped = person.copy()
    ImageDraw.Draw(looped).ellipse((30, 200, 90, 260), outline="#332244", width=6)
    ImageDraw.Draw(looped).rectangle((80, 225, 120, 235), fill="#332244")
    cut = cut_out(np.asarray(Image.alpha_composite(Image.new("RGBA", person.size, "#20c050"), looped)))
    assert cut.pixels[215, 60, 3] == 0
    assert cut.pixels[230, 33, 3] > 200


def test_the_white_of_eyes_stays_on_a_white_ground(person: Image.Image) -> None:
    cut = cut_out(np.asarray(Image.alpha_composite(Image.new("RGBA", person.size, "white"), person)))
    assert cut.pixels[120:160, 130:190, 3].min() == 255


def test_alpha_that_is_right_is_kept_as_it_is(person: Image.Image) -> None:
    cut = cut_out(np.asarray(person))
    assert cut.how == "alpha"
    assert (cut.pixels == np.asarray(person)).all()


def test_specks_and_pinholes_are_mended(person: Image.Image) -> None:
    broken = np.array(person)
    broken[5:8, 5:8] = 255
    broken[250:252, 160:162] = 0
    cut = cut_out(broken)
    assert cut.how == "cleaned"
    assert not cut.pixels[:12, :12].any()
    assert np.abs(cut.pixels[250, 160].astype(int) - np.asarray(person)[250, 160]).max() < 12
    assert overlap(cut.pixels, np.asarray(person)) > 0.999


def test_a_busy_background_is_left(person: Image.Image) -> None:
    sent = np.asarray(Image.alpha_composite(busy_ground(person.size), person))
    cut = cut_out(sent)
    assert cut.how == "none"
    assert (cut.pixels == sent).all()


def test_the_second_try_knows_where_the_head_is(person: Image.Image) -> None:
    sent = np.asarray(Image.alpha_composite(busy_ground(person.size), person))
    cut = cut_by_colours(sent, Head(160, 140, 48, 1.5))
    assert cut.how == "colours"
    assert overlap(cut.pixels, np.asarray(person)) > 0.8


def test_what_the_second_try_cannot_cut_is_left(person: Image.Image) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 4), dtype=np.uint8)
    noise[..., 3] = 255
    cut = cut_by_colours(noise, Head(100, 100, 20, 1.0))
    assert cut.how == "none"
    assert (cut.pixels == noise).all()
