"""The table [plugins.talkinghead]."""

from __future__ import annotations

from typing import Literal

from kuchipaku import Section


class TalkingHeadSettings(Section):
    """The neural anime avatars, tha3 and tha4."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where networks run; auto: on CUDA where there is one."""
    variant: Literal["auto", "standard_float", "standard_half", "separable_float", "separable_half"] = "auto"
    """THA3 networks of characters that name none; auto: separable_half on CUDA, else separable_float."""
    quality: Literal["auto", "exact", "fine", "live"] = "auto"
    """THA4 rendering of characters that name none; auto: the best of the three that reaches the stream's rate."""
