from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kuchipaku.character import CharacterStore, read_character
from kuchipaku.errors import BadRequest, Busy, KuchipakuError, UnknownName


@pytest.fixture
def store(tmp_path: Path) -> CharacterStore:
    for name in ("bea", "ada"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "character.toml").write_text(f'persona = "You are {name}."\n')
    return CharacterStore(tmp_path)


def test_characters_are_listed_by_name(store: CharacterStore, tmp_path: Path) -> None:
    (tmp_path / "Not A Name").mkdir()
    (tmp_path / "Not A Name" / "character.toml").write_text("")
    (tmp_path / "empty").mkdir()
    assert store.names() == ["ada", "bea"]
    assert store.get("ada").persona == "You are ada."
    assert store.get("ada").title == "Ada"


def test_the_table_of_the_avatar_is_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "eve"
    folder.mkdir()
    (folder / "character.toml").write_text('avatar = "tha3"\ntemperament = 0.2\n[tha3]\nvariant = "half"\n')
    character = read_character(folder)
    assert (character.avatar, character.temperament, character.options) == ("tha3", 0.2, {"variant": "half"})


@pytest.mark.parametrize(
    ("toml", "told", "hint"),
    [
        ("temprament = 1", "eve/character.toml: there is no 'temprament'", "temperament"),
        ("temperament = 2.0", "temperament is 2.0", "less than or equal to 1"),
        ('picture = "../../etc/passwd"', "picture is", "match"),
        ("title = ", "cannot be read", "TOML"),
        ('rest = "hapy"', "the value", "no emotion"),
        ("[emotions.joy]\nmouth_smile = 1.0", "emotions", "no morph is called"),
        ("[emotions.joy]\nhead_x = nan", "emotions", "head_x is nan"),
        ("puppet = 3", "'puppet' is 3", "[puppet]"),
        ("[puppet]\n[tha3]", "there is no 'tha3'", "avatar"),
    ],
)
def test_a_wrong_file_is_told_by_key(tmp_path: Path, toml: str, told: str, hint: str) -> None:
    folder = tmp_path / "eve"
    folder.mkdir()
    (folder / "character.toml").write_text(toml)
    with pytest.raises(BadRequest) as caught:
        read_character(folder)
    assert told in str(caught.value)
    assert hint in caught.value.hint


def test_the_chosen_one_is_remembered(store: CharacterStore, tmp_path: Path) -> None:
    assert store.chosen().name == "ada"
    store.choose("bea")
    assert CharacterStore(tmp_path).chosen().name == "bea"
    store.delete("bea")
    assert store.chosen().name == "ada"


@pytest.mark.parametrize("title", ["Zoë", 'She said "hi" \\ bye', "two\nlines\t\x01", ""])
def test_a_new_character_is_read_back_as_it_was_given(store: CharacterStore, title: str) -> None:
    added = store.add("zoe", title, b"png")
    assert added.title == (title or "Zoe")
    assert (added.folder / "picture.png").read_bytes() == b"png"
    with pytest.raises(Busy):
        store.add("zoe", title, b"png")


@pytest.mark.parametrize("name", ["", "../up", "UP", "a b", "x" * 41, ".hidden", "a/b", "a\\b", "é"])
def test_a_name_that_could_be_a_path_is_refused(store: CharacterStore, name: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.parent.rglob("*"))
    with pytest.raises(BadRequest):
        store.add(name, "", b"")
    with pytest.raises(UnknownName):
        store.get(name)
    with pytest.raises(UnknownName):
        store.delete(name)
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_without_any_character_the_hint_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnknownName) as caught:
        CharacterStore(tmp_path / "nowhere").chosen()
    assert "docs/characters.md" in caught.value.hint


def at_once(calls: int, change: Callable[[int], object]) -> list[str]:
    """What became of each of many calls that begin together: "done", or the name of what was raised."""
    together = threading.Barrier(calls)

    def one(number: int) -> str:
        together.wait()
        try:
            change(number)
        except Exception as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(calls) as pool:
        return sorted(pool.map(one, range(calls)))


def test_of_many_who_add_one_name_at_once_one_succeeds(store: CharacterStore, tmp_path: Path) -> None:
    for name in ("zoe", "mia", "lou"):
        assert at_once(8, lambda number, name=name: store.add(name, f"No. {number}", b"p")) == ["Busy"] * 7 + ["done"]  # type: ignore[misc]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada", "bea", "lou", "mia", "zoe"]


def test_of_two_who_delete_the_last_two_at_once_one_succeeds(store: CharacterStore) -> None:
    assert at_once(2, lambda number: store.delete(["ada", "bea"][number])) == ["Busy", "done"]
    assert len(store.names()) == 1


def test_a_character_is_as_readable_as_any_folder_of_its_owner(store: CharacterStore, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert store.add("zoe", "", b"p").folder.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "com9", "lpt1"])
def test_a_name_that_windows_keeps_for_a_device_is_refused(store: CharacterStore, name: str) -> None:
    with pytest.raises(BadRequest):
        store.add(name, "", b"")
    assert store.add(f"{name}-a", "", b"").name == f"{name}-a"


def test_reading_one_character_looks_at_no_other_folder(store: CharacterStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CharacterStore, "names", lambda store: pytest.fail("all folders were listed"))
    assert store.get("ada").name == "ada"


def test_a_character_with_a_wrong_file_can_be_deleted_and_named_as_the_chosen_one(
    store: CharacterStore, tmp_path: Path
) -> None:
    store.choose("bea")
    (tmp_path / "bea" / "character.toml").write_text("oops")
    assert store.chosen_name() == "bea"
    store.delete("bea")
    assert store.chosen_name() == "ada"


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KuchipakuError, match="cannot be changed") as caught:
        CharacterStore(tmp_path / "file").add("zoe", "", b"")
    assert "let me write to" in caught.value.hint


def test_the_first_that_is_right_performs_where_none_was_chosen(store: CharacterStore, tmp_path: Path) -> None:
    (tmp_path / "ada" / "character.toml").write_text("title = ")
    assert store.chosen().name == "bea"


def test_its_own_emotions_name_one_side_or_both(tmp_path: Path) -> None:
    folder = tmp_path / "eve"
    folder.mkdir()
    (folder / "character.toml").write_text('rest = "smug"\n[emotions.smug]\neye_wink = 0.5\nhead_x = -1\n')
    character = read_character(folder)
    assert character.emotions == {"smug": {"eye_wink_left": 0.5, "eye_wink_right": 0.5, "head_x": -1.0}}
    assert character.rest == "smug"


def test_files_are_written_into_a_folder_and_read_back(store: CharacterStore, tmp_path: Path) -> None:
    written = store.write("ada", {"_animator.json": b"{}", "character.toml": b'title = "Ada II"'})
    assert written.title == "Ada II"
    assert (tmp_path / "ada" / "_animator.json").read_bytes() == b"{}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada", "bea"]


def test_a_wrong_character_file_changes_nothing(store: CharacterStore, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="speed"):
        store.write("ada", {"note.txt": b"x", "character.toml": b"speed = 9"})
    assert store.get("ada").persona == "You are ada."
    assert not (tmp_path / "ada" / "note.txt").exists()
    with pytest.raises(UnknownName):
        store.write("eve", {"note.txt": b"x"})


def test_a_new_character_may_bring_tables(store: CharacterStore, tmp_path: Path) -> None:
    made = store.add("eve", "Eve", b"png", 'avatar = "tha4"\n[tha4]\nquality = "live"\n')
    assert (made.title, made.avatar, made.options) == ("Eve", "tha4", {"quality": "live"})
    with pytest.raises(BadRequest, match="speed"):
        store.add("dan", "Dan", b"png", "speed = 9\n")
    assert not (tmp_path / "dan").exists()


def test_files_may_lie_deeper_be_removed_and_make_a_character(store: CharacterStore, tmp_path: Path) -> None:
    files = {"character.toml": b'title = "Eve"', "layers/face.png": b"face"}
    assert store.write("eve", files, create=True).title == "Eve"
    store.write("eve", {"layers/face.png": None, "layers/eyes.png": b"eyes"}, create=True)
    assert [path.name for path in (tmp_path / "eve" / "layers").iterdir()] == ["eyes.png"]
    assert store.get("eve").title == "Eve"


@pytest.mark.parametrize("file", ["../bea/character.toml", "/tmp/x", ".", "layers/../../x"])
def test_no_file_is_written_outside_of_the_folder(store: CharacterStore, tmp_path: Path, file: str) -> None:
    with pytest.raises(BadRequest, match="no file of a character"):
        store.write("ada", {file: b"x"})
    assert store.get("bea").persona == "You are bea."
