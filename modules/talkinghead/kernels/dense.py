"""y = W x + b over many pixels, blocked so that every sum stays in a register.

Written as LLVM IR with explicit vectors: left to itself, the compiler keeps a block of sums in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from modules.talkinghead.kernels.fixed import Fixed
from modules.talkinghead.kernels.sine import sine
from modules.talkinghead.kernels.vectors import Vectors, VectorUnit, host

Epilogue = Callable[[Vectors, ir.Value], ir.Value]
"""What becomes of a vector of sums before it is stored."""

Registers = list[list[ir.Value]]
"""Vectors of a block, by row and register."""

Floats = NDArray[np.float32]

_IN_FLIGHT = 8
"""Multiply-adds that today's processors have under way at once: a block of fewer sums waits for its own results."""


def linear(v: Vectors, x: ir.Value) -> ir.Value:
    """x as it is."""
    return x


def relu(v: Vectors, x: ir.Value) -> ir.Value:
    """max(x, 0); NaN stays NaN."""
    return v.builder.select(v.builder.fcmp_ordered("<", x, v.number(0.0)), v.number(0.0), x)


def block_rows(outputs: int, unit: VectorUnit | None = None) -> int:
    """Rows of a block for a layer of so many outputs: those that need the fewest steps, and the most of such."""
    shape = unit or host()

    def steps(rows: int) -> tuple[int, int]:
        return -(-outputs // rows) * max(rows * shape.across, _IN_FLIGHT), -rows

    return min(range(1, shape.rows + 1), key=steps)


def pack(weight: Floats, bias: Floats, rows: int) -> Floats:
    """(outputs, inputs) and (outputs,) -> (blocks, 1 + inputs, rows), the bias first; what `dense` reads.

    Rows beyond the last output are zero; the kernel calculates them and drops them.
    """
    outputs, inputs = weight.shape
    blocks = -(-outputs // rows)
    whole = np.zeros((blocks * rows, 1 + inputs), np.float32)
    whole[:outputs, 0], whole[:outputs, 1:] = bias, weight
    return np.ascontiguousarray(whole.reshape(blocks, rows, 1 + inputs).transpose(0, 2, 1))


def dense(rows: int, epilogue: Epilogue = linear, unit: VectorUnit | None = None) -> Any:
    """A function for compiled code, `layer(packed, x, y)`: y = epilogue(W x + b).

    packed: float32 (blocks, 1 + inputs, rows) of `pack`; x: float32 (inputs, columns); y: float32 (outputs, columns),
    not overlapping x. The columns of x and y lie side by side; their rows may be any distance apart. There must be at
    least `unit.columns` columns, and any number of them will do. Nothing is checked.

    Given int32, the same function calculates in fixed point and knows two epilogues: see `fixed`.
    """
    shape = unit or host()

    @intrinsic  # type: ignore[untyped-decorator]
    def layer(typing_context: Any, packed: Any, x: Any, y: Any) -> Any:
        signature = types.void(packed, x, y)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            arrays = [
                context.make_array(kind)(context, builder, value)
                for kind, value in zip(signature.args, arguments, strict=True)
            ]
            arithmetic = Floating(epilogue) if packed.dtype == types.float32 else Fixed(y.dtype == types.float32)
            _Layer(builder, shape, rows, arithmetic).write(*arrays)
            return context.get_dummy_value()

        return signature, generate

    return layer


SINE: Epilogue = sine
RELU: Epilogue = relu
LINEAR: Epilogue = linear


class Arithmetic(Protocol):
    """How a block is calculated: with float32, or in fixed point."""

    @property
    def head(self) -> int:
        """Rows of a packed block before its weights; the last of them is where the sums begin."""
        ...

    def add(self, v: Vectors, total: ir.Value, weight: ir.Value, x: ir.Value) -> ir.Value:
        """total + weight * x."""
        ...

    def finish(self, v: Vectors, head: list[ir.Value], sums: Registers) -> Registers:
        """What is stored, by line and register."""
        ...


@dataclass(frozen=True, slots=True)
class Floating:
    """Sums of float32, each followed by the epilogue; the head of a block is its bias."""

    epilogue: Epilogue
    head: int = 1

    def add(self, v: Vectors, total: ir.Value, weight: ir.Value, x: ir.Value) -> ir.Value:
        """total + weight * x."""
        return v.multiply_add(weight, x, total)

    def finish(self, v: Vectors, head: list[ir.Value], sums: Registers) -> Registers:
        """What is stored, by line and register."""
        return [[self.epilogue(v, register) for register in row] for row in sums]


class _Layer:
    """Writes the loops of one layer: over columns, blocks of rows, and inputs."""

    def __init__(self, builder: ir.IRBuilder, unit: VectorUnit, rows: int, arithmetic: Arithmetic) -> None:
        self.b, self.unit, self.rows, self.arithmetic = builder, unit, rows, arithmetic
        self.v = Vectors(builder, unit.lanes)

    def write(self, packed: Any, x: Any, y: Any) -> None:
        b = self.b
        blocks, self.depth, _ = cgutils.unpack_tuple(b, packed.shape)
        self.outputs, columns = cgutils.unpack_tuple(b, y.shape)
        self.x_stride, self.y_stride = self.v.stride(x), self.v.stride(y)
        word = columns.type
        last = b.sub(columns, word(self.unit.columns))
        tiles = b.udiv(b.add(columns, word(self.unit.columns - 1)), word(self.unit.columns))
        with cgutils.for_range(b, tiles) as tile:
            start = b.mul(tile.index, word(self.unit.columns))
            # The last tile is moved back inside, and does a few columns a second time.
            start = b.select(b.icmp_signed("<", start, last), start, last)
            with cgutils.for_range(b, blocks) as block:
                weights = b.gep(packed.data, [b.mul(b.mul(block.index, word(self.rows)), self.depth)])
                head, sums = self._sums(weights, b.gep(x.data, [start]))
                lines = self.arithmetic.finish(self.v, head, sums)
                self._store(lines, b.mul(block.index, word(len(lines))), b.gep(y.data, [start]))

    def _sums(self, weights: ir.Value, x: ir.Value) -> tuple[list[ir.Value], Registers]:
        """The head of a block and its sums, by row and register: phis of the loop, so that they stay in registers."""
        b, v = self.b, self.v
        word = self.depth.type
        head = self.arithmetic.head
        before = b.block
        body, after = b.append_basic_block("inputs"), b.append_basic_block("summed")
        heads = [v.spread(b.load(b.gep(weights, [word(i)]))) for i in range(head * self.rows)]
        b.branch(body)
        b.position_at_end(body)
        k = b.phi(word)
        k.add_incoming(word(head), before)
        first = [[bias] * self.unit.across for bias in heads[-self.rows :]]
        sums = [[b.phi(bias.type) for bias in row] for row in first]
        inputs = b.gep(x, [b.mul(b.sub(k, word(head)), self.x_stride)])
        columns = [v.load(b.gep(inputs, [word(v.lanes * j)])) for j in range(self.unit.across)]
        here = b.gep(weights, [b.mul(k, word(self.rows))])
        summed = []
        for r, row in enumerate(sums):
            weight = v.spread(b.load(b.gep(here, [word(r)])))
            summed.append([self.arithmetic.add(v, s, weight, x) for s, x in zip(row, columns, strict=True)])
        following = b.add(k, word(1))
        k.add_incoming(following, body)
        for phis, starts, ends in zip(sums, first, summed, strict=True):
            for phi, start, end in zip(phis, starts, ends, strict=True):
                phi.add_incoming(start, before)
                phi.add_incoming(end, body)
        b.cbranch(b.icmp_unsigned("<", following, self.depth), body, after)
        b.position_at_end(after)
        return heads, summed

    def _store(self, lines: Registers, row: ir.Value, y: ir.Value) -> None:
        b, v = self.b, self.v
        word = row.type
        for r, registers in enumerate(lines):
            here = b.add(row, word(r))
            with b.if_then(b.icmp_signed("<", here, self.outputs)):
                line = b.gep(y, [b.mul(here, self.y_stride)])
                for j, register in enumerate(registers):
                    v.store(register, b.gep(line, [word(v.lanes * j)]))
