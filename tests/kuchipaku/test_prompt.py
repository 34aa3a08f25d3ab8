"""What a language model is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuchipaku import LABELS, BadRequest, Character, Message
from kuchipaku.prompt import messages_for, system_prompt


def make_character(folder: Path, template: str | None = None, **values: str) -> Character:
    if template is None:
        return Character("mio", folder, **values)  # type: ignore[arg-type]
    (folder / "own.md").write_text(template, encoding="utf-8")
    return Character("mio", folder, prompt="own.md", **values)  # type: ignore[arg-type]


def test_the_common_prompt_names_the_character_and_every_label(tmp_path: Path) -> None:
    prompt = system_prompt(make_character(tmp_path, title="Mio", persona="You sing."))
    assert prompt.startswith("You are Mio. You sing.")
    assert all(label in prompt for label in LABELS)
    assert "$" not in prompt


def test_a_character_may_bring_its_own_prompt(tmp_path: Path) -> None:
    character = make_character(tmp_path, "$name: ${persona} costs $$5. नमस्ते", persona="A cat.")
    assert system_prompt(character) == "mio: A cat. costs $5. नमस्ते"


def test_a_persona_with_a_dollar_stays_as_it_is(tmp_path: Path) -> None:
    assert "You owe $name $5." in system_prompt(make_character(tmp_path, persona="You owe $name $5."))


@pytest.mark.parametrize("template", ["Hi $nobody", "5 $ only", "${name"])
def test_a_prompt_that_cannot_be_filled_in_says_what_it_may_use(tmp_path: Path, template: str) -> None:
    with pytest.raises(BadRequest) as refused:
        system_prompt(make_character(tmp_path, template))
    assert "$persona" in refused.value.hint


def test_a_prompt_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        system_prompt(Character("mio", tmp_path, prompt="gone.md"))
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe$name")
    with pytest.raises(BadRequest, match="cannot be filled in"):
        system_prompt(Character("mio", tmp_path, prompt="bad.md"))


HISTORY = [
    Message("user", "one"), Message("assistant", "1"), Message("user", "two"), Message("assistant", ""),
    Message("user", "three"), Message("assistant", "3"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("turns", "sent"),
    [
        (0, []),
        (1, []),
        (2, ["three", "3"]),
        (5, ["two", "three", "3"]),
        (6, ["one", "1", "two", "three", "3"]),
        (99, ["one", "1", "two", "three", "3"]),
    ],
)
def test_only_the_last_turns_are_sent_and_no_empty_ones(tmp_path: Path, turns: int, sent: list[str]) -> None:
    first, *middle, last = messages_for("now", make_character(tmp_path), HISTORY, turns)
    assert (first.role, last) == ("system", Message("user", "now"))
    assert [message.content for message in middle] == sent
