"""python -m kuchipaku models, with a plugin that publishes weights on a server on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from kuchipaku import hookimpl
from kuchipaku.__main__ import main
from kuchipaku.commands import models
from kuchipaku.errors import BadRequest, UnknownName
from kuchipaku.plugins import Plugins
from kuchipaku.weights import Published, WeightFile
from tests.kuchipaku.weights_host import Answer, Host, running

BODY = b"PK\x05\x06" + bytes(18)
"""The smallest ZIP there is, an empty one."""
TEXT = b"steps: 3\n"
SHA256 = hashlib.sha256(TEXT).hexdigest()

Run = Callable[..., int]


def published(host: Host, name: str = "tiny-net", licence: str = "CC BY 4.0", also: tuple[str, ...] = ()) -> Published:
    files = (
        WeightFile("net.yaml", f"{host.url}/net.yaml", SHA256, len(TEXT)),
        WeightFile("more.yaml", f"{host.url}/more.yaml", size=len(TEXT)),
    )
    return Published(
        name, "as small as can be", licence, "https://l.example", "Ada", "https://h.example", name, files, also
    )


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with running() as host:
        host.answers = {"/net.yaml": Answer(TEXT), "/more.yaml": Answer(TEXT)}
        yield host


@pytest.fixture
def run(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `models` with two names on offer, tiny-net (also tiny) and free-net; models lie in tmp_path."""
    offers = (published(host, also=("tiny",)), published(host, "free-net", licence="CC BY-NC 4.0"))
    plugins = Plugins()
    plugins.add("tinker", lambda: Publisher(offers))
    monkeypatch.setattr(models, "opened", lambda given: (tmp_path, models.offered(plugins)))
    return lambda *argv: main(["models", *argv])


class Publisher:
    def __init__(self, offers: Sequence[Published]) -> None:
        self._offers = offers

    @hookimpl
    def published_weights(self) -> Sequence[Published]:
        return self._offers


def test_the_list_tells_state_size_licence_and_place(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "free-net").mkdir()
    (tmp_path / "free-net/net.yaml").write_bytes(TEXT)
    assert run("list") == 0
    header, tiny, about, free, *_, last = capsys.readouterr().out.splitlines()
    assert header.split() == ["NAME", "STATE", "SIZE", "LICENCE", "FOR", "WHERE"]
    assert tiny.split("  ")[0] == "tiny = tiny-net" and "absent" in tiny and tiny.endswith(f"{tmp_path}/tiny-net")
    assert about == "    as small as can be"
    assert "partial 50 %" in free and "CC BY-NC 4.0" in free and "tinker" in free
    assert last == "fetch one: python -m kuchipaku models fetch tiny"


def test_a_fetch_tells_licence_credit_and_size_first(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("fetch", "tiny") == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[:5] == [
        "tiny-net: as small as can be",
        "  licence  CC BY 4.0, https://l.example",
        "  credit   Ada, https://h.example",
        "  size     0.0 MB in 2 files",
        f"  into     {tmp_path}/tiny-net",
    ]
    assert f"fetched  net.yaml  sha256 {SHA256[:16]}..." in told.out and told.out.endswith("tiny-net is ready\n")
    assert "net.yaml  100 %" in told.err
    assert (tmp_path / "tiny-net/net.yaml").read_bytes() == TEXT
    assert run("list") == 0 and "ready" in capsys.readouterr().out.splitlines()[1]


def test_what_is_here_is_said_and_left_alone(run: Run, host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert (run("fetch", "tiny"), run("fetch", "tiny-net")) == (0, 0)
    assert capsys.readouterr().out.count("was here") == 2 and len(host.asked) == 2


def test_a_licence_that_forbids_commercial_use_stands_out(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fetch", "free-net", "tiny") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1] == "  *** NOT FOR COMMERCIAL USE: CC BY-NC 4.0 ***"
    assert "\n".join(told).count("***") == 2 and told[-1] == "tiny-net is ready"


def test_an_unknown_name_tells_the_known_ones(run: Run, host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fetch", "tiny", "tinny") == 1
    assert capsys.readouterr().err == "error: no weights are called 'tinny'\nhint: known: tiny, tiny-net, free-net\n"
    assert host.asked == []


def test_what_cannot_be_had_is_an_error_with_a_hint(run: Run, host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    del host.answers["/more.yaml"]
    assert run("fetch", "tiny") == 1
    told = capsys.readouterr().err
    assert f"error: {host.url}/more.yaml: it is not there (404)" in told and "hint: see the model's homepage" in told


def test_ctrl_c_tells_how_to_go_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kuchipaku.weights.fetching.fetch", interrupted)
    assert run("fetch", "tiny") == 130
    assert capsys.readouterr().err == "\nstopped; to go on: python -m kuchipaku models fetch tiny\n"


def test_nothing_to_verify_is_no_failure(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify") == 0
    assert "nothing is here yet" in capsys.readouterr().out


def test_verify_finds_what_was_fetched_right(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("fetch", "tiny")
    capsys.readouterr()
    assert run("verify") == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok   tiny-net/net.yaml: sha256 is right",
        "ok   tiny-net/more.yaml: sha256 is right",
    ]


def test_verify_names_what_is_wrong_and_the_command(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tiny-net"
    folder.mkdir()
    (folder / "net.yaml").write_text("steps: 4\n")
    (folder / "more.yaml.part").write_text("st")
    assert run("verify") == 1
    changed, missing = capsys.readouterr().out.splitlines()
    assert changed.startswith("FAIL tiny-net/net.yaml has sha256 ") and f"expected {SHA256}" in changed
    assert changed.endswith(f"-> rm {folder}/net.yaml; python -m kuchipaku models fetch tiny-net")
    assert missing == "FAIL tiny-net/more.yaml is here in part  -> python -m kuchipaku models fetch tiny-net"


def test_verify_tells_what_nobody_can_check(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "tiny-net"
    folder.mkdir()
    (folder / "net.yaml").write_bytes(TEXT)
    (folder / "more.yaml").write_bytes(TEXT)
    assert run("verify") == 0
    assert "note tiny-net/more.yaml: no checksum of it is known; fetch records this one" in capsys.readouterr().out
    (folder / "more.yaml").write_text("<html>")
    assert run("verify", "tiny") == 1
    assert "FAIL more.yaml is a web page" in capsys.readouterr().out


def test_a_name_asked_for_that_is_not_here_fails(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "free-net") == 1
    assert "FAIL free-net/net.yaml is missing  -> python -m kuchipaku models fetch free-net" in capsys.readouterr().out


def test_plugins_of_the_settings_folder_are_asked(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/tinker.py").write_text(
        "from kuchipaku import hookimpl\n"
        "from kuchipaku.weights import Published, WeightFile\n"
        "@hookimpl\n"
        "def published_weights():\n"
        "    file = WeightFile('a.pt', 'https://example.org/a.pt')\n"
        "    return [Published('mine', '', 'MIT', '', '', '', 'mine', (file,))]\n"
    )
    settings = tmp_path / "settings.toml"
    settings.write_text(f"[folders]\nplugins = '{tmp_path / 'plugins'}'\nmodels = '{tmp_path / 'here'}'\n")
    folder, entries = models.opened(SimpleNamespace(models=None, settings=settings))
    assert folder == tmp_path / "here" and models.named("mine", entries).plugin == "tinker"
    other, _ = models.opened(SimpleNamespace(models=tmp_path / "there", settings=settings))
    assert other == tmp_path / "there"


def test_a_plugin_that_takes_a_name_is_struck_off(host: Host) -> None:
    plugins = Plugins()
    plugins.add("first", lambda: Publisher([published(host)]))
    plugins.add("second", lambda: Publisher([published(host, "other"), published(host)]))
    entries = models.offered(plugins)
    assert [(entry.published.name, entry.plugin) for entry in entries] == [("tiny-net", "first"), ("other", "second")]
    assert [info.state for info in plugins.infos()] == ["ready", "failed"]


def test_one_of_ours_that_takes_a_name_is_an_error(host: Host) -> None:
    plugins = Plugins()
    plugins.add("first", lambda: Publisher([published(host)]), "built-in")
    plugins.add("second", lambda: Publisher([published(host, also=("tiny-net",), name="other")]), "built-in")
    with pytest.raises(BadRequest, match="there are weights called 'tiny-net' already"):
        models.offered(plugins)


def test_nobody_publishes_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(models, "opened", lambda given: (tmp_path, []))
    assert main(["models", "list"]) == 0 and capsys.readouterr().out == "no plugin publishes weights\n"
    with pytest.raises(UnknownName, match="'tiny'"):
        models.named("tiny", [])
