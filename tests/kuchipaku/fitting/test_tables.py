"""Tables of a character.toml, written into text that somebody else wrote."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuchipaku import BadRequest
from kuchipaku.fitting.tables import table_text, with_table

FILE = '''# my character
title = "Robin"  # the clockmaker
persona = """
[puppet]
is a word in this text"""

[puppet]
neck = [1, 2]

[puppet.eyes]
size = 3

[[puppet.layers]]
file = "picture.png"

[emotions.joy]
mouth_aaa = 0.5
'''

SCALARS = st.one_of(
    st.text(max_size=8), st.booleans(), st.integers(-9999, 9999), st.floats(-100, 100).map(lambda x: round(x, 2))
)
VALUES = st.one_of(SCALARS, st.lists(st.integers(0, 9), max_size=3))
KEYS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=6)
TABLES = st.dictionaries(KEYS, st.one_of(VALUES, st.dictionaries(KEYS, VALUES, max_size=3)), max_size=5)


def test_a_table_is_replaced_and_the_rest_stays_as_it_was() -> None:
    text = with_table(FILE, "puppet", {"neck": [5.0, 6.5], "layers": [{"file": "a.png"}, {"draw": "eyes"}]})
    read = tomllib.loads(text)
    assert read["puppet"] == {"neck": [5, 6.5], "layers": [{"file": "a.png"}, {"draw": "eyes"}]}
    assert "# my character" in text and "# the clockmaker" in text
    assert read["emotions"] == {"joy": {"mouth_aaa": 0.5}}
    assert read["persona"] == "[puppet]\nis a word in this text"


def test_a_table_that_was_not_there_comes_last() -> None:
    text = with_table('title = "Robin"\n', "puppet", {"collar": 3})
    assert text == 'title = "Robin"\n\n[puppet]\ncollar = 3\n'
    assert tomllib.loads(with_table("", "puppet", {"collar": 3})) == {"puppet": {"collar": 3}}


def test_writing_it_twice_changes_nothing_more() -> None:
    once = with_table(FILE, "puppet", {"neck": [5, 6], "eyes": {"size": 2.5}})
    assert with_table(once, "puppet", {"neck": [5, 6], "eyes": {"size": 2.5}}) == once


@settings(max_examples=80, deadline=None)
@given(TABLES)
def test_what_is_written_is_read_back(values: dict[str, Any]) -> None:
    assert tomllib.loads(table_text("puppet", values))["puppet"] == values


def test_none_is_left_out() -> None:
    assert tomllib.loads(table_text("puppet", {"brows": None, "collar": 1}))["puppet"] == {"collar": 1}


@pytest.mark.parametrize("text", ["puppet = { neck = [1, 2] }\n", "title = \n"])
def test_what_cannot_be_replaced_is_told(text: str) -> None:
    with pytest.raises(BadRequest):
        with_table(text, "puppet", {"collar": 3})


def test_a_header_with_spaces_is_the_same_table() -> None:
    text = "a = 1\n\n  [ puppet . eyes ]  # mine\nsize = 3\n\n[x]\nb = 2\n"
    changed = tomllib.loads(with_table(text, "puppet", {"neck": [1, 2]}))
    assert changed == {"a": 1, "puppet": {"neck": [1, 2]}, "x": {"b": 2}}
