"""Text that is performed while it is written."""

from __future__ import annotations

import threading

import pytest

from kuchipaku.errors import Busy, TooLarge
from kuchipaku.manuscript import Manuscript


def test_pieces_are_read_as_they_are_written() -> None:
    manuscript, read = Manuscript(100), []
    reader = threading.Thread(target=lambda: read.extend(manuscript))
    reader.start()
    for piece in ("Hello ", "", "there."):
        manuscript.write(piece)
    manuscript.write("!", end=True)
    reader.join(5.0)
    assert read == ["Hello ", "there.", "!"]


def test_nothing_is_written_behind_the_end() -> None:
    manuscript = Manuscript(100)
    manuscript.close()
    manuscript.close()
    with pytest.raises(Busy, match="has ended"):
        manuscript.write("more")
    assert list(manuscript) == []


def test_a_text_that_grows_too_long_is_refused_and_what_was_there_stays() -> None:
    manuscript = Manuscript(6)
    manuscript.write("Hello")
    with pytest.raises(TooLarge) as told:
        manuscript.write(" you")
    assert told.value.hint == "1 characters are left"
    manuscript.write("!", end=True)
    assert list(manuscript) == ["Hello", "!"]


def test_a_writer_who_went_away_ends_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuchipaku.manuscript.PATIENCE", 0.05)
    manuscript = Manuscript(100)
    manuscript.write("Hello")
    assert list(manuscript) == ["Hello"]
    with pytest.raises(Busy):
        manuscript.write("too late")
