"""The code of the fast GPU path, on the CPU: it gives what the plain poser gives, alone and in batches."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from modules.talkinghead.tha3.batch import Batch
from modules.talkinghead.tha3.cuda import GraphEngine, GraphStage
from modules.talkinghead.tha3.files import Networks
from modules.talkinghead.tha3.poser import EYEBROWS
from modules.talkinghead.tha3.posing import PlainEngine, PosedPicture
from modules.talkinghead.tha3.rule import rule_networks
from tests.modules.talkinghead.tha3.goldens import random_pose, smooth


@pytest.fixture(scope="module")
def networks() -> Networks:
    return rule_networks("separable_half")


def test_one_picture_gives_the_plain_frames(networks: Networks) -> None:
    image, pose = smooth(4, 512, 8), random_pose(7)[0].numpy()
    fast, plain = (PosedPicture(engine, image) for engine in (GraphEngine(networks), PlainEngine(networks)))
    assert torch.equal(fast.frame(pose), plain.frame(pose))


def test_pictures_in_a_batch_come_out_as_they_do_alone(networks: Networks) -> None:
    engine = GraphEngine(networks)
    asked = [(smooth(4, 128, seed), smooth(4, 128, seed + 9), random_pose(seed)[:, EYEBROWS]) for seed in range(3)]
    together = engine.move_eyebrows.evaluate(asked)
    alone = [engine.move_eyebrows(*arguments) for arguments in asked]
    assert [moved.shape for moved in together] == [(1, 4, 128, 128)] * 3
    assert all(torch.allclose(*pair, atol=3e-4) for pair in zip(together, alone, strict=True))


def test_graphs_are_let_go_of_with_the_engine_and_not_at_the_next_collection(networks: Networks) -> None:
    engine = GraphEngine(networks)
    graphs = weakref.ref(engine.move_face.evaluate)
    gc.disable()
    try:
        del engine
        assert graphs() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(("count", "graph"), [(1, 1), (3, 4), (5, 8)])
def test_a_batch_that_is_not_full_runs_the_next_larger_graph(count: int, graph: int) -> None:
    sizes = []

    def add(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        sizes.append(len(left))
        return left + right

    stage = GraphStage(add, torch.device("cpu"), torch.Tensor.clone)
    asked = [(torch.full((1, 2), float(i)), torch.full((1, 2), 10.0)) for i in range(count)]
    answers = stage.evaluate(asked)
    assert [answer.tolist() for answer in answers] == [[[10.0 + i, 10.0 + i]] for i in range(count)]
    assert sizes == [graph]


def test_a_batch_answers_each_with_its_own_and_no_more_than_fit_at_a_time() -> None:
    started, sizes = threading.Event(), []

    def double(asked: list[int]) -> list[int]:
        sizes.append(len(asked))
        started.wait(5)
        return [2 * value for value in asked]

    batch: Batch[int, int] = Batch(double, most=4)  # type: ignore[arg-type]
    with ThreadPoolExecutor(10) as pool:
        answers = [pool.submit(batch.ask, value) for value in range(10)]
        started.set()
        assert [answer.result(5) for answer in answers] == [2 * value for value in range(10)]
    assert sum(sizes) == 10 and max(sizes) <= 4


def test_an_error_of_a_batch_reaches_whoever_asked_and_the_next_one_is_served() -> None:
    def halve(asked: list[int]) -> list[int]:
        if any(value % 2 for value in asked):
            raise ValueError("odd")
        return [value // 2 for value in asked]

    batch: Batch[int, int] = Batch(halve, most=4)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="odd"):
        batch.ask(3)
    assert batch.ask(4) == 2
