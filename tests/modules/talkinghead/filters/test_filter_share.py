"""Work shared by threads: every part is done once, errors come through, and the cut into bands is never seen."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import numpy as np
import pytest

from modules.talkinghead.filters import share
from modules.talkinghead.filters.benchmark import CHAINS, portrait
from modules.talkinghead.filters.chain import FILTERS, parse_chain
from modules.talkinghead.filters.lens import enlarged, reduced

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "talkinghead.md"


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_each_part_is_done_once_on_any_number_of_threads(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "_threads", lambda: threads)
    done: list[int] = []
    share.each(done.append, range(100))
    assert sorted(done) == list(range(100))


def test_two_threads_work_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "_threads", lambda: 2)
    both = threading.Barrier(2)
    share.each(lambda _: both.wait(timeout=10), range(2))
    assert not both.broken


def test_what_a_part_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "_threads", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        share.each(lambda part: 1 // part, [1, 0, 2])


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 900), (101, 101), (480, 392), (513, 7), (0, 5)])
def test_bands_cover_every_row_once_and_start_on_the_grid(height: int, width: int) -> None:
    pieces = share.bands(height, width)
    assert [row for rows in pieces for row in range(height)[rows]] == list(range(height))
    assert all(rows.start % share.GRID == 0 and rows.stop > rows.start for rows in pieces)


@pytest.mark.parametrize("names", [*CHAINS.values(), *((name,) for name in FILTERS)], ids="-".join)
def test_a_picture_is_the_same_on_any_number_of_threads(
    names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels, chain = portrait(150), parse_chain([[name, {}] for name in names])
    frames = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(share, "_threads", lambda threads=threads: threads)
        frames.append(chain(pixels, 0.4).astype(int))
    assert np.abs(frames[0] - frames[1]).max() <= 1 and np.abs(frames[0] - frames[2]).max() <= 1


def test_a_smaller_picture_enlarged_band_by_band_is_the_one_enlarged_at_once() -> None:
    ramp = np.add.outer(np.arange(43.0), np.arange(30.0)).astype(np.float32)
    small = reduced(ramp)
    assert small.shape == (11, 8)
    whole = enlarged(small, slice(0, 43), 30)
    parts = [enlarged(small, rows, 30) for rows in (slice(0, 20), slice(20, 24), slice(24, 43))]
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.abs(whole - ramp)[2:38, 2:26].max() < 1e-4


def test_the_table_of_the_guide_names_the_filters() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("| filter | what it does |")[2].partition("\n\n")[0]
    names = [name for row in table.strip().splitlines()[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(names) == sorted(FILTERS)
