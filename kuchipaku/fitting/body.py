"""A fitted picture as a puppet: its layers, and its table for character.toml."""

from __future__ import annotations

from typing import Any

from kuchipaku.fitting.report import Fitted
from kuchipaku.fitting.tables import table_text


def puppet_table(fitted: Fitted) -> str:
    """The table [puppet] of a fitted picture as TOML; empty where no face was found."""
    if fitted.anchors is None:
        return ""
    return table_text("puppet", fitted.anchors | {"layers": picture_layers(fitted.anchors)})


def picture_layers(anchors: dict[str, Any], picture: str = "picture.png") -> list[dict[str, Any]]:
    """The layers of one picture with a face: the picture, and each part of the face that has anchors, on it."""
    # A face is about 0.4 of its half width deep; the whole head a little in front of its axis.
    width = float(anchors.get("face", (0, 0, 92, 108))[2])
    on_it = {"depth": round(0.07 * width, 1), "bulge": round(0.4 * width, 1)}
    drawn = [part for part in ("mouth", "eyes", "brows") if anchors.get(part)]
    return [{"file": picture, "group": "neck", **on_it}, *({"draw": part, **on_it} for part in drawn)]
