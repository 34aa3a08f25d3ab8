"""Which of several marks over skin is taken for the face."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from kuchipaku.fitting.head import find_heads
from tests.kuchipaku.fitting.drawings import Artist, draw_person, with_noise

SIZE = (400, 600)


def _hand(unit: float) -> Image.Image:
    """A hand beside the hair with two dark gaps between its fingers."""
    a, skin = Artist(SIZE, (60, 250), unit), "#fde4d4"
    a.ellipse(0, 0.4, 1.0, 1.0, skin)
    a.shape([(-0.9, -0.2), (0.9, -0.2), (0.9, 0.9), (-0.9, 0.9)], skin)
    for side in (-1, 1):
        a.ellipse(side * 0.5, 0, 0.27, 0.24, "#20161c")
    return a.done()


@pytest.mark.parametrize("unit", [8.5, 9.3, 11])
def test_a_raised_hand_is_not_taken_for_a_pale_face(unit: float) -> None:
    person = draw_person(SIZE, (200, 130), 46, bangs=True, iris="#d0a090", hair="#e0a090")
    picture = Image.alpha_composite(with_noise(person.on("#4b3a34")), _hand(unit))
    first = find_heads(np.array(picture))[0]
    assert np.hypot(first.x - 200, first.y - 130) < 10
    assert abs(first.unit - person.unit) < 5
