"""Lip-sync: the sounds of a voice as mouth shapes, and the mouth that moves through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kuchipaku import Aligner, Cue, Layer, Settings, Speech, Timeline, hookimpl
from modules.lipsync.settings import LipsyncSettings


@hookimpl
def settings_model() -> type[LipsyncSettings]:
    """[plugins.lipsync]."""
    return LipsyncSettings


@hookimpl
def register_aligners(register: Callable[[str, Callable[[], Aligner]], None]) -> None:
    """ "loudness": the floor for audio that comes without phones."""

    def build() -> Aligner:
        from modules.lipsync.loudness import LoudnessAligner

        return LoudnessAligner()

    register("loudness", build)


@hookimpl
def compose_cues(speech: Speech) -> Mapping[str, Sequence[Cue]]:
    """Tracks `mouth`, `word` and `gesture`, from the phones of the voice."""
    from modules.lipsync.compose import compose_tracks

    return compose_tracks(speech)


@hookimpl(tryfirst=True)  # called first is laid on last: the mouth is on top of every other layer
def animate(timeline: Timeline, settings: Settings) -> Layer | None:
    """The mouth of the score; none where nobody speaks."""
    from modules.lipsync.layer import Mouth

    cues, chosen = timeline.track("mouth"), settings.plugin("lipsync")
    return Mouth(cues, chosen.strength, chosen.offset_ms / 1000.0) if cues else None
