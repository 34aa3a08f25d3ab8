from __future__ import annotations

import numpy as np
import pytest

from kuchipaku.score import KEEP, Score
from kuchipaku.speech import Speech
from kuchipaku.timeline import Cue, Timeline

SPEECH = Speech(np.zeros(8000, np.float32), 8000)
SECOND = Timeline(1.0, {"mouth": (Cue(0.0, 1.0, "aa"),)})


def test_the_first_piece_begins_after_the_patience() -> None:
    score = Score("p", complete=False).with_piece(SECOND, SPEECH, now=10.0, patience=1.5, margin=0.2)
    assert score.origin == 11.5
    assert score.media_time(11.0) == -0.5
    assert Score().media_time(1.0) is None


def test_pieces_that_come_in_time_are_laid_end_to_end() -> None:
    score = Score("p", complete=False).with_piece(SECOND, SPEECH, 10.0, 0.0, 0.2)
    score = score.with_piece(SECOND, SPEECH, 10.5, 0.0, 0.2)
    assert [piece.start for piece in score.pieces] == [0.0, 1.0]


def test_a_late_piece_begins_after_the_margin() -> None:
    score = Score("p", complete=False).with_piece(SECOND, SPEECH, 10.0, 0.0, 0.2)
    score = score.with_piece(SECOND, SPEECH, 13.0, 0.0, 0.2)
    assert [piece.start for piece in score.pieces] == pytest.approx([0.0, 3.2])


def test_a_player_moves_the_origin() -> None:
    score = Score("p").with_piece(SECOND, SPEECH, 10.0, 1.5, 0.2).anchored(media_time=0.25, stage_time=20.0)
    assert score.origin == 19.75
    assert score.on_stage().track("mouth") == (Cue(19.75, 20.75, "aa"),)


def test_old_pieces_are_forgotten() -> None:
    score = Score("p", complete=False).with_piece(SECOND, SPEECH, 0.0, 0.0, 0.0)
    score = score.with_piece(SECOND, SPEECH, KEEP + 2.0, 0.0, 0.0)
    assert len(score.pieces) == 1


def test_it_is_over_when_all_has_been_said() -> None:
    running = Score("p", complete=False).with_piece(SECOND, SPEECH, 0.0, 0.0, 0.0)
    complete = Score("p", complete=True).with_piece(SECOND, SPEECH, 0.0, 0.0, 0.0)
    assert not running.over(5.0)
    assert not complete.over(0.9)
    assert complete.over(1.0)
    assert Score().over(0.0)


def test_the_resting_emotion_is_a_track() -> None:
    (cue,) = Score(rest="joy").on_stage().track("rest")
    assert (cue.name, cue.start) == ("joy", 0.0)
