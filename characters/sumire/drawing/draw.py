"""Draw every layer anew: `python -m characters.sumire.drawing.draw`, from the project's folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from characters.sumire.drawing import body, hair
from characters.sumire.drawing.ink import Sheet

FOLDER = Path(__file__).parent.parent


def layers() -> dict[str, Sheet]:
    """File name of each layer -> its drawing."""
    fringe = {"bangs_right": hair.bangs_right(), "bangs_left": hair.bangs_left(), "bangs_middle": hair.bangs_middle()}
    shadow = np.maximum.reduce([sheet.alpha for sheet in fringe.values()])
    locks = np.maximum(hair.lock_right().alpha, hair.lock_left().alpha)
    drawn = {name: getattr(hair, name)() for name in ("back", "cap", "lock_right", "lock_left", "ahoge")}
    drawn |= {name: getattr(body, name)() for name in ("neck", "clothes", "ribbon", "nose", "flower")}
    return drawn | fringe | {"face": body.face(shadow, locks)}


def main() -> None:
    """Write layers/*.png."""
    for name, sheet in layers().items():
        sheet.save(FOLDER / "layers" / f"{name}.png")


if __name__ == "__main__":
    main()
