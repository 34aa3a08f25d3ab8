from __future__ import annotations

from kuchipaku.conversation import KEPT_TURNS, Conversations
from kuchipaku.llm import Message
from kuchipaku.shelf import Shelf


def test_the_oldest_goes_where_there_are_too_many() -> None:
    shelf: Shelf[int] = Shelf(2, 100.0, clock=lambda: 0.0)
    for name, item in [("a", 1), ("b", 2), ("c", 3)]:
        shelf.put(name, item)
    assert [shelf.get(name) for name in "abc"] == [None, 2, 3]
    assert len(shelf) == 2


def test_heavy_items_count_for_what_they_weigh() -> None:
    shelf: Shelf[bytes] = Shelf(10, 100.0, clock=lambda: 0.0, weigh=len)
    shelf.put("a", b"1234")
    shelf.put("b", b"1234")
    shelf.put("a", b"12345")
    assert (shelf.get("a"), shelf.get("b")) == (b"12345", b"1234")
    shelf.put("c", b"12")
    assert [shelf.get(name) is not None for name in "abc"] == [True, False, True]
    shelf.put("d", b"x" * 50)
    assert shelf.get("d") is not None


def test_what_is_too_old_goes() -> None:
    now = [0.0]
    shelf: Shelf[int] = Shelf(9, 10.0, clock=lambda: now[0])
    shelf.put("a", 1)
    now[0] = 8.0
    shelf.put("b", 2)
    now[0] = 11.0
    assert (shelf.get("a"), shelf.get("b")) == (None, 2)


def test_putting_again_makes_an_item_the_newest() -> None:
    shelf: Shelf[int] = Shelf(2, 100.0, clock=lambda: 0.0)
    for name in "aba":
        shelf.put(name, 1)
    shelf.put("c", 1)
    assert [shelf.get(name) for name in "abc"] == [1, None, 1]


def test_conversations_are_kept_apart_and_bounded() -> None:
    conversations = Conversations(10, 100.0)
    for n in range(KEPT_TURNS + 5):
        conversations.begin("one", str(n)).answered.append("yes")
    conversations.begin("", "nobody's")
    assert conversations.history("one")[:2] == (Message("user", "5"), Message("assistant", "yes"))
    assert conversations.history("") == conversations.history("two") == ()


def test_an_interrupted_turn_reads_as_far_as_it_got() -> None:
    conversations = Conversations(10, 100.0)
    turn = conversations.begin("one", "Tell me.")
    turn.answered.extend(["Once ", "upon"])
    assert conversations.history("one")[-1] == Message("assistant", "Once upon")
