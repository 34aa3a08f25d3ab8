"""The doctor on drawn people: what it finds, in pixels, and what it names."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kuchipaku import BadRequest
from kuchipaku.errors import TooLarge
from kuchipaku.fitting import Fitted, fit, preview, puppet_table
from kuchipaku.fitting.checks import Check, score_of
from kuchipaku.fitting.place import BOX
from tests.kuchipaku.fitting.drawings import Drawing, busy_ground, draw_person, png, with_noise, with_side_light

Sent = tuple[Drawing, Image.Image]


def _plain() -> Sent:
    person = draw_person((320, 320), (160, 140), 48)
    return person, person.picture


def _on_white() -> Sent:
    person = draw_person((320, 320), (160, 140), 48, mouth="open")
    return person, person.on("#ffffff")


def _fringe() -> Sent:
    person = draw_person((320, 320), (160, 140), 48, hair="#2e2a33", bangs=True)
    return person, person.on("#40b060")


def _glasses() -> Sent:
    person = draw_person((400, 400), (200, 180), 64, glasses="#c03040")
    return person, person.picture


def _small_aside() -> Sent:
    person = draw_person((640, 360), (430, 130), 30, hair="#d8b050")
    return person, person.on("#e8e8f0")


def _rough_jpeg() -> Sent:
    person = draw_person((320, 320), (160, 140), 48, skin="#fff1e6", hair="#86624a")
    return person, with_noise(with_side_light(person.on("#d0d8e0")))


def _closed() -> Sent:
    person = draw_person((320, 320), (160, 140), 48, eyes="closed")
    return person, person.picture


def _cropped() -> Sent:
    person = draw_person((320, 320), (160, 45), 48)
    return person, person.picture


def _tiny() -> Sent:
    person = draw_person((160, 160), (80, 60), 13)
    return person, person.picture


CASES: dict[str, Callable[[], Sent]] = {
    each.__name__[1:]: each
    for each in (_plain, _on_white, _fringe, _glasses, _small_aside, _rough_jpeg, _closed, _cropped, _tiny)
}
USUAL = ("plain", "on_white", "fringe", "glasses", "small_aside", "rough_jpeg")


@cache
def done(case: str) -> tuple[Drawing, Fitted]:
    person, sent = CASES[case]()
    return person, fit(png(sent), 40)


def away(fitted: Fitted, found: list[float], truth: tuple[float, float]) -> float:
    """Pixels of the fitted picture between what was found and where it is."""
    return float(np.hypot(*np.subtract(found, fitted.placement.point(truth))))


def pixels(fitted: Fitted) -> np.ndarray:
    with Image.open(io.BytesIO(fitted.picture_png)) as picture:
        assert picture.mode == "RGBA"
        return np.asarray(picture)


def verdict(fitted: Fitted, name: str) -> str:
    (check,) = (check for check in fitted.checks if check.name == name)
    return check.verdict


@pytest.mark.parametrize("case", USUAL)
def test_eyes_and_mouth_are_found_within_three_pixels_of_a_head_of_128(case: str) -> None:
    person, fitted = done(case)
    assert fitted.anchors is not None
    eyes, mouth = fitted.anchors["eyes"], fitted.anchors["mouth"]
    assert away(fitted, eyes["left"], person.eyes[0]) < 3
    assert away(fitted, eyes["right"], person.eyes[1]) < 3
    assert away(fitted, mouth["at"], person.mouth) < 3
    assert abs(eyes["size"] - fitted.placement.length(person.eye_size[0])) < 3
    assert abs(mouth["size"] - fitted.placement.length(person.mouth_size)) < 3


@pytest.mark.parametrize("case", USUAL)
def test_the_head_is_moved_into_the_box_of_the_networks(case: str) -> None:
    person, fitted = done(case)
    middle = (person.eyes[0][0] + person.eyes[1][0]) / 2
    left, top, right, bottom = BOX
    assert fitted.placement.point((middle, person.crown)) == pytest.approx([(left + right) / 2, top], abs=5)
    assert fitted.placement.point((middle, person.chin)) == pytest.approx([(left + right) / 2, bottom], abs=5)


@pytest.mark.parametrize("case", USUAL)
def test_a_fitted_picture_is_512_square_and_has_nothing_under_no_alpha(case: str) -> None:
    picture = pixels(done(case)[1])
    assert picture.shape == (512, 512, 4)
    assert not picture[picture[..., 3] == 0].any()
    assert picture[120, 256, 3] == 255
    assert not picture[:40, :, 3].any()


def test_what_is_found_is_told() -> None:
    assert verdict(done("plain")[1], "background") == "ok"
    assert verdict(done("on_white")[1], "background") == "mended"
    assert verdict(done("plain")[1], "mouth") == "ok"
    assert verdict(done("on_white")[1], "mouth") == "look"
    assert verdict(done("plain")[1], "eyes") == "ok"
    assert verdict(done("closed")[1], "eyes") == "bad"
    assert verdict(done("cropped")[1], "head") == "bad"
    assert verdict(done("tiny")[1], "size") == "bad"


def test_the_pixels_of_a_head_too_small_are_named() -> None:
    person, fitted = done("tiny")
    (check,) = (check for check in fitted.checks if check.name == "size")
    told = int(check.message.split("only ")[1].split()[0])
    assert told == pytest.approx(person.chin - person.crown, abs=5)


def test_brows_are_found_where_they_show_and_left_alone_where_hair_hides_them() -> None:
    person, fitted = done("plain")
    assert fitted.anchors is not None
    assert away(fitted, fitted.anchors["brows"]["left"], person.brows[0]) < 3
    hidden = done("fringe")[1].anchors
    assert hidden is not None
    assert "brows" not in hidden


def test_the_iris_has_the_colour_of_the_picture() -> None:
    anchors = done("plain")[1].anchors
    assert anchors is not None
    bottom = anchors["eyes"]["iris"][2]
    rgb = [int(bottom[n : n + 2], 16) for n in (1, 3, 5)]
    assert np.abs(np.subtract(rgb, (0x3F, 0x8F, 0xB8))).max() < 24


def test_a_shut_mouth_is_kept_and_an_open_one_is_painted_over() -> None:
    shut, wide = done("plain")[1].anchors, done("on_white")[1].anchors
    assert shut is not None and wide is not None
    assert (shut["mouth"]["own"], wide["mouth"]["own"]) == (True, False)


def test_a_head_that_lies_in_the_box_already_is_not_touched() -> None:
    person = draw_person((512, 512), (256, 138), 49)
    fitted = fit(png(person.picture), 40)
    assert fitted.placement.scale == 1
    assert (pixels(fitted) == np.asarray(person.picture)).all()


def test_a_portrait_is_larger_and_reaches_the_lower_edge() -> None:
    person = draw_person((320, 320), (160, 140), 48)
    fitted = fit(png(person.picture), 40, "portrait")
    eyes = (fitted.anchors or {})["eyes"]
    assert eyes["left"][0] - eyes["right"][0] > 60
    assert pixels(fitted)[-1, 256, 3] == 255


def test_two_people_are_named() -> None:
    pair = Image.new("RGBA", (480, 300))
    for x in (120, 360):
        pair.alpha_composite(draw_person((480, 300), (x, 130), 42).picture)
    (check,) = (check for check in fit(png(pair), 40).checks if check.name == "head")
    assert check.verdict == "look" and "2 faces" in check.message


def test_a_busy_background_is_taken_away_or_named_but_never_called_clean() -> None:
    person = draw_person((320, 320), (160, 140), 48)
    fitted = fit(png(person.on(busy_ground((320, 320)))), 40)
    assert verdict(fitted, "background") in ("look", "bad")
    assert away(fitted, (fitted.anchors or {})["eyes"]["left"], person.eyes[0]) < 4


def test_without_a_face_the_picture_is_whole_and_the_reason_is_told() -> None:
    fitted = fit(png(Image.new("RGBA", (300, 200), "#808890")), 40)
    assert fitted.anchors is None
    assert verdict(fitted, "head") == "bad"
    assert fitted.score <= 20
    assert puppet_table(fitted) == ""
    alpha = pixels(fitted)[..., 3]
    assert alpha.sum() == 300 * 200 * 255
    assert len(preview(fitted)) > 1000


@pytest.mark.parametrize(("skin", "ground"), [("#f5d5c0", "#0000"), ("#ffe0d0", "#ffffff"), ("#c08050", "#28783c")])
def test_bare_skin_is_no_face(skin: str, ground: str) -> None:
    egg = Image.new("RGBA", (256, 256), ground)
    ImageDraw.Draw(egg).ellipse((75, 50, 180, 190), fill=skin)
    fitted = fit(png(egg), 40)
    assert fitted.anchors is None
    assert verdict(fitted, "head") == "bad"
    assert fitted.score <= 20


def test_wrong_uploads_are_refused() -> None:
    with pytest.raises(BadRequest):
        fit(b"no picture", 40)
    with pytest.raises(TooLarge):
        fit(png(Image.new("RGB", (200, 200))), 0.01)


def test_the_preview_shows_before_and_after() -> None:
    with Image.open(io.BytesIO(preview(done("plain")[1]))) as sheet:
        assert sheet.size == (1032, 512)
        assert sheet.getpixel((520 + BOX[0], 128)) == (0x2B, 0x7D, 0xE9)


def test_the_table_of_a_puppet_holds_the_anchors_and_its_layers() -> None:
    fitted = done("plain")[1]
    table = tomllib.loads(puppet_table(fitted))["puppet"]
    layers = table.pop("layers")
    assert table == fitted.anchors
    assert [layer.get("file") or layer["draw"] for layer in layers] == ["picture.png", "mouth", "eyes", "brows"]


def test_each_thing_amiss_costs_points_down_to_none() -> None:
    def check(verdict: str) -> Check:
        return Check("eyes", verdict, "")  # type: ignore[arg-type]

    assert score_of([check("ok")]) == 100
    assert 100 > score_of([check("mended")]) > score_of([check("look")]) > score_of([check("bad")]) > 0
    assert score_of([check("bad")] * 9) == 0


def test_a_report_can_be_sent_as_json() -> None:
    import json

    report = json.loads(json.dumps(done("plain")[1].json()))
    assert set(report) == {"score", "checks", "anchors"}
    assert report["checks"][0] == {
        "name": "background", "verdict": "ok", "message": "the figure stands on transparency", "hint": "",
    }  # fmt: skip
