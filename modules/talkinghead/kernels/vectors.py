"""The vector unit of this machine, and instructions on whole vectors written as LLVM IR."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba.core import cgutils

F32 = ir.FloatType()
I32 = ir.IntType(32)


@dataclass(frozen=True, slots=True)
class VectorUnit:
    """What a processor calculates with at once."""

    lanes: int
    """float32 numbers in one register."""
    across: int
    """Registers that a block of a matrix product is wide: it covers lanes * across columns."""
    rows: int
    """Rows that such a block has at most, so that all its sums stay in registers."""

    @property
    def columns(self) -> int:
        """Columns (pixels) of one block."""
        return self.lanes * self.across


AVX512 = VectorUnit(lanes=16, across=2, rows=12)
AVX2 = VectorUnit(lanes=8, across=2, rows=6)
NEON = VectorUnit(lanes=4, across=4, rows=6)
SSE = VectorUnit(lanes=4, across=2, rows=6)


@cache
def host() -> VectorUnit:
    """The vector unit of this machine."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return NEON
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512f"):
        return AVX512
    return AVX2 if features.get("avx2") and features.get("fma") else SSE


class Vectors:
    """Writes instructions on vectors of `lanes` float32 numbers (or 32-bit integers) through an IR builder."""

    def __init__(self, builder: ir.IRBuilder, lanes: int) -> None:
        self.builder = builder
        self.lanes = lanes
        self.floats = ir.VectorType(F32, lanes)
        self.integers = ir.VectorType(I32, lanes)

    def number(self, value: float) -> ir.Constant:
        """The same float32 in every lane."""
        return ir.Constant(self.floats, [value] * self.lanes)

    def integer(self, value: int) -> ir.Constant:
        """The same 32-bit integer in every lane."""
        return ir.Constant(self.integers, [value] * self.lanes)

    def spread(self, scalar: ir.Value) -> ir.Value:
        """A scalar in every lane."""
        kind = ir.VectorType(scalar.type, self.lanes)
        first = self.builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, I32(0))
        return self.builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), self.integer(0))

    def load(self, pointer: ir.Value) -> ir.Value:
        """The `lanes` numbers from a pointer to float32 or 32-bit integers on."""
        kind = ir.VectorType(pointer.type.pointee, self.lanes)
        return self.builder.load(self.builder.bitcast(pointer, kind.as_pointer()), align=4)

    def store(self, value: ir.Value, pointer: ir.Value) -> None:
        """Write the lanes of `value` from a pointer on."""
        self.builder.store(value, self.builder.bitcast(pointer, value.type.as_pointer()), align=4)

    def multiply_add(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """a * b + c, rounded once where the machine can."""
        return self.call(f"llvm.fmuladd.v{self.lanes}f32", self.floats, (a, b, c))

    def ramp(self) -> ir.Constant:
        """0, 1, 2 … in the lanes, float32."""
        return ir.Constant(self.floats, [float(i) for i in range(self.lanes)])

    def pick(self, value: ir.Value, lanes: Sequence[int]) -> ir.Value:
        """A vector of the chosen lanes of another."""
        return self.builder.shuffle_vector(
            value, ir.Constant(value.type, ir.Undefined), ir.Constant(self.integers, lanes)
        )

    def stride(self, array: Any) -> ir.Value:
        """How many 32-bit numbers the rows of a Numba array lie apart."""
        stride = cgutils.unpack_tuple(self.builder, array.strides)[0]
        return self.builder.sdiv(stride, stride.type(4))

    def call(self, name: str, result: ir.Type, arguments: Sequence[ir.Value]) -> ir.Value:
        """What an LLVM intrinsic returns."""
        module: Any = self.builder.module
        function = module.globals.get(name) or ir.Function(
            module, ir.FunctionType(result, [argument.type for argument in arguments]), name
        )
        return self.builder.call(function, arguments)
