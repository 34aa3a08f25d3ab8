from __future__ import annotations

import pytest

from kuchipaku.bench.crowd import BOUNDARY, Counter
from kuchipaku.bench.viewer import PartCutter


def framed(body: bytes) -> bytes:
    head = f"--frame\r\nContent-Type: x/y\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n"


STREAM = b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + framed(b"first") + framed(b"") + framed(b"--frame\r\n\r\n\r\n")
CHUNKED = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (framed(b"first"), framed(b"second")))


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_parts_are_found_wherever_the_bytes_were_cut(step: int) -> None:
    cutter = PartCutter()
    pieces = [STREAM[n : n + step] for n in range(0, len(STREAM), step)]
    assert [body for piece in pieces for _, body in cutter.push(piece)] == [b"first", b"", b"--frame\r\n\r\n\r\n"]


def test_http_chunks_around_the_parts_do_not_matter() -> None:
    assert [body for _, body in PartCutter().push(CHUNKED)] == [b"first", b"second"]


def test_a_part_without_a_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="length"):
        list(PartCutter().push(b"--frame\r\nContent-Type: x/y\r\n\r\nbody"))


@pytest.mark.parametrize("step", [1, 5, 10_000])
def test_boundaries_are_counted_once_wherever_the_bytes_were_cut(step: int) -> None:
    stream, counter = (BOUNDARY + b": x/y\r\n") * 9, Counter()
    for n in range(0, len(stream), step):
        counter.push(stream[n : n + step], now=float(n))
    assert len(counter.moments) == 9


def test_a_rate_counts_what_came_in_its_time() -> None:
    counter = Counter()
    counter.moments = [0.0, 1.0, 1.5, 2.0, 3.0]
    assert counter.rate(1.0, 3.0) == 1.5
    assert Counter().rate(0.0, 1.0) == 0.0
