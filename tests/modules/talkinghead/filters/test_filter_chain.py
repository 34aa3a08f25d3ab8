"""A chain: read from JSON, described for people, a pure function of picture, moment and seed."""

from __future__ import annotations

import json
import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kuchipaku import BadRequest, Pixels
from modules.talkinghead.filters.benchmark import CHAINS, measure, portrait
from modules.talkinghead.filters.chain import FILTERS, Chain, describe, parse_chain

DEFAULTS = {
    "bloom": {"luma_threshold": 0.8, "hdr_exposure": 0.7},
    "chromatic_aberration": {"transverse_sigma": 0.5, "axial_scale": 0.005},
    "vignetting": {"strength": 0.42},
    "translucency": {"alpha": 0.9},
    "alphanoise": {"magnitude": 0.1, "sigma": 0.0, "name": "alphanoise0"},
    "lumanoise": {"magnitude": 0.1, "sigma": 0.0, "name": "lumanoise0"},
    "analog_lowres": {"kernel_size": 5, "sigma": 0.75},
    "analog_badhsync": {
        "speed": 8.0,
        **{f"amplitude{n}": 0.001 for n in (1, 2, 3)},
        **{"density1": 4.0, "density2": 13.0, "density3": 27.0},
    },
    "analog_distort": {
        **{"speed": 8.0, "strength": 0.1, "ripple_amplitude": 0.05},
        **{"ripple_density1": 4.0, "ripple_density2": 13.0, "ripple_density3": 27.0, "edge": "top"},
    },
    "analog_vhsglitches": {
        **{"strength": 0.1, "unboost": 4.0, "max_glitches": 3, "min_glitch_height": 3, "max_glitch_height": 6},
        **{"hold_min": 1, "hold_max": 3, "name": "analog_vhsglitches0"},
    },
    "analog_vhstracking": {"base_offset": 0.03, "max_dynamic_offset": 0.01, "speed": 2.5},
    "shift_distort": {
        **{"strength": 0.05, "unboost": 4.0, "max_glitches": 3, "min_glitch_height": 20, "max_glitch_height": 30},
        **{"hold_min": 1, "hold_max": 3, "name": "shift_distort0"},
    },
    "desaturate": {
        **{"strength": 1.0, "tint_rgb": [1.0, 1.0, 1.0]},
        **{"bandpass_reference_rgb": [1.0, 0.0, 0.0], "bandpass_q": 0.0},
    },
    "banding": {"strength": 0.4, "density": 2.0, "speed": 16.0},
    "scanlines": {"field": 0, "dynamic": True, "channel": "Y"},
}
DYNAMIC = {name for name in DEFAULTS if name.startswith("analog_") or name.endswith(("noise", "distort"))}
DYNAMIC = (DYNAMIC | {"banding", "scanlines"}) - {"analog_lowres"}
ALL = [[name, {}] for name in DEFAULTS]


def parameters(kind: str) -> dict[str, object]:
    return {name: about["default"] for name, about in describe()[kind]["parameters"].items()}


def test_filters_parameters_and_defaults_are_those_of_the_animator() -> None:
    assert {kind: parameters(kind) for kind in describe()} == DEFAULTS
    for kind, defaults in DEFAULTS.items():
        assert parse_chain([[kind, {}]]).filters[0].model_dump() == defaults
        assert parse_chain([[kind, defaults]]) == parse_chain([[kind, {}]])


def test_the_description_is_json_that_a_page_can_build_controls_from() -> None:
    about = json.loads(json.dumps(describe()))
    assert {name for name in about if about[name]["dynamic"]} == DYNAMIC
    for kind in about.values():
        assert kind["help"].endswith(".")
        for parameter in kind["parameters"].values():
            assert parameter["help"]
            if parameter["type"] in ("number", "integer"):
                assert parameter["min"] <= parameter["default"] <= parameter["max"]
                assert 0 < parameter["step"] <= parameter["max"] - parameter["min"]
            else:
                assert parameter["type"] in ("boolean", "text", "choice", "colour")
    assert about["analog_distort"]["parameters"]["edge"]["options"] == ["top", "bottom"]
    assert about["scanlines"]["parameters"]["field"]["options"] == [0, 1]
    assert about["analog_lowres"]["parameters"]["kernel_size"]["type"] == "integer"
    assert about["desaturate"]["parameters"]["tint_rgb"]["type"] == "colour"


@pytest.mark.parametrize("kind", DEFAULTS)
def test_the_ends_of_every_range_are_accepted_and_work(kind: str) -> None:
    pixels = portrait(24)
    for name, about in describe()[kind]["parameters"].items():
        if not name.startswith(("min_", "max_glitch_h", "hold_")):
            for value in [about[end] for end in ("min", "max") if end in about] + about.get("options", []):
                out = parse_chain([[kind, {name: value}]])(pixels, 1.0)
                assert out.shape == pixels.shape and out.dtype == np.uint8


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ("bloom", ["not a list"]),
        ({"bloom": {}}, ["not a list"]),
        (None, ["not a list"]),
        (["bloom"], ["[0]", "not a filter with its parameters"]),
        ([["bloom"]], ["[0]", "not a filter with its parameters"]),
        ([["bloom", {}], ["bloom", []]], ["[1]", "not a filter with its parameters"]),
        ([["bloom", {}], ["glow", {}]], ["[1]", "'glow'", "bloom, chromatic_aberration", "scanlines"]),
        ([["bloom", {"threshold": 1}]], ["bloom", "'threshold'", "hdr_exposure, luma_threshold"]),
        ([["bloom", {"luma_threshold": "0.8"}]], ["bloom", "luma_threshold", "'0.8'"]),
        ([["bloom", {"luma_threshold": True}]], ["bloom", "luma_threshold", "True"]),
        ([["bloom", {"luma_threshold": None}]], ["bloom", "luma_threshold", "None"]),
        ([["bloom", {"luma_threshold": math.nan}]], ["bloom", "luma_threshold", "nan"]),
        ([["bloom", {"hdr_exposure": math.inf}]], ["bloom", "hdr_exposure", "inf"]),
        ([["translucency", {"alpha": 1.5}]], ["translucency", "alpha", "1.5", "less than or equal to 1"]),
        ([["analog_lowres", {"kernel_size": 4}]], ["analog_lowres", "kernel_size", "odd"]),
        ([["analog_lowres", {"kernel_size": 2.5}]], ["analog_lowres", "kernel_size", "2.5"]),
        ([["analog_distort", {"edge": "left"}]], ["analog_distort", "edge", "'left'", "top"]),
        ([["scanlines", {"field": 2}]], ["scanlines", "field", "2"]),
        ([["desaturate", {"tint_rgb": [1, 1]}]], ["desaturate", "tint_rgb", "3"]),
        ([["desaturate", {"tint_rgb": [1, 1, math.nan]}]], ["desaturate", "tint_rgb", "nan"]),
        ([["bloom", {}]] * 33, ["33 filters", "at most 32"]),
        ([["shift_distort", {"min_glitch_height": 31}]], ["min_glitch_height is above max_glitch_height"]),
        ([["analog_vhsglitches", {"hold_min": 4}]], ["hold_min is above hold_max"]),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_name_and_what_is_known(items: object, said: list[str]) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_chain(items)
    whole = f"{caught.value} {caught.value.hint}"
    assert [text for text in said if text not in whole] == []


def test_whole_numbers_are_numbers() -> None:
    assert parse_chain([["translucency", {"alpha": 1}]]) == parse_chain([["translucency", {"alpha": 1.0}]])


def test_an_empty_chain_gives_the_very_same_array() -> None:
    pixels = portrait(8)
    assert parse_chain([])(pixels, 1.0) is pixels


@pytest.mark.parametrize("kind", DEFAULTS)
def test_the_same_moment_gives_the_same_picture_whatever_came_before(kind: str) -> None:
    pixels = portrait(64)
    before = pixels.copy()
    chain = parse_chain([[kind, {}]])
    frames = [chain(pixels, n / 25) for n in range(12)]
    again = [parse_chain([[kind, {}]])(pixels, n / 25) for n in reversed(range(12))][::-1]
    assert all(map(np.array_equal, frames, again))
    assert np.array_equal(pixels, before)
    assert (len({frame.tobytes() for frame in frames}) > 1) == (kind in DYNAMIC)


def test_frames_of_several_threads_do_not_disturb_one_another() -> None:
    pictures = [portrait(48), portrait(64), np.ascontiguousarray(portrait(48)[::-1])]
    chain = parse_chain(ALL)
    alone = [chain(picture, 1.0) for picture in pictures]
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(8):
            if not np.array_equal(chain(pictures[number], 1.0), alone[number]):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(lambda s: arrays(np.uint8, (*s, 4))),
    st.permutations(ALL),
    st.floats(0, 1e5),
)
def test_any_size_any_order_any_time(pixels: Pixels, items: list[object], t: float) -> None:
    out = parse_chain(items)(pixels, t)
    assert out.shape == pixels.shape and out.dtype == np.uint8
    assert not out[out[..., 3] == 0].any()


@pytest.mark.parametrize("kind", sorted(set(DEFAULTS) - {"analog_vhsglitches", "analog_vhstracking"}))
def test_colour_under_clear_pixels_never_shows(kind: str) -> None:
    pixels = portrait(96)
    painted = pixels.copy()
    painted[pixels[..., 3] == 0] = (255, 255, 0, 0)
    pixels[pixels[..., 3] == 0] = 0
    chain = parse_chain([[kind, {}]])
    plain, yellow = chain(pixels, 0.5).astype(int), chain(painted, 0.5).astype(int)
    shown = plain[..., 3:] / 255.0
    assert np.array_equal(plain[..., 3], yellow[..., 3])
    assert np.abs((plain[..., :3] - yellow[..., :3]) * shown).max() <= 1.01


@pytest.mark.parametrize(
    "kind", ["bloom", "chromatic_aberration", "vignetting", "lumanoise", "desaturate", "banding", "scanlines"]
)
def test_filters_of_light_leave_alpha_alone(kind: str) -> None:
    pixels = portrait(64)
    assert np.array_equal(parse_chain([[kind, {}]])(pixels, 0.3)[..., 3], pixels[..., 3])


def test_filters_of_different_names_and_seeds_draw_differently() -> None:
    pixels = portrait(64)
    first = parse_chain([["lumanoise", {"name": "a"}]])(pixels, 0.0)
    assert not np.array_equal(first, parse_chain([["lumanoise", {"name": "b"}]])(pixels, 0.0))
    assert not np.array_equal(first, parse_chain([["lumanoise", {"name": "a"}]], seed=1)(pixels, 0.0))


def test_the_benchmark_measures_every_filter_and_both_chains() -> None:
    figures = measure(size=16, rounds=2)
    assert set(figures) == {*CHAINS, "filters"}
    assert set(figures["filters"]) == set(FILTERS)
    assert all(figures[name]["ms"] > 0 and figures[name]["ratio"] > 0 for name in CHAINS)
    assert all(len(names) == 5 for names in CHAINS.values())


def test_a_chain_is_a_value() -> None:
    assert Chain() == parse_chain([])
    assert parse_chain(ALL) == parse_chain(json.loads(json.dumps(ALL)))
