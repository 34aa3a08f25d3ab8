"""Manners: a reply that goes in circles, or never ends, is ended."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from kuchipaku import Line, Section, Settings, hookimpl


class MannersSettings(Section):
    """When a reply of a language model has gone on for long enough."""

    most_lines: int = Field(60, ge=0)
    """Lines after which a reply is ended; 0: never."""
    most_repeats: int = Field(3, ge=0)
    """Times that the same line may come in a row; 0: any."""


@hookimpl
def settings_model() -> type[MannersSettings]:
    return MannersSettings


@hookimpl
def adjust_reply(lines: Iterator[Line], settings: Settings) -> Iterator[Line]:
    limits: MannersSettings = settings.plugin("manners")
    return well_mannered(lines, limits.most_lines, limits.most_repeats)


def well_mannered(lines: Iterator[Line], most_lines: int, most_repeats: int) -> Iterator[Line]:
    """The lines up to where they become too many, or the same again and again."""
    last, repeats = "", 0
    for number, line in enumerate(lines):
        repeats = repeats + 1 if line.text == last else 1
        last = line.text
        if (most_lines and number >= most_lines) or (most_repeats and repeats > most_repeats):
            return
        yield line
