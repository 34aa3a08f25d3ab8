"""What a person is told of a picture: what is right, what was mended, what to look at, and what cannot be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kuchipaku.avatar import Pixels
from kuchipaku.fitting.cutout import Cut
from kuchipaku.fitting.face import UNIT, Face
from kuchipaku.fitting.features import Brows, Eyes, Mouth
from kuchipaku.fitting.head import Head
from kuchipaku.fitting.place import Outline, Placement

Verdict = Literal["ok", "mended", "look", "bad"]
_COST = {"ok": 0, "mended": 2, "look": 10, "bad": 30}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """background, figure, head, size, eyes, mouth, brows or gaze."""
    verdict: Verdict
    message: str
    hint: str = ""
    """What to do about it."""


def score_of(checks: Sequence[Check]) -> int:
    """How well a picture will live: 100 where nothing is amiss, 0 at worst."""
    return max(0, 100 - sum(_COST[check.verdict] for check in checks))


def background(cut: Cut) -> Check:
    """How the figure was cut out."""
    if cut.how == "alpha":
        return Check("background", "ok", "the figure stands on transparency")
    if cut.how == "cleaned":
        return Check("background", "mended", "stray specks and pinholes in the transparency were mended")
    if cut.how == "plain" and cut.sure >= 0.45:
        return Check("background", "mended", "the plain background was taken away")
    if cut.how == "none":
        return Check(
            "background", "bad", "the background could not be told from the figure, and was left",
            "cut the figure out in a paint program and save it as PNG",
        )  # fmt: skip
    return Check(
        "background", "look", "the background was taken away, but not cleanly",
        "look at the outline, above all at the hair; a picture on one plain colour is cut out better",
    )  # fmt: skip


def no_head(rgba: Pixels) -> Check:
    """Nobody was found."""
    return Check(
        "head", "bad", f"no face was found in the {rgba.shape[1]} x {rgba.shape[0]} pixels",
        "take a picture that shows one character from the front, or place eyes and mouth by hand",
    )  # fmt: skip


def head_checks(heads: Sequence[Head], outline: Outline, to: Placement) -> Iterator[Check]:
    """Whether there is one head, whole, large enough."""
    first = heads[0]
    others = [head for head in heads[1:] if _is_another(head, first)]
    sure = first.photo or first.score > 1.2
    if others:
        yield Check(
            "head", "look", f"{len(others) + 1} faces were found; the surest was taken", "cut the picture to one"
        )
    elif outline.cropped:
        yield Check("head", "bad", "the upper edge cuts the head off", "take a picture that shows all of the hair")
    elif not sure:
        yield Check("head", "look", "this may not be a face", "check the points, and move them where they are wrong")
    else:
        yield Check("head", "ok", "the head was found and moved into its place")
    height = outline.chin - outline.crown
    if height < 40:
        yield Check("size", "bad", f"the head is only {height:.0f} pixels high", "take a picture of 128 pixels or more")
    elif to.scale > 1.5:
        yield Check("size", "look", f"the head is {height:.0f} pixels high and was enlarged", "a larger one is sharper")
    else:
        yield Check("size", "ok", f"the head is {height:.0f} pixels high")


def _is_another(head: Head, first: Head) -> bool:
    away = np.hypot(head.x - first.x, head.y - first.y) > 2.2 * first.unit
    return (
        bool(away and head.photo == first.photo and head.score > 0.85 * first.score)
        and 0.55 < head.unit / first.unit < 1.8
    )


def figure_check(fitted: Pixels) -> Check:
    """Whether the body reaches the lower edge."""
    rows = np.flatnonzero((fitted[..., 3] > 128).any(axis=1))
    width = (fitted[rows[-1], :, 3] > 128).sum() if len(rows) else 0
    if len(rows) and rows[-1] < fitted.shape[0] - 4 and width > 60:
        return Check(
            "figure", "look", f"the picture ends {fitted.shape[0] - 1 - rows[-1]} pixels above the lower edge",
            "a picture that shows the body down to the hips has no cut there",
        )  # fmt: skip
    return Check("figure", "ok", "the figure is whole")


def face_checks(face: Face, outline: Outline, eyes: Eyes, brows: Brows | None, mouth: Mouth | None) -> Iterator[Check]:
    """Whether eyes are open, the mouth is closed, and the face looks ahead."""
    yield _eyes_check(eyes)
    yield _mouth_check(mouth)
    if brows is None or brows.sure < 0.6:
        yield Check("brows", "ok", "the brows are hidden, and stay as they are")
    else:
        yield Check("brows", "ok", "both brows were found")
    yield _gaze_check(face, eyes)


def _eyes_check(eyes: Eyes) -> Check:
    if eyes.sure < 0.25:
        return Check("eyes", "look", "the eyes were not found with certainty", "move their points where they are wrong")
    if not eyes.open:
        return Check(
            "eyes", "bad", "the eyes look closed", "take a picture with open eyes; the puppet draws its own over them"
        )
    return Check("eyes", "ok", "both eyes are open")


def _mouth_check(mouth: Mouth | None) -> Check:
    if mouth is None or mouth.sure < 0.2:
        return Check("mouth", "look", "the mouth was not found with certainty", "move its point where it is wrong")
    if mouth.open:
        return Check(
            "mouth", "look", "the mouth is open",
            "a closed one speaks better with the networks; the puppet draws its own over it",
        )  # fmt: skip
    return Check("mouth", "ok", "the mouth is closed")


def _gaze_check(face: Face, eyes: Eyes) -> Check:
    aside = abs(_middle_of_skin(face, eyes) - (eyes.left[0] + eyes.right[0]) / 2) / UNIT
    tilt = np.degrees(np.arctan2(eyes.left[1] - eyes.right[1], eyes.left[0] - eyes.right[0]))
    if aside > 0.3 or eyes.differ > 0.45:
        return Check("gaze", "look", "the face looks aside", "a face from the front turns better")
    if abs(tilt) > 8:
        return Check("gaze", "look", f"the head is tilted by {abs(tilt):.0f} degrees", "turn the picture upright")
    return Check("gaze", "ok", "the face looks ahead")


def _middle_of_skin(face: Face, eyes: Eyes) -> float:
    """x of the middle of the cheeks' skin."""
    level = int(max(eyes.left[1], eyes.right[1]) + 0.42 * UNIT)
    middle = int((eyes.left[0] + eyes.right[0]) / 2)
    row = (face.strange[level - 3 : level + 4].mean(axis=0) < 0.5) & (face.rgba[level, :, 3] > 128)
    ends = []
    for step in (-1, 1):
        at = missed = 0
        while 0 <= middle + step * at < len(row) and missed < 8 and at < 1.3 * UNIT:
            missed = 0 if row[middle + step * at] else missed + 1
            at += 1
        ends.append(middle + step * (at - missed))
    return (ends[0] + ends[1]) / 2
