from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import modules.manners
from kuchipaku import Line
from kuchipaku.director import Order
from kuchipaku.testing import fake_services
from modules.manners import well_mannered


def endless(*texts: str) -> Iterator[Line]:
    return (Line(n, texts[n % len(texts)]) for n in count())


def test_a_reply_that_never_ends_is_ended() -> None:
    assert len(list(well_mannered(endless("One.", "Two."), 7, 3))) == 7


def test_a_reply_that_goes_in_circles_is_ended() -> None:
    assert len(list(well_mannered(endless("One."), 60, 3))) == 3


def test_the_source_is_left_where_it_was_ended() -> None:
    lines = endless("One.")
    list(well_mannered(lines, 60, 3))
    assert next(lines).n == 4


def test_zero_is_no_limit() -> None:
    lines = [Line(n, "One.") for n in range(100)]
    assert list(well_mannered(iter(lines), 0, 0)) == lines


def test_adjust_reply_is_for_replies_and_never_cuts_what_a_user_wrote(tmp_path: Path) -> None:
    services = fake_services(tmp_path, modules.manners)
    order = Order(services.characters.get("test"))
    told = (
        services.director.chat("Go. " * 5, order),
        services.director.perform((Line(0, "Go.") for _ in range(5)), order),
    )
    counts = [len([e for e in performance.events() if e and e.kind == "line"]) for performance in told]
    services.shutdown()
    assert counts[1] == 5
    assert counts[0] <= 3
