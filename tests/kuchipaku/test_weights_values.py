"""Weights as values: what may be written down, what lies on the disk, how progress reads."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from kuchipaku.errors import BadRequest, Busy, KuchipakuError
from kuchipaku.weights import Published, WeightFile, checksums, content, look, summary
from kuchipaku.weights.bar import Bar, Speed, duration, line
from kuchipaku.weights.checksums import Record
from kuchipaku.weights.fetching import Step
from kuchipaku.weights.lock import held

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
"""Sha256 of "hello", as FIPS 180-4 gives it."""


def file(path: str = "a.pt", url: str = "https://example.org/a.pt", sha256: str = "", size: int = 10) -> WeightFile:
    return WeightFile(path, url, sha256, size)


def weights(*files: WeightFile, name: str = "net", folder: str = "net", licence: str = "CC BY 4.0") -> Published:
    return Published(name, "", licence, "", "", "", folder, files)


@pytest.mark.parametrize(
    "path", ["../a.pt", "/a.pt", "a/../../b", "a\\b.pt", "C:/a.pt", "", "a//b", ".", ".hidden", "a/"]
)
def test_no_path_leads_out_of_its_folder(path: str) -> None:
    with pytest.raises(BadRequest, match="does not lie in the folder of models"):
        file(path)
    with pytest.raises(BadRequest, match="does not lie in the folder of models"):
        weights(folder=path)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/a", "ftp://example.org/a", "file:///etc/passwd", "example.org/a", "https://", "http://[x"],
)
def test_weights_come_over_https_only(url: str) -> None:
    with pytest.raises(BadRequest, match="cannot be fetched from"):
        file(url=url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80/a", "http://localhost/a", "http://[::1]/a", "https://example.org"]
)
def test_this_machine_needs_no_https(url: str) -> None:
    assert file(url=url).url == url


def test_checksums_and_names_are_looked_at() -> None:
    with pytest.raises(BadRequest, match="is no sha256"):
        file(sha256="abc")
    with pytest.raises(BadRequest, match="cannot be called"):
        weights(name="../x")


@pytest.mark.parametrize(
    ("licence", "forbids"),
    [
        ("CC BY-NC 4.0", True),
        ("CC BY-NC-SA 4.0", True),
        ("non-commercial", True),
        ("CC BY 4.0", False),
        ("NCSA", False),
    ],
)
def test_a_licence_says_whether_it_forbids_commercial_use(licence: str, forbids: bool) -> None:
    assert weights(licence=licence).non_commercial is forbids


def test_a_size_is_known_only_if_all_are() -> None:
    assert weights(file(size=10), file("b.pt", size=5)).size == 15
    assert weights(file(size=10), file("b.pt", size=0)).size == 0


@pytest.mark.parametrize(
    ("there", "records", "expected"),
    [
        ({}, {}, "absent"),
        ({"a.pt": "hello"}, {}, "partial 50 %"),
        ({"a.pt.part": "hel"}, {}, "partial 15 %"),
        ({"a.pt": "hello", "b.pt": "hello"}, {}, "unchecked"),
        ({"a.pt": "hello", "b.pt": "hello"}, {"net/b.pt": HELLO}, "ready"),
        ({"a.pt": "hullo"}, {}, "changed"),
        ({"b.pt": "hello"}, {"net/b.pt": "0" * 64}, "changed"),
    ],
)
def test_the_state_of_weights_is_that_of_their_files(
    tmp_path: Path, there: Mapping[str, str], records: Mapping[str, str], expected: str
) -> None:
    (tmp_path / "net").mkdir()
    for name, text in there.items():
        (tmp_path / "net" / name).write_text(text)
    two = weights(file(sha256=HELLO), file("b.pt"))
    known = {key: Record(sha256, "", "") for key, sha256 in records.items()}
    assert str(summary(look(two, tmp_path, known))) == expected


def test_a_large_file_counts_for_more_than_a_small_one(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net/small.pt").write_text("hello")
    assert (
        str(summary(look(weights(file("small.pt", size=5), file("large.pt", size=45)), tmp_path, {}))) == "partial 10 %"
    )


def test_what_is_found_has_its_checksum(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net/a.pt").write_text("hello")
    (found,) = look(weights(file()), tmp_path, {})
    assert (found.sha256, found.expected, found.size, found.state) == (HELLO, "", 5, "unchecked")


@pytest.mark.parametrize(
    ("name", "head", "told"),
    [
        ("a.pt", b"PK\x03\x04" + bytes(12), ""),
        ("a.pt", b"\x80\x02}q\x00." + bytes(10), "is not a file of PyTorch (a ZIP)"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(8), ""),
        ("a.png", b"GIF89a" + bytes(10), "is not a PNG"),
        ("a.safetensors", (64).to_bytes(8, "little") + b'{"a":{}}', ""),
        ("a.safetensors", b"PK\x03\x04" + bytes(12), "is no safetensors file"),
        ("a.safetensors", b"\xff" * 8 + b"{", "is no safetensors file"),
        ("a.yaml", b"key: value", ""),
        ("a.yaml", b"<html>", "is a web page"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(name: str, head: bytes, told: str) -> None:
    assert content.fault(name, head) == told


def test_records_are_laid_beside_each_other(tmp_path: Path) -> None:
    one, two = Record("1" * 64, "https://example.org", "2026-01-31"), Record("2" * 64, "by hand", "2026-02-01")
    checksums.add(tmp_path, {"b": one})
    checksums.add(tmp_path, {"a": two})
    assert checksums.read(tmp_path) == {"a": two, "b": one}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".checksums.lock", "checksums.json"]


def test_a_lock_is_held_by_one_and_freed_at_the_end(tmp_path: Path) -> None:
    with held(tmp_path / "lock", "taken"), pytest.raises(Busy, match="taken"), held(tmp_path / "lock", "taken"):
        raise AssertionError("two hold it")
    with pytest.raises(KuchipakuError, match="mine"), held(tmp_path / "lock", "taken"):
        raise KuchipakuError("mine")
    with held(tmp_path / "lock", "taken"):
        assert (tmp_path / "lock").exists()


HALF = Step("editor.pt", 2, 5, done=2_000_000, size=4_000_000, before=10_000_000, total=48_000_000)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (200, "editor.pt   50 %  [##########----------]  2.0 of 4.0 MB  0.5 MB/s  0:04 left  file 2 of 5, 25 % of all"),
        (79, "editor.pt   50 %  [##########----------]  2.0 of 4.0 MB  0.5 MB/s  0:04 left"),
        (60, "editor.pt   50 %  2.0 of 4.0 MB  0.5 MB/s  0:04 left"),
        (45, "editor.pt   50 %  0.5 MB/s  0:04 left"),
        (30, "editor.pt   50 %  0:04 left"),
        (20, "editor.pt   50 %"),
        (12, "editor.pt   "),
    ],
)
def test_a_line_tells_less_where_there_is_less_room(width: int, expected: str) -> None:
    assert line(HALF, 500_000, width) == expected


def test_the_longest_name_of_all_leaves_room_for_the_speed() -> None:
    step = Step("two_algo_face_body_rotator.pt", 4, 5, done=114_400_000, size=130_700_000)
    told = line(step, 6.6e6, 79)
    assert told == "two_algo_face_body_rotator.pt   88 %  114.4 of 130.7 MB  6.6 MB/s  0:02 left"
    assert line(Step("a.pt", 1, 1, done=10**9, size=2 * 10**9), 0.0, 79, blocks=0) == "a.pt   50 %  1.00 of 2.00 GB"


def test_a_line_without_a_size_counts_what_has_come() -> None:
    assert line(Step("a.pt", 1, 1, done=1_500_000), 1e6, 80) == "a.pt  1.5 MB  1.0 MB/s"
    assert line(Step("a.pt", 1, 1, done=5, size=5), 0.0, 80, blocks=0) == "a.pt  100 %  0.0 of 0.0 MB"


@pytest.mark.parametrize(("seconds", "told"), [(0.4, "0:00"), (7, "0:07"), (750, "12:30"), (7500, "2:05:00")])
def test_durations_are_told_as_on_a_clock(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_the_speed_is_that_of_the_last_seconds() -> None:
    speed = Speed()
    assert speed.at(0.0, 1_000_000) == 0.0  # what was there before counts for nothing
    assert speed.at(2.0, 1_000_200) == 100.0
    assert speed.at(4.0, 1_000_800) == 200.0
    assert speed.at(8.0, 1_000_800) == 0.0
    assert speed.at(8.5, 0) == 0.0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_is_drawn_over() -> None:
    stream, times = Terminal(), iter([0.0, 0.01, 1.0, 1.001])
    bar = Bar(stream, clock=lambda: next(times), width=lambda: 25)
    for done in (0, 10, 1_000_000, 2_000_000):
        bar(Step("a.pt", 1, 1, done=done, size=2_000_000))
    bar.close()
    drawn = stream.getvalue().split("\r")[1:]
    assert [text.strip() for text in drawn] == ["a.pt    0 %", "a.pt   50 %  0:01 left", "a.pt  100 %"]
    assert {len(text.rstrip("\n")) for text in drawn} == {24} and stream.getvalue().endswith("\n")
    assert "\x1b" not in stream.getvalue()


def test_elsewhere_there_is_a_line_for_each_tenth() -> None:
    stream = io.StringIO()
    bar = Bar(stream, clock=lambda: 0.0)
    for done in range(0, 1001, 5):
        bar(Step("a.pt", 1, 1, done=done * 1000, size=1_000_000))
    lines = stream.getvalue().splitlines()
    assert [text.split()[1] for text in lines] == [f"{tenth}0" if tenth else "0" for tenth in range(11)]
    assert lines[5] == "a.pt   50 %  0.5 of 1.0 MB"


def test_notes_are_told_on_lines_of_their_own() -> None:
    stream = Terminal()
    bar = Bar(stream, clock=lambda: 0.0, width=lambda: 40)
    bar(Step("a.pt", 1, 1, done=1, size=2))
    bar(Step("a.pt", 1, 1, done=1, size=2, note="cut; trying again in 1 s"))
    assert stream.getvalue().endswith("\n  a.pt: cut; trying again in 1 s\n")
