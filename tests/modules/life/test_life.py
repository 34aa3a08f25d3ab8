from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pluggy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import modules.life as plugin
from kuchipaku import THA_RIG, Character, Cue, Settings, Timeline, hookspecs
from kuchipaku.pose import lay, pose_at, shut_once
from modules.life.body import NOD, Breath, Nods
from modules.life.eyes import Blinks, closedness
from modules.life.layer import Life
from modules.life.rhythm import Beat, chance
from modules.life.speaking import Speaking

SEEDS = st.integers(0, 2**32)
SILENT = Timeline(0.0)
TALK = Timeline(20.0, {"mouth": tuple(Cue(5.0 + i / 10, 5.1 + i / 10, "aa") for i in range(100))})


def life(seed: int = 0, temperament: float = 1.0, timeline: Timeline = SILENT) -> Life:
    return Life(timeline, Character("it", Path(), seed=seed, temperament=temperament))


def whole(layer: Life, t: float) -> dict[str, float]:
    return dict.fromkeys(THA_RIG.morphs, 0.0) | pose_at([layer], t)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.floats(0.0, 1.0), st.floats(0.0, 1e5))
def test_every_motion_stays_small_and_inside_the_rig(seed: int, temperament: float, t: float) -> None:
    pose = pose_at([life(seed, temperament, TALK)], t)
    assert THA_RIG.clamp(pose) == pose
    sways = {name: pose[name] for name in ("head_x", "head_y", "neck_z", "body_y", "body_z")}
    assert all(abs(value) <= min(0.25, 0.4 * temperament) + 1e-9 for value in sways.values())


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.floats(0.0, 1.0), st.floats(0.0, 1000.0))
def test_nothing_jumps(seed: int, temperament: float, start: float) -> None:
    timeline = Timeline(2000.0, {"gesture": (Cue(start + 1, start + 1.2, "nod"), Cue(start + 1.3, start + 1.4, "nod"))})
    layer, step = life(seed, temperament, timeline), 0.002
    poses = [whole(layer, start + i * step) for i in range(1500)]
    for before, after in pairwise(poses):
        assert max(abs(before[name] - after[name]) for name in before) <= 25.0 * step


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.floats(0.0, 1e4))
def test_the_same_seed_gives_the_same_motion_at_any_time_in_any_order(seed: int, t: float) -> None:
    layer = life(seed)
    later, sooner = layer(t + 1.0), layer(t)
    assert (life(seed)(t), life(seed)(t + 1.0)) == (sooner, later)


def test_different_seeds_move_differently() -> None:
    poses = [life(seed)(12.3) for seed in range(20)]
    for name in ("head_y", "iris_rotation_y", "breathing"):
        assert len({round(pose[name], 6) for pose in poses}) == 20


def test_at_temperament_zero_it_only_breathes_and_seldom_blinks() -> None:
    layer = life(temperament=0.0, timeline=TALK)
    moved = {name for i in range(3000) for name, value in pose_at([layer], i / 50).items() if abs(value) > 1e-9}
    assert moved == {"breathing", "eye_wink_left", "eye_wink_right"}


def blink_starts(seed: int, temperament: float, seconds: float) -> list[float]:
    blinks = Blinks(seed, temperament)
    closed = [blinks(i / 100) > 0.0 for i in range(int(seconds * 100))]
    return [i / 100 for i in range(1, len(closed)) if closed[i] and not closed[i - 1]]


@pytest.mark.parametrize("seed", range(5))
def test_blinks_come_every_two_to_six_seconds_and_some_twice(seed: int) -> None:
    gaps = [b - a for a, b in pairwise(blink_starts(seed, 0.5, 400.0))]
    double = [gap for gap in gaps if gap < 0.5]
    assert 0 < len(double) < len(gaps) / 3
    assert all(1.6 <= gap <= 6.1 for gap in gaps if gap >= 0.5)


def test_a_calm_character_blinks_more_rarely() -> None:
    assert len(blink_starts(1, 0.0, 400.0)) < 0.7 * len(blink_starts(1, 0.5, 400.0))


def test_a_blink_closes_fast_holds_and_opens_slowly() -> None:
    assert [closedness(t) for t in (-1.0, 0.0, 0.04, 0.08, 0.12, 0.19, 0.26, 9.0)] == pytest.approx(
        [0.0, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0, 0.0]
    )


def test_every_blink_is_seen_at_25_frames_a_second() -> None:
    for seed in range(20):
        for start in blink_starts(seed, 0.5, 40.0):
            blinks = Blinks(seed, 0.5)
            assert any(blinks(start + 0.09 + phase / 1000) > 0.99 for phase in range(40))


@given(st.floats(0.0, 1.0), st.sampled_from(["eye_wink", "eye_happy_wink", "eye_relaxed", "eye_surprised"]))
def test_a_blink_and_a_feeling_never_close_the_lids_more_than_fully(felt: float, lid: str) -> None:
    layer = life(3)
    for start in blink_starts(3, 1.0, 8.0):
        for i in range(30):
            pose = {f"{lid}_left": felt}
            lay(pose, layer(start + i / 100))
            shown = THA_RIG.clamp(shut_once(pose))
            closed = sum(shown.get(f"{name}_left", 0.0) for name in ("eye_wink", "eye_happy_wink"))
            assert closed <= 1.0 + 1e-9


def test_lids_are_left_alone_between_blinks() -> None:
    names = {name for name in life(0, 0.0)(blink_starts(0, 0.0, 60.0)[0] - 1.0) if "eye" in name}
    assert names == set()


@pytest.mark.parametrize("seed", range(10))
def test_breath_comes_in_cycles_of_three_and_a_half_to_five_seconds(seed: int) -> None:
    breath = Breath(seed)
    values = [breath(i / 20) for i in range(4000)]
    peaks = [i / 20 for i in range(1, 3999) if values[i - 1] < values[i] >= values[i + 1]]
    assert all(2.6 < b - a < 6.4 for a, b in pairwise(peaks))
    assert 3.3 < (peaks[-1] - peaks[0]) / (len(peaks) - 1) < 5.2
    assert min(values) >= 0.0
    assert max(values) > 0.99


def test_eyes_rest_and_jump() -> None:
    layer = life(5)
    looks = [layer(i / 100)["iris_rotation_y"] for i in range(6000)]
    still = sum(a == b for a, b in pairwise(looks)) / len(looks)
    assert 0.9 < still < 0.99


def test_while_speaking_the_eyes_are_mostly_on_the_viewer() -> None:
    talk = Timeline(300.0, {"word": (Cue(0.0, 300.0, "la"),)})

    def away(timeline: Timeline) -> int:
        layer = life(7, 1.0, timeline)
        return sum(abs(layer(i / 10)["iris_rotation_y"]) > 0.1 for i in range(3000))

    assert away(talk) < 0.5 * away(SILENT)


def test_the_body_moves_more_while_speaking() -> None:
    def travel(timeline: Timeline) -> float:
        layer = life(7, 1.0, timeline)
        tilts = [layer(i / 10)["neck_z"] for i in range(70, 140)]
        return sum(abs(b - a) for a, b in pairwise(tilts))

    assert travel(TALK) > 1.3 * travel(SILENT)


def test_speaking_is_eased_in_from_its_start_and_out_after_its_end() -> None:
    speaking = Speaking(TALK)
    assert [speaking(t) for t in (4.99, 5.25, 10.0, 15.0, 15.5, 16.1)] == pytest.approx([0, 0.5, 1, 1, 0.5, 0])


def test_a_pause_between_words_does_not_end_the_speech_and_sil_does_not_count() -> None:
    cues = (Cue(0.0, 1.0, "aa"), Cue(1.0, 1.4, "sil"), Cue(1.4, 2.0, "aa"), Cue(2.0, 9.0, "sil"))
    speaking = Speaking(Timeline(9.0, {"mouth": cues}))
    assert speaking(1.2) == 1.0
    assert speaking(4.0) == 0.0


def test_a_nod_is_deepest_in_the_middle_of_its_cue() -> None:
    nods = Nods([Cue(1.0, 1.2, "nod", 0.8), Cue(5.0, 6.0, "shrug")])
    assert nods(1.1) == pytest.approx(0.8)
    assert nods(1.1 - 0.18) == nods(1.1 + 0.18) == nods(5.5) == 0.0


def test_a_nod_dips_the_head() -> None:
    timeline = Timeline(4.0, {"gesture": (Cue(2.0, 2.2, "nod"),)})
    assert life(1, 0.5, timeline)(2.1)["head_x"] - life(1, 0.5)(2.1)["head_x"] == pytest.approx(-NOD)


def test_cues_that_are_added_later_do_not_change_what_was() -> None:
    longer = Timeline(
        40.0, {"mouth": (*TALK.track("mouth"), Cue(30.0, 31.0, "aa")), "gesture": (Cue(30, 30.3, "nod"),)}
    )
    before, after = life(2, 1.0, TALK), life(2, 1.0, longer)
    assert all(before(i / 10) == after(i / 10) for i in range(298))


@given(SEEDS, st.floats(-100.0, 1e5))
def test_the_last_beat_is_the_one_before_now(seed: int, t: float) -> None:
    beat = Beat(seed, "x", 2.0, 1.0)
    assert beat.time(beat.last(t)) <= t < beat.time(beat.last(t) + 1)


def test_chance_is_even() -> None:
    values = [chance(9, "x", n) for n in range(2000)]
    assert all(0.0 <= value < 1.0 for value in values)
    assert abs(sum(values) / 2000 - 0.5) < 0.03
    assert len(set(values)) == 2000


def test_the_plugin_gives_a_layer_for_every_score() -> None:
    manager = pluggy.PluginManager("kuchipaku")
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, "life")
    manager.check_pending()
    (layer,) = manager.hook.animate(timeline=SILENT, character=Character("it", Path()), settings=Settings())
    assert "breathing" in layer(1.0)


def test_a_lookup_takes_microseconds() -> None:
    layer = life(1, 1.0, TALK)
    start = time.process_time()
    for i in range(3000):
        layer(i * 0.033)
    assert (time.process_time() - start) / 3000 < 300e-6  # six times the figure aimed at: machines are slow and shared
