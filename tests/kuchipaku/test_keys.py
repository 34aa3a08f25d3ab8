"""The file of keys: made, read, added to, struck off."""

from __future__ import annotations

import base64
import hmac
import stat
import sys
from pathlib import Path

import pytest

from kuchipaku import keys as module
from kuchipaku.errors import BadRequest, Busy, UnknownName
from kuchipaku.keys import Key, KeyFile, add_key, holder_of, make_keys, read_keys, revoke_key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.txt"


def test_a_key_of_128_bits_is_made_once_for_its_owner_only(path: Path) -> None:
    (key,) = make_keys(path)
    assert len(base64.urlsafe_b64decode(key.secret + "==")) == 16
    assert make_keys(path) == (key,)
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["keys.txt"]


def test_two_made_keys_differ(tmp_path: Path) -> None:
    assert make_keys(tmp_path / "one")[0].secret != make_keys(tmp_path / "two")[0].secret


def test_one_bare_line_is_taken_as_it_is(path: Path) -> None:
    for line in ("violet", "open sesame", "sk:a=b==", "a:b", "1234"):
        path.write_text(f"{line}\n")
        assert read_keys(path) == (Key("key-1", line),)


def test_keys_may_have_names(path: Path) -> None:
    path.write_text("first\n\nphone: second\n  tablet_2:   third key\n")
    assert read_keys(path) == (Key("key-1", "first"), Key("phone", "second"), Key("tablet_2", "third key"))


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_key_file_is_an_error_and_no_open_door(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for use in (read_keys, make_keys, KeyFile):
        with pytest.raises(BadRequest, match="holds no key") as refused:
            use(path)
        assert "keys add" in refused.value.hint


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("fine\nschlüssel".encode(), "line 2 of .* is no key of plain ASCII"),
        ("sesame".encode("utf-16"), "not a UTF-8 text"),
        ("sesame".encode("utf-16-le"), "line 1 of .* is no key of plain ASCII"),
    ],
)
def test_a_key_that_no_header_can_carry_is_told_and_not_shown(path: Path, content: bytes, told: str) -> None:
    path.write_bytes(content)
    with pytest.raises(BadRequest, match=told) as refused:
        read_keys(path)
    assert "schl" not in f"{refused.value} {refused.value.hint}"


def test_a_key_saved_by_an_editor_of_windows_is_the_key(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfsesame\r\nphone: two\r\n")
    assert read_keys(path) == (Key("key-1", "sesame"), Key("phone", "two"))


def test_a_key_file_that_cannot_be_made_or_read_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere" / "key.txt", tmp_path):
        with pytest.raises(BadRequest, match="cannot be used") as refused:
            make_keys(path)
        assert "server.api_key_file" in refused.value.hint
        assert str(path) in str(refused.value)


def test_a_key_does_not_show_itself() -> None:
    assert "sesame" not in f"{Key('phone', 'sesame')} {Key('phone', 'sesame')!r}"


def test_every_key_is_compared_and_none_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [Key(name, f"secret of {name}") for name in ("ann", "bob", "cem")]
    compared = []

    def counted(given: bytes, held: bytes) -> bool:
        compared.append((len(given), len(held)))
        return real(given, held)

    real = hmac.compare_digest
    monkeypatch.setattr(module.hmac, "compare_digest", counted)
    for secret, found in (("secret of ann", keys[0]), ("secret of cem", keys[2]), ("", None), ("ü\ud800" * 999, None)):
        compared.clear()
        assert holder_of(secret, keys) == found
        assert compared == [(32, 32)] * 3


def test_a_key_is_added_under_its_name_and_the_others_stay(path: Path) -> None:
    path.write_text("mine\n")
    added = add_key(path, "phone")
    assert read_keys(path) == (Key("key-1", "mine"), added)
    assert len(added.secret) == 22


def test_the_first_key_may_be_an_added_one(path: Path) -> None:
    added = add_key(path, "phone")
    assert read_keys(path) == (added,)


@pytest.mark.parametrize("name", ["", "two words", "a:b", "-x", "x" * 41, "ü", "key-7", "../x"])
def test_an_unfit_name_of_a_key_is_refused(path: Path, name: str) -> None:
    with pytest.raises(BadRequest, match="is no name for a key"):
        add_key(path, name)
    assert not path.exists()


def test_a_taken_name_is_refused(path: Path) -> None:
    add_key(path, "phone")
    with pytest.raises(Busy, match="'phone'"):
        add_key(path, "phone")
    assert len(read_keys(path)) == 1


def test_a_revoked_key_is_gone_and_the_others_stay(path: Path) -> None:
    path.write_text("mine\nphone: two\ntablet: three\n")
    assert revoke_key(path, "phone") == 2
    assert [key.secret for key in read_keys(path)] == ["mine", "three"]
    assert revoke_key(path, "key-1") == 1
    assert revoke_key(path, "tablet") == 0
    with pytest.raises(BadRequest, match="holds no key"):
        read_keys(path)


def test_nobody_is_revoked_by_a_wrong_name(path: Path) -> None:
    path.write_text("mine\nphone: two\n")
    with pytest.raises(UnknownName) as refused:
        revoke_key(path, "mine")
    assert refused.value.hint == "known: key-1, phone"
    assert len(read_keys(path)) == 2


def test_a_running_server_takes_over_what_the_file_says_now(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = KeyFile(path)
    (first,) = file.keys()
    second = add_key(path, "phone")
    assert file.keys() == (first, second)
    revoke_key(path, "key-1")
    assert file.keys() == (second,)
    assert not caplog.records


@pytest.mark.parametrize("content", ["", "ü", None])
def test_a_key_file_that_becomes_unfit_lets_nobody_in(
    path: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    file = KeyFile(path)
    (key,) = file.keys()
    path.write_text(content, encoding="utf-8") if content is not None else path.unlink()
    assert file.keys() == file.keys() == ()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "nobody is let in" in caplog.text
    path.write_text(key.secret)
    assert file.keys() == (key,)
