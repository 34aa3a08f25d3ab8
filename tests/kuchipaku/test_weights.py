"""Fetching published weights from a server on this machine that cuts, changes, lies and fails."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from kuchipaku.errors import Busy, EngineUnavailable, KuchipakuError
from kuchipaku.weights import Published, WeightFile, checksums, download, look, summary
from kuchipaku.weights.download import Download, Wire
from kuchipaku.weights.fetching import Step, fetch, from_endpoint
from tests.kuchipaku.weights_host import Answer, Host, running


def a_zip(size: int, seed: int = 0) -> bytes:
    """A whole ZIP of about `size` bytes, as PyTorch writes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("tensor", bytes((seed + i) % 251 for i in range(size)))
    return stream.getvalue()


BODY = a_zip(50_000)
RIGHT = hashlib.sha256(BODY).hexdigest()
QUICK = Wire(timeout=2.0, attempts=3, pause=0.0, sleep=lambda seconds: None)


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with running() as host:
        host.answers["/net.pt"] = Answer(BODY)
        yield host


def published(host: Host, path: str = "/net.pt", **fields: object) -> Published:
    file = replace(WeightFile("net.pt", host.url + path), **fields)  # type: ignore[arg-type]
    return Published("tiny", "a network", "CC BY 4.0", "", "somebody", "", "family/tiny", (file,))


def target(models: Path) -> Path:
    return models / "family/tiny/net.pt"


def leftovers(models: Path) -> list[str]:
    return sorted(path.name for path in target(models).parent.iterdir() if path.name not in ("net.pt", "LICENSE.txt"))


def test_a_whole_file_is_placed_and_trusted_on_first_use(host: Host, tmp_path: Path) -> None:
    (done,) = fetch(published(host), tmp_path, wire=QUICK)
    assert (done.how, done.sha256, target(tmp_path).read_bytes()) == ("fetched", RIGHT, BODY)
    assert leftovers(tmp_path) == []
    record = checksums.read(tmp_path)["family/tiny/net.pt"]
    assert (record.sha256, record.source) == (RIGHT, f"{host.url}/net.pt")


def test_the_licence_and_the_credit_lie_beside_the_files(host: Host, tmp_path: Path) -> None:
    fetch(published(host), tmp_path, wire=QUICK)
    assert target(tmp_path).with_name("LICENSE.txt").read_text() == "tiny\nsomebody\nCC BY 4.0\n"
    target(tmp_path).with_name("LICENSE.txt").write_text("longer")
    fetch(published(host), tmp_path, wire=QUICK)
    assert target(tmp_path).with_name("LICENSE.txt").read_text() == "longer"


def test_what_is_there_and_right_is_not_asked_for_again(host: Host, tmp_path: Path) -> None:
    fetch(published(host), tmp_path, wire=QUICK)
    (done,) = fetch(published(host), tmp_path, wire=QUICK)
    assert done.how == "there" and len(host.asked) == 1


def test_a_cut_download_is_gone_on_with_at_once(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(BODY, cut_after=20_000)
    (done,) = fetch(published(host, sha256=RIGHT), tmp_path, wire=QUICK)
    assert done.sha256 == RIGHT
    assert host.asked == [
        ("/net.pt", "", ""),
        ("/net.pt", "bytes=20000-", '"one"'),
        ("/net.pt", "bytes=40000-", '"one"'),
    ]


def test_another_run_goes_on_where_the_last_one_gave_up(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(BODY, cut_after=20_000, cuts=1, statuses=[])
    once = replace(QUICK, attempts=1)
    with pytest.raises(EngineUnavailable, match=r"net\.pt: the connection was cut") as caught:
        fetch(published(host), tmp_path, wire=once)
    assert "run the same command again" in caught.value.hint
    (found,) = look(published(host, size=len(BODY)), tmp_path, {})
    assert (found.state, found.size, str(summary([found]))) == ("partial", 20_000, "partial 40 %")
    (done,) = fetch(published(host), tmp_path, wire=once)
    assert done.sha256 == RIGHT and host.asked[-1][1] == "bytes=20000-"


def test_a_server_without_ranges_starts_over_and_says_so(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(BODY, ranges=False, cut_after=20_000, cuts=1)
    steps: list[Step] = []
    fetch(published(host, sha256=RIGHT), tmp_path, steps.append, QUICK)
    assert target(tmp_path).read_bytes() == BODY
    assert "starting over" in " ".join(step.note for step in steps)


def test_a_server_that_always_cuts_at_the_same_place_is_given_up(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(BODY, ranges=False, cut_after=20_000)
    with pytest.raises(EngineUnavailable):
        fetch(published(host), tmp_path, wire=QUICK)
    assert len(host.asked) == 1 + QUICK.attempts - 1 and not target(tmp_path).exists()


def test_a_file_that_changed_in_between_starts_over(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(a_zip(50_000, seed=7), etag='"old"', cut_after=20_000)
    with pytest.raises(EngineUnavailable):
        fetch(published(host), tmp_path, wire=replace(QUICK, attempts=1))
    host.answers["/net.pt"] = Answer(BODY, etag='"new"')
    fetch(published(host), tmp_path, wire=QUICK)
    assert target(tmp_path).read_bytes() == BODY


def test_a_part_of_another_file_that_a_server_sends_is_thrown_away(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(BODY, cut_after=20_000, cuts=1, headers={"Content-Range": "bytes 9-9/9"})
    fetch(published(host), tmp_path, wire=QUICK)
    assert target(tmp_path).read_bytes() == BODY
    assert [asked[1] for asked in host.asked] == ["", "bytes=20000-", ""]


def test_a_wrong_checksum_is_refused_and_nothing_kept(host: Host, tmp_path: Path) -> None:
    with pytest.raises(KuchipakuError, match=f"sha256 {RIGHT}, the published one has {'0' * 64}"):
        fetch(published(host, sha256="0" * 64), tmp_path, wire=QUICK)
    assert leftovers(tmp_path) == [] and not target(tmp_path).exists()


def test_a_file_other_than_the_first_one_is_refused(host: Host, tmp_path: Path) -> None:
    fetch(published(host), tmp_path, wire=QUICK)
    target(tmp_path).unlink()
    host.answers["/net.pt"] = Answer(a_zip(50_000, seed=1))
    with pytest.raises(KuchipakuError, match=f"the one first fetched has {RIGHT}") as caught:
        fetch(published(host), tmp_path, wire=QUICK)
    assert "take family/tiny/net.pt out of checksums.json" in caught.value.hint


def test_a_file_that_was_changed_is_not_written_over(host: Host, tmp_path: Path) -> None:
    fetch(published(host), tmp_path, wire=QUICK)
    target(tmp_path).write_bytes(b"mine")
    with pytest.raises(KuchipakuError, match="the one first fetched has") as caught:
        fetch(published(host), tmp_path, wire=QUICK)
    assert caught.value.hint.startswith("delete it") and target(tmp_path).read_bytes() == b"mine"


def test_a_checksum_that_the_host_gives_on_the_way_is_held(host: Host, tmp_path: Path) -> None:
    headers = {"X-Linked-ETag": f'"{"a" * 64}"', "Location": "/net.pt"}
    host.answers["/linked"] = Answer(b"", statuses=[302, 302], headers=headers)
    with pytest.raises(KuchipakuError, match=f"its host says {'a' * 64}"):
        fetch(published(host, "/linked"), tmp_path, wire=QUICK)
    host.answers["/linked"].headers = {**headers, "X-Linked-ETag": f'"{RIGHT}"'}
    assert fetch(published(host, "/linked"), tmp_path, wire=QUICK)[0].sha256 == RIGHT


def test_a_file_put_there_by_hand_is_recorded(host: Host, tmp_path: Path) -> None:
    target(tmp_path).parent.mkdir(parents=True)
    target(tmp_path).write_bytes(BODY)
    (done,) = fetch(published(host), tmp_path, wire=QUICK)
    assert done.how == "trusted" and host.asked == []
    assert checksums.read(tmp_path)["family/tiny/net.pt"].source == "by hand"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<!DOCTYPE html><p>Please log in", "is a web page"),
        (b"\n <HTML>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
        (b"not a network at all", "is not a file of PyTorch"),
        (BODY[:-30], "is cut off"),
        (b"PK", "is not a file of PyTorch"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_network_is_refused(host: Host, tmp_path: Path, body: bytes, told: str) -> None:
    host.answers["/net.pt"] = Answer(body, kind="text/html")
    with pytest.raises(KuchipakuError, match=told):
        fetch(published(host), tmp_path, wire=QUICK)
    assert leftovers(tmp_path) == [] and checksums.read(tmp_path) == {}


def test_a_file_that_is_not_there_is_not_asked_for_twice(host: Host, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"it is not there \(404\)"):
        fetch(published(host, "/gone.pt"), tmp_path, wire=QUICK)
    assert len(host.asked) == 1


def test_another_place_is_tried_where_the_first_fails(host: Host, tmp_path: Path) -> None:
    steps: list[Step] = []
    both = published(host, "/gone.pt", mirrors=(f"{host.url}/net.pt",))
    fetch(both, tmp_path, steps.append, QUICK)
    assert target(tmp_path).read_bytes() == BODY
    assert "404" in steps[0].note and checksums.read(tmp_path)["family/tiny/net.pt"].source.endswith("/net.pt")


def test_all_places_are_named_where_none_has_it(host: Host, tmp_path: Path) -> None:
    both = published(host, "/gone.pt", mirrors=(f"{host.url}/lost.pt",))
    with pytest.raises(EngineUnavailable, match=r"no place gives net\.pt: .*gone\.pt.*lost\.pt"):
        fetch(both, tmp_path, wire=QUICK)


def test_a_server_with_a_bad_moment_is_asked_again_when_it_says(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(BODY, statuses=[500, 503], headers={"Retry-After": "7"})
    pauses: list[float] = []
    fetch(published(host), tmp_path, wire=replace(QUICK, pause=1.0, sleep=pauses.append))
    assert pauses == [7.0, 7.0] and target(tmp_path).read_bytes() == BODY


def test_the_pauses_grow_and_then_it_gives_up(host: Host, tmp_path: Path) -> None:
    host.answers["/net.pt"] = Answer(BODY, statuses=[502] * 9)
    pauses: list[float] = []
    with pytest.raises(EngineUnavailable, match="it answers 502"):
        fetch(published(host), tmp_path, wire=Wire(attempts=4, sleep=pauses.append))
    assert pauses == [1.0, 2.0, 4.0]


def test_a_server_that_falls_silent_is_not_waited_for(host: Host, tmp_path: Path) -> None:
    silence = threading.Event()
    host.answers["/net.pt"] = Answer(BODY, hold=silence)
    with pytest.raises(EngineUnavailable, match="nothing came for too long"):
        fetch(published(host), tmp_path, wire=replace(QUICK, timeout=0.05, attempts=2))
    silence.set()


def test_a_dead_host_is_told(host: Host, tmp_path: Path) -> None:
    dead = replace(published(host), files=(WeightFile("net.pt", "http://127.0.0.1:9/net.pt"),))
    with pytest.raises(EngineUnavailable, match="no connection"):
        fetch(dead, tmp_path, wire=QUICK)


def test_a_certificate_that_nobody_knows_is_not_tried_twice(tmp_path: Path) -> None:
    asked: list[str] = []

    def unknown(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")

    with httpx.Client(transport=httpx.MockTransport(unknown)) as http:
        one = Download(http, "https://example.org/net.pt", tmp_path / "net.pt.part", lambda done, size, note: None)
        with pytest.raises(EngineUnavailable, match="self-signed") as caught:
            one.run(QUICK)
    assert "SSL_CERT_FILE" in caught.value.hint and len(asked) == 1


def test_a_redirect_is_followed(host: Host, tmp_path: Path) -> None:
    host.answers["/moved"] = Answer(b"", statuses=[302], headers={"Location": "/net.pt"})
    assert fetch(published(host, "/moved"), tmp_path, wire=QUICK)[0].sha256 == RIGHT


def test_a_redirect_to_plain_http_is_refused(host: Host, tmp_path: Path) -> None:
    host.answers["/moved"] = Answer(b"", statuses=[302], headers={"Location": "http://example.org/net.pt"})
    with pytest.raises(KuchipakuError, match=r"http://example\.org/net\.pt, which is not safe"):
        fetch(published(host, "/moved"), tmp_path, wire=QUICK)


def test_redirects_in_a_circle_are_told(host: Host, tmp_path: Path) -> None:
    host.answers["/moved"] = Answer(b"", statuses=[302] * 99, headers={"Location": "/moved"})
    with pytest.raises(EngineUnavailable, match="redirects"):
        fetch(published(host, "/moved"), tmp_path, wire=QUICK)


def test_a_second_fetch_of_the_same_is_turned_away(host: Host, tmp_path: Path) -> None:
    release = threading.Event()
    host.answers["/net.pt"] = Answer(BODY, hold=release)
    first = threading.Thread(target=fetch, args=(published(host), tmp_path), kwargs={"wire": QUICK})
    first.start()
    assert host.waiting.wait(5.0)
    with pytest.raises(Busy, match="tiny is being fetched already"):
        fetch(published(host), tmp_path, wire=QUICK)
    release.set()
    first.join(5.0)
    assert target(tmp_path).read_bytes() == BODY


def test_two_fetches_at_once_both_write_their_checksums(host: Host, tmp_path: Path) -> None:
    several = [replace(published(host), name=f"net{i}", folder=f"family/net{i}") for i in range(4)]
    threads = [threading.Thread(target=fetch, args=(one, tmp_path), kwargs={"wire": QUICK}) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5.0)
    assert sorted(checksums.read(tmp_path)) == [f"family/net{i}/net.pt" for i in range(4)]


def test_a_full_disk_is_told_and_what_came_is_kept(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(download, "write_whole", lambda path, text: path.write_text(text))
        disk.setattr(download.os, "fsync", full)
        with pytest.raises(KuchipakuError, match="is full") as caught:
            fetch(published(host), tmp_path, wire=QUICK)
    assert "what has come is kept" in caught.value.hint and "net.pt.part" in leftovers(tmp_path)
    assert fetch(published(host), tmp_path, wire=QUICK)[0].sha256 == RIGHT
    assert host.asked[-1][1] == f"bytes={len(BODY)}-" and leftovers(tmp_path) == []


def test_a_part_longer_than_the_file_is_thrown_away(host: Host, tmp_path: Path) -> None:
    folder = target(tmp_path).parent
    folder.mkdir(parents=True)
    (folder / "net.pt.part").write_bytes(BODY + b"more")
    (folder / "net.pt.part.json").write_text(json.dumps({"url": f"{host.url}/net.pt", "tag": '"one"'}))
    fetch(published(host), tmp_path, wire=QUICK)
    assert target(tmp_path).read_bytes() == BODY and len(host.asked) == 2


def test_too_little_room_is_told_before_a_byte_is_written(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuchipaku.weights.disk.shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(KuchipakuError, match=r"0\.0 MB free, and 0\.1 MB more are needed"):
        fetch(published(host), tmp_path, wire=QUICK)
    assert leftovers(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told(host: Host, tmp_path: Path) -> None:
    (tmp_path / "family").write_text("in the way")
    with pytest.raises(KuchipakuError, match="cannot be written") as caught:
        fetch(published(host), tmp_path, wire=QUICK)
    assert "--models DIR" in caught.value.hint


def test_damaged_checksums_stop_a_fetch_and_are_not_written_over(host: Host, tmp_path: Path) -> None:
    for damage in ("{", "[1]", '{"a": {"sha": 1}}'):
        (tmp_path / "checksums.json").write_text(damage)
        with pytest.raises(KuchipakuError, match=r"checksums\.json is damaged") as caught:
            fetch(published(host), tmp_path, wire=QUICK)
        assert "delete it" in caught.value.hint and host.asked == []
        assert (tmp_path / "checksums.json").read_text() == damage


def test_a_folder_of_models_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("")
    with pytest.raises(KuchipakuError, match="cannot be read") as caught:
        checksums.read(tmp_path / "models")
    assert "--models DIR" in caught.value.hint


def test_steps_count_bytes_of_each_file_and_of_all(host: Host, tmp_path: Path) -> None:
    two = replace(
        published(host),
        files=tuple(WeightFile(f"{name}.pt", f"{host.url}/net.pt", size=len(BODY)) for name in ("a", "b")),
    )
    steps: list[Step] = []
    fetch(two, tmp_path, steps.append, QUICK)
    assert [step.done for step in steps if step.file == "a.pt"][-1] == len(BODY)
    last = steps[-1]
    assert (last.number, last.count, last.before, last.total) == (2, 2, len(BODY), 2 * len(BODY))
    assert all(earlier.done <= later.done for earlier, later in pairwise(steps) if earlier.file == later.file)


def test_hugging_face_is_asked_at_its_mirror_where_one_is_named() -> None:
    url = "https://huggingface.co/somebody/net/resolve/main/net.pt"
    mirror = {"HF_ENDPOINT": "https://mirror.example/"}
    assert from_endpoint(url, mirror) == "https://mirror.example/somebody/net/resolve/main/net.pt"
    assert from_endpoint(url, {}) == url
    assert from_endpoint("https://example.org/net.pt", mirror) == "https://example.org/net.pt"
    with pytest.raises(KuchipakuError, match="HF_ENDPOINT"):
        from_endpoint(url, {"HF_ENDPOINT": "http://mirror.example"})


def test_the_proxy_of_the_environment_is_used(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match="no connection"):
        fetch(published(host), tmp_path, wire=QUICK)
    assert host.asked == []


def test_a_proxy_that_cannot_be_used_is_told(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks9://127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match="the proxy that the environment names") as caught:
        fetch(published(host), tmp_path, wire=QUICK)
    assert "socksio" in caught.value.hint and host.asked == []


def test_the_memo_of_a_part_that_cannot_be_read_starts_over(host: Host, tmp_path: Path) -> None:
    folder = target(tmp_path).parent
    folder.mkdir(parents=True)
    (folder / "net.pt.part").write_bytes(b"PK\x03\x04 of something else")
    (folder / "net.pt.part.json").write_text(json.dumps({"url": "https://elsewhere", "tag": '"one"'}))
    fetch(published(host), tmp_path, wire=QUICK)
    assert host.asked == [("/net.pt", "", "")] and target(tmp_path).read_bytes() == BODY
