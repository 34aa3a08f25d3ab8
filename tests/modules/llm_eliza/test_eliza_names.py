from __future__ import annotations

import pytest

from kuchipaku import Message
from modules.llm_eliza.responder import Eliza


@pytest.mark.parametrize("asked", ["What is my name?", "Who am I?", "Do you remember my name?"])
def test_it_knows_the_name_it_was_told_and_says_so_when_it_was_not(asked: str) -> None:
    told = [Message("user", "My name is Ada"), Message("assistant", "Hello"), Message("user", asked)]
    assert "Ada" in Eliza().answer(told)
    unknown = Eliza().answer([Message("user", asked)])
    assert "$" not in unknown
    assert "not" in unknown
