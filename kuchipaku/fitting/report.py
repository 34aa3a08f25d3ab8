"""The character doctor: any picture in, a picture that lives out, with what was found and mended on the way."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from kuchipaku.avatar import Pixels
from kuchipaku.fitting import checks as say
from kuchipaku.fitting.anchors import anchors_for
from kuchipaku.fitting.checks import Check, score_of
from kuchipaku.fitting.cutout import Cut, cut_by_colours, cut_out
from kuchipaku.fitting.features import find_brows, find_eyes, find_mouth, settled, surest
from kuchipaku.fitting.head import Head, find_heads
from kuchipaku.fitting.place import Framing, Placement, outline_of, placed, placement, whole
from kuchipaku.picture import upright_picture

LARGEST = 1536
"""Pixels on a side that a picture is worked on in."""

BARE = 0.05
"""Eyes that are no surer are no marks at all; without a mouth, either, what looked like a face is bare skin."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture made ready for an avatar."""

    picture_png: bytes
    """RGBA, 512 x 512."""
    anchors: dict[str, Any] | None
    """Where the face's parts are, in pixels of it; None where no face was found."""
    checks: tuple[Check, ...]
    score: int
    """0 to 100."""
    framing: Framing
    placement: Placement
    """Where `before` went."""
    before: Pixels = field(repr=False, compare=False)
    """The picture that was sent: upright, shrunk to LARGEST where it was larger."""

    def json(self) -> dict[str, Any]:
        """All but the pictures."""
        return {"score": self.score, "checks": [asdict(check) for check in self.checks], "anchors": self.anchors}


@lru_cache(maxsize=1)  # people look first, and then add the same picture
def fit(picture: bytes, megapixels: float, framing: Framing = "tha") -> Fitted:
    """The doctor's work on a picture. Raises BadRequest for what is none, TooLarge for one beyond `megapixels`.

    `framing` puts the head into the box of the networks ("tha") or large into the middle ("portrait"). What cannot be
    mended is told, not mangled: without a face the whole picture is shrunk to fit.
    """
    before = np.array(upright_picture(picture, megapixels, LARGEST))
    cut = cut_out(before)
    # In a figure that is cut out, crown and width tell what is a head.
    heads = surest(cut.pixels, find_heads(cut.pixels))
    if cut.how == "none" and heads:
        cut = cut_by_colours(before, heads[0])
    return _with_face(before, cut, heads, framing) if heads else _faceless(before, cut, framing)


def _with_face(before: Pixels, cut: Cut, heads: Sequence[Head], framing: Framing) -> Fitted:
    face = settled(cut.pixels, heads[0])
    eyes = find_eyes(face)
    brows, mouth = find_brows(face, eyes), find_mouth(face, eyes)
    if not heads[0].photo and eyes.sure < BARE and mouth is None:
        return _faceless(before, cut, framing)
    outline = outline_of(cut.pixels, face, eyes, mouth)
    rows = np.flatnonzero((cut.pixels[..., 3] > 128).any(axis=1))
    to = placement(outline, cut.pixels.shape[1::-1], float(rows[-1] + 1), framing)
    fitted = placed(cut.pixels, to)
    found = [say.background(cut), *say.head_checks(heads, outline, to), say.figure_check(fitted)]
    found += say.face_checks(face, outline, eyes, brows, mouth)
    return _fitted(fitted, anchors_for(face, outline, to, eyes, brows, mouth), found, framing, to, before)


def _faceless(before: Pixels, cut: Cut, framing: Framing) -> Fitted:
    to = whole(cut.pixels.shape[1::-1])
    found = [say.background(cut), say.no_head(before)]
    return _fitted(placed(cut.pixels, to), None, found, framing, to, before)


def _fitted(
    fitted: Pixels,
    anchors: dict[str, Any] | None,
    found: list[Check],
    framing: Framing,
    to: Placement,
    before: Pixels,
) -> Fitted:
    png = io.BytesIO()
    Image.fromarray(fitted).save(png, "PNG")
    score = score_of(found) if anchors else min(20, score_of(found))
    return Fitted(png.getvalue(), anchors, tuple(found), score, framing, to, before)
