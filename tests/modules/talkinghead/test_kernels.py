"""The compiled building blocks of the networks, held to NumPy."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from modules.talkinghead.kernels import (
    LINEAR,
    RELU,
    SINE,
    Epilogue,
    VectorUnit,
    Workers,
    aligned,
    block_rows,
    compiled,
    dense,
    host,
    pack,
)
from modules.talkinghead.kernels.compiled import sources_digest

ROWS = block_rows(20)
sine_layer = dense(ROWS, SINE)
relu_layer = dense(ROWS, RELU)
narrow_layer = dense(5, LINEAR, VectorUnit(lanes=4, across=2, rows=6))


@compiled
def run_sine(packed, x, y):
    sine_layer(packed, x, y)


@compiled
def run_relu(packed, x, y):
    relu_layer(packed, x, y)


@compiled
def run_narrow(packed, x, y):
    narrow_layer(packed, x, y)


@compiled
def add_squares(start, stop, numbers, out):
    for i in range(start, stop):
        out[i] += numbers[i] * numbers[i]


def layer_inputs(outputs: int, inputs: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = ((outputs, inputs), (outputs,), (inputs, columns))
    weight, bias, x = (rng.standard_normal(shape).astype(np.float32) for shape in shapes)
    return weight, bias, x


@pytest.mark.parametrize("extra", [0, 1, 7])
def test_a_layer_of_sines_is_the_sine_of_a_matrix_product(extra: int) -> None:
    weight, bias, x = layer_inputs(20, 37, 2 * host().columns + extra)
    y = np.full((20, x.shape[1]), np.nan, np.float32)
    run_sine(pack(weight, bias, ROWS), x, y)
    expected = np.sin(weight.astype(np.float64) @ x + bias[:, None])
    np.testing.assert_allclose(y, expected, atol=1e-5)


def test_outputs_that_fill_no_whole_block_leave_the_rows_behind_them_alone() -> None:
    weight, bias, x = layer_inputs(17, 8, 8)
    y = np.full((20, 8), 7.0, np.float32)
    run_narrow(pack(weight, bias, 5), x, y[:17])
    np.testing.assert_allclose(y[:17], weight @ x + bias[:, None], atol=1e-5)
    assert (y[17:] == 7.0).all()


def test_rows_may_lie_apart() -> None:
    weight, bias, x = layer_inputs(20, 8, 64)
    wide_x, wide_y = np.zeros((8, 100), np.float32), np.zeros((20, 90), np.float32)
    wide_x[:, 3:67] = x
    run_relu(pack(weight, bias, ROWS), wide_x[:, 3:67], wide_y[:, 5:69])
    np.testing.assert_allclose(wide_y[:, 5:69], np.maximum(weight @ x + bias[:, None], 0.0), atol=1e-5)
    assert not wide_y[:, :5].any() and not wide_y[:, 69:].any()


def sines_of(angles: np.ndarray) -> np.ndarray:
    y = np.empty((1, len(angles)), np.float32)
    weight = np.zeros((ROWS, 1), np.float32)
    weight[0] = 1.0
    run_sine(pack(weight, np.zeros(ROWS, np.float32), ROWS), angles[None], y)
    return y[0]


def test_the_sine_is_right_to_a_millionth_of_its_amplitude() -> None:
    angles = np.linspace(-2000.0, 2000.0, 100_001, dtype=np.float32)
    np.testing.assert_allclose(sines_of(angles), np.sin(angles.astype(np.float64)), atol=1.2e-6)


def test_the_sine_of_what_is_no_number_is_no_number_and_stays_in_its_column() -> None:
    angles = np.zeros(host().columns, np.float32)
    angles[:3] = np.nan, np.inf, -np.inf
    assert np.isnan(sines_of(angles)[:3]).all()
    assert (sines_of(angles)[3:] == 0.0).all()


def test_relu_keeps_what_is_no_number() -> None:
    x = np.array([[np.nan, -1.0, 2.0, -np.inf, np.inf] * 16], np.float32)
    y = np.empty((20, 80), np.float32)
    run_relu(pack(np.ones((20, 1), np.float32), np.zeros(20, np.float32), ROWS), x, y)
    np.testing.assert_array_equal(y[19, :5], [np.nan, 0.0, 2.0, 0.0, np.inf])


@pytest.mark.parametrize(("outputs", "rows"), [(360, 12), (180, 12), (90, 10), (128, 8), (7, 7), (1, 4), (13, 7)])
def test_blocks_take_as_few_steps_as_they_can(outputs: int, rows: int) -> None:
    assert block_rows(outputs, VectorUnit(lanes=16, across=2, rows=12)) == rows


def test_workers_do_every_piece_once() -> None:
    numbers = np.arange(1000.0)
    out = np.zeros(1000)
    workers = Workers(threads=3)
    workers.share(add_squares, 1000, 7, numbers, out)
    workers.close()
    np.testing.assert_array_equal(out, numbers**2)


def test_workers_tell_what_went_wrong_in_any_thread() -> None:
    both = threading.Barrier(2)

    def kernel(start: int, stop: int) -> None:
        both.wait(timeout=10)
        if start == 0:
            raise ValueError("piece 0")

    workers = Workers(threads=2)
    with pytest.raises(ValueError, match="piece 0"):
        workers.share(kernel, 2, 1)
    workers.close()


def test_threads_end_with_their_workers() -> None:
    before = threading.active_count()
    workers = Workers(threads=3)
    workers.share(lambda start, stop: None, 10, 1)
    workers.close()
    assert threading.active_count() == before


def test_aligned_memory_begins_at_a_cache_line() -> None:
    array = aligned((3, 5), np.int16)
    assert array.ctypes.data % 64 == 0
    assert array.shape == (3, 5) and not array.any()


def test_compiled_code_is_told_apart_by_what_it_is_built_from(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    first = sources_digest(tmp_path)
    sources_digest.cache_clear()
    (tmp_path / "a.py").write_text("x = 2\n")
    assert sources_digest(tmp_path) != first


def test_an_epilogue_is_a_function_of_a_vector() -> None:
    epilogues: tuple[Epilogue, ...] = (LINEAR, RELU, SINE)
    assert len(set(epilogues)) == 3
