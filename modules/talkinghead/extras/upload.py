"""An uploaded picture of anything, made into the character that SillyTavern shows."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

NAME, TITLE = "extras", "SillyTavern"
"""The character that every upload replaces."""


def character_files(upload: bytes, megapixels: float, *, networks: bool) -> dict[str, bytes]:
    """The files of a character of that picture, for the networks or else for the puppet.

    Raises BadRequest for what is no picture, TooLarge for one of more than `megapixels`.
    """
    from kuchipaku.fitting import fit, puppet_table

    fitted = fit(upload, megapixels, "tha" if networks else "portrait")
    kind, table = ("tha3", "") if networks else ("puppet", puppet_table(fitted))
    text = f'title = "{TITLE}"\navatar = "{kind}"\n{table}'
    return {"picture.png": fitted.picture_png, "character.toml": text.encode()}


def has_networks(models: Path) -> bool:
    """Whether a picture can be animated by THA3: its weights are in the folder of models, and torch is here."""
    folder = models / "tha3"
    if not folder.is_dir() or find_spec("torch") is None:
        return False
    from modules.talkinghead.tha3.files import VARIANTS, is_complete

    return any(is_complete(folder, variant) for variant in VARIANTS)
