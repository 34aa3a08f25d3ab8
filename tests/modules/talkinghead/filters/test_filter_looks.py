"""What each filter does to light, against plain sums in double precision, one filter and one pixel after the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kuchipaku import Pixels
from modules.talkinghead.filters.benchmark import CHAINS, portrait
from modules.talkinghead.filters.chain import describe, parse_chain

Doubles = NDArray[np.float64]
LUMA = np.array([0.2126, 0.7152, 0.0722])


def decoded(pixels: Pixels) -> tuple[Doubles, Doubles]:
    """Linear colour (H, W, 3), straight, and alpha (H, W)."""
    unit = pixels / 255.0
    low, high = unit[..., :3] / 12.92, ((unit[..., :3] + 0.055) / 1.055) ** 2.4
    return np.where(unit[..., :3] <= 0.04045, low, high), unit[..., 3]


def encoded(colour: Doubles, alpha: Doubles) -> Pixels:
    unit = np.clip(colour, 0.0, 1.0)
    srgb = np.where(unit <= 0.0031308, unit * 12.92, 1.055 * unit ** (1 / 2.4) - 0.055)
    srgb = np.where(alpha[..., None] * 255 >= 0.5, srgb, 0.0)
    return np.rint(np.concatenate([srgb, alpha[..., None]], axis=-1) * 255).astype(np.uint8)


def blurred(values: Doubles, taps: int, sigma: float) -> Doubles:
    """Along both axes of (H, W, ...), mirrored at the border."""
    reach = taps // 2
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        padding = [(reach, reach) if n == axis else (0, 0) for n in range(values.ndim)]
        padded = np.pad(values, padding, mode="reflect")
        size = values.shape[axis]
        values = sum(w * np.take(padded, range(n, n + size), axis) for n, w in enumerate(weights))
    return values


def sampled(plane: Doubles, x: Doubles, y: Doubles, *, outside: float | None = None) -> Doubles:
    """Bilinear; `outside` is the value beyond the border, None repeats the border."""
    mode: dict[str, Any] = {"mode": "edge"} if outside is None else {"constant_values": outside}
    padded = np.pad(plane, 1, **mode)
    x, y = np.clip(x + 1, 0, padded.shape[1] - 1.001), np.clip(y + 1, 0, padded.shape[0] - 1.001)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - left, y - top
    upper = padded[top, left] * (1 - u) + padded[top, left + 1] * u
    return upper * (1 - v) + (padded[top + 1, left] * (1 - u) + padded[top + 1, left + 1] * u) * v


def grid(pixels: Pixels) -> tuple[Doubles, Doubles]:
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(float)
    return x, y


def filtered(kind: str, pixels: Pixels, t: float = 0.0, **parameters: object) -> Pixels:
    return parse_chain([[kind, parameters]])(pixels, t)


def error(got: Pixels, want: Pixels) -> float:
    """Of what is seen: the largest difference in colour weighed by alpha, and in alpha, in levels."""
    weight = np.minimum(got[..., 3:], want[..., 3:]) / 255.0
    difference = np.abs(got.astype(float) - want.astype(float))
    return float(max((difference[..., :3] * weight).max(), difference[..., 3].max()))


def seen(pixels: Pixels) -> Doubles:
    """Colour as it is seen on black, and alpha: what a nearly clear pixel is made of does not count."""
    return np.concatenate([pixels[..., :3] * (pixels[..., 3:] / 255.0), pixels[..., 3:]], axis=-1)


def psnr(got: Pixels | Doubles, want: Pixels | Doubles) -> float:
    return 10 * math.log10(255**2 / max(float(np.mean((got.astype(float) - want) ** 2)), 1e-9))


@pytest.fixture
def pixels() -> Pixels:
    return portrait(101)


def test_bloom_glows_and_compresses(pixels: Pixels) -> None:
    colour, alpha = decoded(pixels)
    bright = colour * ((colour @ LUMA > 0.5) * alpha)[..., None]
    want = 1 - np.exp(-0.9 * (colour + blurred(bright, 21, 7.0)))
    assert (bright > 0).any()
    assert psnr(filtered("bloom", pixels, luma_threshold=0.5, hdr_exposure=0.9), encoded(want, alpha)) > 45


def test_bloom_above_every_luma_only_compresses(pixels: Pixels) -> None:
    colour, alpha = decoded(pixels)
    want = encoded(1 - np.exp(-0.7 * colour), alpha)
    assert error(filtered("bloom", pixels, luma_threshold=1.0), want) <= 1


def test_vignetting_is_a_squared_cosine_of_the_distance(pixels: Pixels) -> None:
    colour, alpha = decoded(pixels)
    x, y = grid(pixels)
    distance = np.hypot(x - 50, y - 50) / np.hypot(50, 50)
    want = colour * (np.cos(0.42 * np.pi * distance) ** 2)[..., None]
    assert error(filtered("vignetting", pixels), encoded(want, alpha)) <= 1


def test_translucency_weighs_alpha(pixels: Pixels) -> None:
    colour, alpha = decoded(pixels)
    assert error(filtered("translucency", pixels, alpha=0.3), encoded(colour, alpha * 0.3)) <= 1


def test_aberration_enlarges_red_and_shrinks_blue(pixels: Pixels) -> None:
    colour, alpha = decoded(pixels)
    light = colour * alpha[..., None]
    x, y = grid(pixels)
    for channel, scale in ((0, 1.04), (2, 0.96)):
        light[..., channel] = sampled(light[..., channel], (x - 50) / scale + 50, (y - 50) / scale + 50)
    want = encoded(light / np.maximum(alpha, 1e-9)[..., None], alpha)
    got = filtered("chromatic_aberration", pixels, transverse_sigma=0.0, axial_scale=0.04)
    assert psnr(got, want) > 40
    assert np.array_equal(got[..., 1], want[..., 1])


def test_aberration_blurs_red_and_blue_only(pixels: Pixels) -> None:
    got = filtered("chromatic_aberration", pixels, transverse_sigma=2.0, axial_scale=0.0)
    solid = pixels[..., 3] > 0
    assert np.array_equal(got[solid][:, 1], pixels[solid][:, 1])
    assert np.std(got[solid][:, 0].astype(float)) < np.std(pixels[solid][:, 0].astype(float))


@pytest.mark.parametrize(("taps", "sigma"), [(5, 0.75), (11, 2.0)])
def test_lowres_blurs_light_and_outline(pixels: Pixels, taps: int, sigma: float) -> None:
    colour, alpha = decoded(pixels)
    planes = blurred(np.concatenate([colour * alpha[..., None], alpha[..., None]], -1), taps, sigma)
    want = encoded(planes[..., :3] / np.maximum(planes[..., 3:], 1e-9), planes[..., 3])
    assert error(filtered("analog_lowres", pixels, kernel_size=taps, sigma=sigma), want) <= 1


def test_desaturating_leaves_tinted_luma(pixels: Pixels) -> None:
    colour, alpha = decoded(pixels)
    luma = (colour @ LUMA)[..., None]
    want = 0.25 * colour + 0.75 * luma * [1.0, 0.5, 0.2]
    got = filtered("desaturate", pixels, strength=0.75, tint_rgb=[1.0, 0.5, 0.2])
    assert error(got, encoded(want, alpha)) <= 1
    grey = filtered("desaturate", pixels)
    assert np.array_equal(grey[..., 0], grey[..., 1]) and np.array_equal(grey[..., 0], grey[..., 2])


def test_a_band_of_hues_keeps_its_colour() -> None:
    row = [(200, 20, 20, 255), (200, 60, 20, 255), (20, 200, 20, 255), (20, 20, 200, 255), (90, 90, 90, 255)]
    pixels = np.array([row], np.uint8)
    got = filtered("desaturate", pixels, bandpass_q=0.4)
    assert error(got[:, :1], pixels[:, :1]) <= 1
    spread = [int(np.ptp(pixel[:3].astype(int))) for pixel in got[0]]
    assert 20 < spread[1] < 180 and spread[2:] == [0, 0, 0]
    green = filtered("desaturate", pixels, bandpass_q=0.4, bandpass_reference_rgb=[0, 1, 0])
    assert error(green[:, 2:3], pixels[:, 2:3]) <= 1 and np.ptp(green[0, 0, :3]) == 0


def test_banding_dims_rows_by_a_rolling_wave(pixels: Pixels) -> None:
    colour, alpha = decoded(pixels)
    at = np.linspace(0, 1, 101) - 50 * 16 / 512
    want = colour * (1 - 0.4 * np.sin(np.pi * 2 * at) ** 2)[:, None, None]
    assert error(filtered("banding", pixels, t=2.0), encoded(want, alpha)) <= 1


@pytest.mark.parametrize(
    ("field", "dynamic", "t", "first"), [(0, True, 0, 0), (1, True, 0, 1), (0, True, 0.04, 1), (0, False, 0.04, 0)]
)
def test_scanlines_dim_every_other_line(pixels: Pixels, field: int, dynamic: bool, t: float, first: int) -> None:
    colour, alpha = decoded(pixels)
    lines = np.arange(101)[:, None] % 2 == first
    luma = colour @ LUMA
    got = filtered("scanlines", pixels, t, field=field, dynamic=dynamic)
    assert error(got, encoded(colour - 0.5 * (luma * lines)[..., None], alpha)) <= 1
    got = filtered("scanlines", pixels, t, field=field, dynamic=dynamic, channel="A")
    assert error(got, encoded(colour, alpha * np.where(lines, 0.5, 1.0))) <= 1


def test_noise_takes_away_up_to_its_magnitude() -> None:
    white = np.full((256, 256, 4), 255, np.uint8)
    luma, _ = decoded(filtered("lumanoise", white, magnitude=0.4))
    _, alpha = decoded(filtered("alphanoise", white, magnitude=0.4))
    for left in (luma[..., 0], alpha):
        assert left.min() == pytest.approx(0.6, abs=0.005) and left.max() == pytest.approx(1.0, abs=0.005)
        assert left.mean() == pytest.approx(0.8, abs=0.005)


def test_noise_of_a_larger_grain_is_smoother_and_as_strong() -> None:
    white = np.full((256, 256, 4), 255, np.uint8)
    fine, coarse = (filtered("alphanoise", white, magnitude=0.5, sigma=s)[..., 3].astype(float) for s in (0.0, 2.0))
    assert coarse.std() == pytest.approx(fine.std(), rel=0.15)
    assert np.abs(np.diff(coarse, axis=1)).mean() < 0.5 * np.abs(np.diff(fine, axis=1)).mean()


def slid(pixels: Pixels, shift: Doubles, up: float = 0.0) -> Pixels:
    colour, alpha = decoded(pixels)
    x, y = grid(pixels)
    planes = [
        sampled(p, x - shift[:, None], y + up, outside=0.0)
        for p in (*(colour * alpha[..., None]).transpose(2, 0, 1), alpha)
    ]
    return encoded(np.stack(planes[:3], -1) / np.maximum(planes[3], 1e-9)[..., None], planes[3])


def test_all_three_waves_of_bad_sync_act(pixels: Pixels) -> None:
    waves = {"amplitude1": 0.02, "amplitude2": 0.01, "amplitude3": 0.03}
    at = np.linspace(0, 1, 101) - 10 * 8 / 512
    shift = 101 * sum(a * np.sin(2 * np.pi * d * at) for a, d in zip(waves.values(), (4, 13, 27), strict=True))
    assert psnr(filtered("analog_badhsync", pixels, 0.4, **waves), slid(pixels, shift)) > 38
    for name in waves:
        alone = dict.fromkeys(waves, 0.0) | {name: 0.02}
        assert error(filtered("analog_badhsync", pixels, 0.4, **alone), pixels) > 30


@pytest.mark.parametrize("edge", ["top", "bottom"])
def test_distortion_leans_at_its_edge_only(pixels: Pixels, edge: str) -> None:
    got = filtered("analog_distort", pixels, strength=0.2, ripple_amplitude=0.0, edge=edge)
    distance = np.linspace(0, 1, 101) if edge == "top" else np.linspace(1, 0, 101)
    shift = 101 * 0.2 * np.clip(1 - distance / 0.25, 0, 1) ** 3
    assert psnr(got, slid(pixels, shift)) > 38
    calm = distance >= 0.25
    assert np.abs(got[calm].astype(int) - np.where(pixels[..., 3:] > 0, pixels, 0)[calm]).max() <= 1


def test_bands_jump_by_whole_pixels(pixels: Pixels) -> None:
    got = filtered("shift_distort", pixels, strength=0.3, unboost=0.0, max_glitches=2)
    clear = np.where(pixels[..., 3:] > 0, pixels, 0)
    moved = [row for row in range(101) if np.abs(got[row].astype(int) - clear[row]).max() > 1]
    assert 20 <= len(moved) <= 60
    candidates = np.array([slid(pixels, np.full(101, float(by))) for by in range(-31, 32)]).astype(int)
    apart = np.abs(candidates[:, moved] - got[moved]).max(axis=(2, 3))
    assert apart.min(axis=0).max() <= 1


def test_streaks_of_tape_lie_in_bands_and_over_clear_parts_too() -> None:
    clear = np.zeros((200, 120, 4), np.uint8)
    got = filtered("analog_vhsglitches", clear, strength=0.5, unboost=0.0, max_glitches=2)
    rows = np.flatnonzero(got[..., 3].any(axis=1))
    assert 3 <= len(rows) <= 12
    seen = got[got[..., 3] > 0]
    assert (seen[:, :3] == 255).all() and 0 < seen[:, 3].mean() < 200
    assert not filtered("analog_vhsglitches", clear, strength=0.0, unboost=0.0).any()


def test_glitches_are_rarer_the_higher_unboost_is_and_are_held() -> None:
    clear = np.zeros((64, 32, 4), np.uint8)

    def shown(**parameters: object) -> list[bool]:
        chain = parse_chain([["analog_vhsglitches", parameters]])
        return [bool(chain(clear, n / 25).any()) for n in range(200)]

    assert sum(shown(unboost=20.0)) < sum(shown(unboost=4.0)) < sum(shown(unboost=0.5))
    held = "".join("x" if any_ else "." for any_ in shown(hold_min=4, hold_max=4, unboost=1.0))
    assert {len(run) % 4 for run in held.replace(".x", ". x").replace("x.", "x .").split()} == {0}


def test_bad_tracking_lifts_the_picture_above_a_strip_of_noise(pixels: Pixels) -> None:
    got = filtered("analog_vhstracking", pixels, base_offset=0.1, max_dynamic_offset=0.0)
    assert psnr(got[:90], slid(pixels, np.zeros(101), up=10.1)[:90]) > 38
    strip = got[90:]
    assert (strip[..., 3] == 255).all()
    assert np.array_equal(strip[..., 0], strip[..., 1]) and strip[..., 0].std() > 40


def test_floating_swings_about_its_offset(pixels: Pixels) -> None:
    chain = parse_chain([["analog_vhstracking", {"base_offset": 0.2, "max_dynamic_offset": 0.1, "speed": 4.0}]])
    heights = [int((chain(pixels, n / 25)[:, 0, 3] == 255).sum()) for n in range(0, 128, 8)]
    assert min(heights) in range(10, 13) and max(heights) in range(30, 33)


def one_by_one(names: tuple[str, ...] | list[str], pixels: Pixels, t: float) -> Pixels:
    for name in names:
        pixels = parse_chain([[name, {}]])(pixels, t)
    return pixels


def scattered(seed: int) -> Pixels:
    """(64, 80, 4): smooth colours by chance, every alpha, and clear parts."""
    chance = np.random.default_rng(seed)
    small = chance.uniform(-0.3, 1.3, (9, 11, 4))
    x, y = np.meshgrid(np.linspace(0, 10, 80), np.linspace(0, 8, 64))
    planes = [sampled(small[..., n], x, y) for n in range(4)]
    return np.rint(np.clip(np.stack(planes, -1), 0, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize("soft", [False, True], ids=["straight", "premultiplied"])
@pytest.mark.parametrize("seed", range(3))
def test_a_run_of_weighings_is_as_exact_as_each_of_them(seed: int, soft: bool) -> None:
    pixels = scattered(seed)
    colour, alpha = decoded(pixels)
    if soft:
        planes = blurred(np.concatenate([colour * alpha[..., None], alpha[..., None]], -1), 5, 0.75)
        colour, alpha = planes[..., :3] / np.maximum(planes[..., 3:], 1e-9), planes[..., 3]
    x, y = grid(pixels)
    colour = 0.6 * colour + 0.4 * (colour @ LUMA)[..., None] * [1.0, 0.5, 0.2]
    distance = np.hypot((x - 39.5) / 39.5, (y - 31.5) / 31.5) / math.sqrt(2)
    colour *= (np.cos(0.3 * np.pi * distance) ** 2)[..., None]
    colour -= 0.5 * (colour @ LUMA * (y % 2 == 0))[..., None]
    colour *= (1 - 0.4 * np.sin(2 * np.pi * y / 63) ** 2)[..., None]
    colour = 0.3 * colour + 0.7 * (colour @ LUMA)[..., None]
    run = [
        *([["analog_lowres", {}]] if soft else []),
        *[["desaturate", {"strength": 0.4, "tint_rgb": [1.0, 0.5, 0.2]}], ["vignetting", {"strength": 0.3}]],
        *[["scanlines", {}], ["banding", {}], ["desaturate", {"strength": 0.7}]],
    ]
    assert error(parse_chain(run)(pixels, 0.0), encoded(colour, alpha)) <= 1


@pytest.mark.parametrize("first", [[], [["analog_lowres", {"kernel_size": 1}]]], ids=["straight", "premultiplied"])
def test_half_a_level_of_alpha_is_clear_and_black_and_more_is_seen(first: list[object]) -> None:
    pixels = np.full((8, 8, 4), 255, np.uint8)
    pixels[4:, :, 3] = 1
    for alpha, shown in ((0.5, 0), (0.51, 255)):
        got = parse_chain([*first, ["translucency", {"alpha": alpha}]])(pixels, 0.0)
        assert (got[4:, :, :3] == shown).all() and (got[4:, :, 3] == (shown > 0)).all()
        assert (got[:4, :, :3] == 255).all()


@pytest.mark.parametrize("names", CHAINS.values(), ids=CHAINS)
def test_a_chain_is_its_filters_one_after_the_other(names: tuple[str, ...], pixels: Pixels) -> None:
    for t in (0.0, 0.4, 2.0):
        got = parse_chain([[name, {}] for name in names])(pixels, t)
        want = one_by_one(names, pixels, t)
        assert psnr(seen(got), seen(want)) > 42


@pytest.mark.parametrize("kind", describe())
@pytest.mark.parametrize("first", ["analog_vhsglitches", "analog_vhstracking", "shift_distort", "analog_lowres"])
def test_every_filter_follows_those_that_leave_the_outline(first: str, kind: str, pixels: Pixels) -> None:
    many = {"unboost": 0.0} if "unboost" in describe()[first]["parameters"] else {}
    start = parse_chain([[first, many]])
    got = parse_chain([[first, many], [kind, {}]])(pixels, 0.4)
    want = parse_chain([[kind, {}]])(start(pixels, 0.4), 0.4)
    assert psnr(seen(got), seen(want)) > 38


def test_slides_in_a_row_add_up(pixels: Pixels) -> None:
    wave = {"amplitude1": 0.05, "amplitude2": 0.0, "amplitude3": 0.0, "speed": 0.0}
    twice = parse_chain([["analog_badhsync", wave]] * 2)(pixels, 0.0)
    once = parse_chain([["analog_badhsync", wave | {"amplitude1": 0.1}]])(pixels, 0.0)
    assert np.array_equal(twice, once)


def test_slides_up_and_sideways_are_followed_in_their_order(pixels: Pixels) -> None:
    lift = ["analog_vhstracking", {"base_offset": 0.0, "max_dynamic_offset": 0.0}]
    wave = ["analog_badhsync", {"amplitude1": 0.05}]
    assert np.array_equal(parse_chain([lift, wave])(pixels, 1.0), parse_chain([wave])(pixels, 1.0))
    noise = ["analog_vhstracking", {"base_offset": 0.2, "max_dynamic_offset": 0.0}]
    assert not np.array_equal(parse_chain([noise, wave])(pixels, 1.0), parse_chain([wave, noise])(pixels, 1.0))
