"""Loops over rows of pixels, written as LLVM IR with explicit vectors; for use in compiled code.

Rows are float32 with neighbours side by side. A length must be at least host().lanes, and any such will do: the last
vector is moved back inside and does a few pixels twice. Nothing is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from modules.talkinghead.kernels import Vectors, host

F64 = ir.DoubleType()

PANEL = host().columns
"""Pixels that a block of a matrix product covers. What it multiplies lies in panels, (panels, lines, PANEL): a line for
each input, so that a block reads its numbers one after another. Pixels beyond a panel go on in the next one."""


def weighted(taps: int) -> Any:
    """A function `weighted(weights, offsets, source, first, panels, line, pixel, length)`: a sum of `taps` rows.

    Term k is weights[k] * `source[first + offsets[k]:]`; the sum is put into line `line` of the panels from `pixel` on.
    weights: float32 (taps,); offsets: int64 (taps,); source: float32, flat; panels: see `PANEL`.
    """
    return _filling(taps, 1)


def weighted_pairs(taps: int) -> Any:
    """Like `weighted`, with two sums for each pixel of the source that come to lie side by side.

    weights: float32 (2 * taps,), offsets: int64 (2 * taps,), those of the left pixel first; `length` sums of each.
    """
    return _filling(taps, 2)


def _filling(taps: int, sides: int) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def loop(
        typing_context: Any,
        weights: Any,
        offsets: Any,
        source: Any,
        first: Any,
        panels: Any,
        line: Any,
        pixel: Any,
        length: Any,
    ) -> Any:
        word = types.intp
        signature = types.void(weights, offsets, source, word, panels, word, word, word)

        def generate(context: Any, b: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
            w, o, s, first, y, line, pixel, n = _arrays(context, b, signature, arguments)
            v, panels = Vectors(b, host().lanes), _Panels(b, y, line)
            spread, starts = _terms(v, w, o, b.gep(s.data, [first]), taps * sides)
            with _vectors(v, n) as at:
                sums = []
                for side in range(sides):
                    terms = slice(side * taps, (side + 1) * taps)
                    sums.append(_weighted(v, spread[terms], starts[terms], at))
                if sides == 2:
                    at = b.add(at, at)
                    sums = _interleaved(v, *sums)
                for j, total in enumerate(sums):
                    panels.store(v, total, b.add(pixel, b.add(at, n.type(v.lanes * j))))
            return context.get_dummy_value()

        return signature, generate

    return loop


@intrinsic  # type: ignore[untyped-decorator]
def activate(
    typing_context: Any, source: Any, first: Any, out: Any, start: Any, length: Any, scale: Any, shift: Any, leak: Any
) -> Any:
    """out[start:] = activation(source[first:] * scale + shift), `length` pixels; `leak` is its slope below zero."""
    signature = types.void(source, types.intp, out, types.intp, types.intp, types.f4, types.f4, types.f4)

    def generate(context: Any, b: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        s, _, y, _, n, *numbers = _arrays(context, b, signature, arguments)
        v = Vectors(b, host().lanes)
        scale, shift, leak = (v.spread(number) for number in numbers)
        pixels, there = b.gep(s.data, [arguments[1]]), b.gep(y.data, [arguments[3]])
        with _vectors(v, n) as at:
            v.store(_active(v, v.load(b.gep(pixels, [at])), scale, shift, leak), b.gep(there, [at]))
        return context.get_dummy_value()

    return signature, generate


@intrinsic  # type: ignore[untyped-decorator]
def activate_apart(
    typing_context: Any,
    source: Any,
    first: Any,
    even: Any,
    odd: Any,
    start: Any,
    length: Any,
    scale: Any,
    shift: Any,
    leak: Any,
) -> Any:
    """Like `activate`, with every second pixel in `even` and the others in `odd`: `length` pixels each."""
    signature = types.void(source, types.intp, even, odd, types.intp, types.intp, types.f4, types.f4, types.f4)

    def generate(context: Any, b: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        s, _, *sides, _, n, scale, shift, leak = _arrays(context, b, signature, arguments)
        v = Vectors(b, host().lanes)
        scale, shift, leak = (v.spread(number) for number in (scale, shift, leak))
        pixels, there = b.gep(s.data, [arguments[1]]), [b.gep(side.data, [arguments[4]]) for side in sides]
        with _vectors(v, n) as at:
            here = b.gep(pixels, [b.add(at, at)])
            pair = [v.load(b.gep(here, [at.type(v.lanes * half)])) for half in range(2)]
            for side in range(2):
                chosen = b.shuffle_vector(*pair, _mask([2 * i + side for i in range(v.lanes)]))
                v.store(_active(v, chosen, scale, shift, leak), b.gep(there[side], [at]))
        return context.get_dummy_value()

    return signature, generate


def gathered(rows: int, across: int) -> Any:
    """A function `gathered(weights, bias, offsets, source, first, out, length)` for `rows` sums of many terms each.

    out[r] = bias[r] + sum of weights[k, r] * source from k on, where term k reads `source[first + offsets[k]:]`.
    weights: float32 (terms, rows); bias: float32 (rows,); offsets: int64 (terms,); source: float32, flat; out: (rows,
    length), of which rows may be any distance apart. A block is `across` vectors wide, which `length` must be at least.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def loop(
        typing_context: Any, weights: Any, bias: Any, offsets: Any, source: Any, first: Any, out: Any, length: Any
    ) -> Any:
        signature = types.void(weights, bias, offsets, source, types.intp, out, types.intp)

        def generate(context: Any, b: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
            w, bias, o, s, _, y, n = _arrays(context, b, signature, arguments)
            v, word = Vectors(b, host().lanes), n.type
            (terms,) = cgutils.unpack_tuple(b, o.shape)
            stride = b.sdiv(cgutils.unpack_tuple(b, y.strides)[0], word(4))
            with _vectors(v, n, across) as at:
                here = b.gep(s.data, [b.add(arguments[4], at)])
                sums = _block_of_sums(v, w, bias, o, here, terms, rows, across)
                for r, row in enumerate(sums):
                    for j, total in enumerate(row):
                        v.store(total, b.gep(y.data, [b.add(b.mul(word(r), stride), b.add(at, word(v.lanes * j)))]))
            return context.get_dummy_value()

        return signature, generate

    return loop


@intrinsic  # type: ignore[untyped-decorator]
def moments(typing_context: Any, row: Any, length: Any) -> Any:
    """The sum of `length` pixels and the sum of their squares, float64; `length` is a multiple of 32.

    A lane adds length / 32 numbers as float32; lanes are added as float64.
    """
    signature = types.UniTuple(types.f8, 2)(row, types.intp)

    def generate(context: Any, b: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        r, n = _arrays(context, b, signature, arguments)
        v = Vectors(b, min(host().lanes, 8))
        chains = 32 // v.lanes  # several at once, for each waits for its own last sum
        sums = [[cgutils.alloca_once_value(b, v.number(0.0)) for _ in range(chains)] for _ in range(2)]
        with cgutils.for_range_slice(b, n.type(0), n, n.type(32), n.type) as (at, _):
            for chain, (total, squares) in enumerate(zip(*sums, strict=True)):
                x = v.load(b.gep(r.data, [b.add(at, at.type(v.lanes * chain))]))
                b.store(b.fadd(b.load(total), x), total)
                b.store(v.multiply_add(x, x, b.load(squares)), squares)
        totals = [_total(v, [b.load(chain) for chain in kind]) for kind in sums]
        return context.make_tuple(b, signature.return_type, totals)

    return signature, generate


def _arrays(context: Any, b: ir.IRBuilder, signature: Any, arguments: Any) -> list[Any]:
    return [
        context.make_array(kind)(context, b, value) if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args, arguments, strict=True)
    ]


class _Panels:
    """One line of some panels, for writing."""

    def __init__(self, b: ir.IRBuilder, panels: Any, line: ir.Value) -> None:
        word = line.type
        self._data = b.gep(panels.data, [b.mul(line, word(PANEL))])
        self._stride = b.mul(cgutils.unpack_tuple(b, panels.shape)[1], word(PANEL))

    def store(self, v: Vectors, vector: ir.Value, pixel: ir.Value) -> None:
        """Write a vector of pixels, in parts: at a multiple of eight pixels, a long one may belong to two panels."""
        b, word = v.builder, pixel.type
        part = Vectors(b, min(8, v.lanes))
        for first in range(0, v.lanes, part.lanes):
            at = b.add(pixel, word(first))
            panel, column = b.sdiv(at, word(PANEL)), b.and_(at, word(PANEL - 1))
            there = b.gep(self._data, [b.add(b.mul(panel, self._stride), column)])
            part.store(b.shuffle_vector(vector, vector, _mask(list(range(first, first + part.lanes)))), there)


def _weighted(v: Vectors, weights: list[ir.Value], starts: list[ir.Value], at: ir.Value) -> ir.Value:
    b = v.builder
    total = b.fmul(weights[0], v.load(b.gep(starts[0], [at])))
    for weight, start in zip(weights[1:], starts[1:], strict=True):
        total = v.multiply_add(weight, v.load(b.gep(start, [at])), total)
    return total


def _interleaved(v: Vectors, left: ir.Value, right: ir.Value) -> list[ir.Value]:
    lanes = [i // 2 + i % 2 * v.lanes for i in range(2 * v.lanes)]
    return [v.builder.shuffle_vector(left, right, _mask(half)) for half in (lanes[: v.lanes], lanes[v.lanes :])]


def _terms(v: Vectors, weights: Any, offsets: Any, source: ir.Value, taps: int) -> tuple[list[Any], list[Any]]:
    b = v.builder
    word = ir.IntType(64)
    spread = [v.spread(b.load(b.gep(weights.data, [word(k)]))) for k in range(taps)]
    return spread, [b.gep(source, [b.load(b.gep(offsets.data, [word(k)]))]) for k in range(taps)]


def _block_of_sums(
    v: Vectors, weights: Any, bias: Any, offsets: Any, source: ir.Value, terms: ir.Value, rows: int, across: int
) -> list[list[ir.Value]]:
    """Sums by row and vector. They are phis of the loop over terms, so they live in registers."""
    b, word = v.builder, terms.type
    first = [[v.spread(b.load(b.gep(bias.data, [word(r)])))] * across for r in range(rows)]
    before, body, after = b.block, b.append_basic_block("terms"), b.append_basic_block("summed")
    b.branch(body)
    b.position_at_end(body)
    k = b.phi(word)
    sums = [[b.phi(v.floats) for _ in row] for row in first]
    start = b.gep(source, [b.load(b.gep(offsets.data, [k]))])
    pixels = [v.load(b.gep(start, [word(v.lanes * j)])) for j in range(across)]
    here = b.gep(weights.data, [b.mul(k, word(rows))])
    summed = []
    for r, row in enumerate(sums):
        weight = v.spread(b.load(b.gep(here, [word(r)])))
        summed.append([v.multiply_add(weight, pixel, total) for pixel, total in zip(pixels, row, strict=True)])
    following = b.add(k, word(1))
    k.add_incoming(word(0), before)
    k.add_incoming(following, body)
    for phis, starts, ends in zip(sums, first, summed, strict=True):
        for phi, begin, end in zip(phis, starts, ends, strict=True):
            phi.add_incoming(begin, before)
            phi.add_incoming(end, body)
    b.cbranch(b.icmp_unsigned("<", following, terms), body, after)
    b.position_at_end(after)
    return summed


@contextmanager
def _vectors(v: Vectors, length: ir.Value, across: int = 1) -> Iterator[ir.Value]:
    """A loop over `length` pixels, `across` vectors at a time: gives where each step begins."""
    b, word, step = v.builder, length.type, v.lanes * across
    last = b.sub(length, word(step))
    count = b.udiv(b.add(length, word(step - 1)), word(step))
    with cgutils.for_range(b, count) as vector:
        start = b.mul(vector.index, word(step))
        yield b.select(b.icmp_signed("<", start, last), start, last)


def _active(v: Vectors, x: ir.Value, scale: ir.Value, shift: ir.Value, leak: ir.Value) -> ir.Value:
    b = v.builder
    y = v.multiply_add(x, scale, shift)
    return b.select(b.fcmp_ordered("<", y, v.number(0.0)), b.fmul(y, leak), y)


def _mask(lanes: list[int]) -> ir.Constant:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)


def _total(v: Vectors, vectors: list[ir.Value]) -> ir.Value:
    b = v.builder
    total = ir.Constant(F64, 0.0)
    for vector in vectors:
        for lane in range(v.lanes):
            total = b.fadd(total, b.fpext(b.extract_element(vector, ir.IntType(32)(lane)), F64))
    return total
