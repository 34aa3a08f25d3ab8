"""What of a message is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kuchipaku import LABELS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SPOKEN = """async ([text, manner]) => {
  const { spoken } = await import("/extension/text.js");
  return spoken(text, manner);
}"""
GROWING = """async ([texts, manner]) => {
  const { Sieve, spoken } = await import("/extension/text.js");
  return texts.map((text) => {
    const sieve = new Sieve(manner);
    let given = "";
    for (let end = 1; end <= text.length; end += 1) given += sieve.push(text.slice(0, end));
    return [given + sieve.push(text, true), spoken(text, manner)];
  });
}"""
LABELS_OF_THE_EXTENSION = """async (labels) => {
  const { spoken } = await import("/extension/text.js");
  return labels.filter((label) => spoken(`*${label}* Hi`, { spoken: "all", feelings: true }) !== `*${label}* Hi`);
}"""
TALE = '*She smiles warmly.* "Oh, you *did* come!" she says. *joy* So... 2 * 3 is 6. **Really!**'
TEXTS = [
    TALE,
    'Ann: "Hello," she said, "how are you?"\nNo quote here.\n"Left open\n“Curly.” «Guillemets» 「かぎ」 text',
    "<think>not *this*</think>Hi! ```code *x*``` done <b>bold</b> a < b and `x`",
    "*unclosed action\nnext *line",
    "* a list\n* of *two* things ***very*** so **bold *inner* text**",
    "*waves* Hi *joy 0.5* there。そう。「ね」 *end*",
    "",
]


def manner(spoken: str, *, feelings: bool = True, name: str = "") -> dict[str, object]:
    return {"spoken": spoken, "feelings": feelings, "name": name}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("speech", '*She smiles warmly.* "Oh, you *did* come!" she says. *joy* So... 2 * 3 is 6. Really!'),
        ("all", 'She smiles warmly. "Oh, you did come!" she says. *joy* So... 2 * 3 is 6. Really!'),
        ("quotes", "*She smiles warmly.*Oh, you did come! *joy*"),
    ],
)
def test_actions_and_quotes_are_spoken_as_chosen(blank: Page, how: str, said: str) -> None:
    assert blank.evaluate(SPOKEN, [TALE, manner(how)]) == said


def test_an_action_that_begins_a_sentence_is_a_sentence_of_its_own(blank: Page) -> None:
    assert (
        blank.evaluate(SPOKEN, ["*waves* Hi there, *really* dear.", manner("all")]) == "waves. Hi there, really dear."
    )


def test_quotes_are_joined_as_sentences(blank: Page) -> None:
    text = '"Hello," she said, "how are you?" "Fine" 「はい」 “Yes.”'
    assert blank.evaluate(SPOKEN, [text, manner("quotes")]) == "Hello, how are you? Fine. はい. Yes. "


def test_thoughts_and_code_are_silent(blank: Page) -> None:
    text = '<think>hm *joy* "no"</think>Yes.```\nx = 1\n```Done.'
    assert blank.evaluate(SPOKEN, [text, manner("speech")]) == "Yes.\nDone."


def test_without_feelings_every_sentence_is_neutral(blank: Page) -> None:
    text = "*joy* Oh! *She nods.* You came. はい。そう。"
    said = " *neutral* Oh!  *neutral* You came. *neutral* はい。*neutral* そう。"
    assert blank.evaluate(SPOKEN, [text, manner("speech", feelings=False)]) == said


@pytest.mark.parametrize(("text", "said"), [("Ann: Hi.", " Hi."), ("Anna: Hi.", "Anna: Hi."), ("Ann", "Ann")])
def test_the_speakers_own_name_is_not_spoken(blank: Page, text: str, said: str) -> None:
    assert blank.evaluate(SPOKEN, [text, manner("speech", name="Ann")]) == said


@pytest.mark.parametrize("how", ["speech", "all", "quotes"])
@pytest.mark.parametrize("feelings", [True, False])
def test_a_message_that_is_still_written_gives_the_same_in_parts(blank: Page, how: str, feelings: bool) -> None:
    for given, whole in blank.evaluate(GROWING, [TEXTS, manner(how, feelings=feelings, name="Ann")]):
        assert given == whole


def test_a_sentence_is_given_before_the_next_one_is_written(blank: Page) -> None:
    script = """async (text) => {
      const { Sieve } = await import("/extension/text.js");
      return new Sieve({ spoken: "speech", feelings: true }).push(text);
    }"""
    assert blank.evaluate(script, "It is warm. *She n") == "It is warm. "


def test_the_labels_are_those_of_the_server(blank: Page) -> None:
    assert blank.evaluate(LABELS_OF_THE_EXTENSION, list(LABELS)) == []
