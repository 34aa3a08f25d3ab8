from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kuchipaku.avatar import Pixels
from kuchipaku.stream import Background, laid_on

BYTE = st.integers(0, 255)


@given(arrays(np.uint8, (3, 5, 4)), st.tuples(BYTE, BYTE, BYTE))
def test_a_picture_on_a_background_is_the_mean_weighted_by_alpha(pixels: Pixels, background: Background) -> None:
    share = pixels[..., 3:] / 255
    expected = pixels[..., :3] * share + np.array(background) * (1 - share)
    laid = laid_on(pixels, background)
    assert (np.abs(laid[..., :3] - expected) <= 1.0).all()
    assert (laid[..., 3] == 255).all()
    assert laid.dtype == np.uint8


def test_the_picture_itself_is_not_changed_and_may_be_a_view() -> None:
    whole = np.random.default_rng(1).integers(0, 256, (6, 6, 4), np.uint8)
    before = whole.copy()
    assert laid_on(whole[1:4, 2:5], (9, 9, 9)).flags.c_contiguous
    assert (whole == before).all()
