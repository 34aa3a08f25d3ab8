"""Layers of sines in 16-bit fixed point: twice the multiply-adds of float32 in the same time.

Angles are whole numbers of 2^-32 turns, or a few bits coarser. An angle too large for 32 bits loses whole turns, which
no sine can tell: overflow is the range reduction. Two channels of 16 bits lie in each 32-bit lane, the even one below;
a sine of 1 is 32767.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from modules.talkinghead.kernels.vectors import Vectors, host

ONE = 32767
"""A sine of 1."""
COARSER = 4
"""Bits of a sine that go off (rounded down; half of it is given back through the bias) where sums may not overflow:
there the weights need them more."""
_SHORT = ir.IntType(16)
_WHOLE = 1.5 * 2.0**7
"""Added to a float32 below 64, its lowest 16 bits are the fraction."""
_ODD = (-145, 2605, -21164, 18702)
"""Coefficients of z^6, z^4, z^2 and 1, in units of 2^-15, of p in z + z p = sin(pi/2 z): fitted so that, with all its
roundings, the root mean square error over all phases is smallest (1.3e-5; at most 8e-5), and none exceeds 1."""


@cache
def can_fixed_point() -> bool:
    """Whether this machine has the instructions."""
    features = llvmlite.binding.get_host_cpu_features()
    return bool(features.get("avx512bw" if host().lanes == 16 else "avx2")) and host().lanes >= 8


@cache
def _sums_in_one_step() -> bool:
    features = llvmlite.binding.get_host_cpu_features()
    if host().lanes == 16:
        return bool(features.get("avx512vnni"))
    return bool(features.get("avx512vnni") and features.get("avx512vl"))


def pack_fixed(weight: NDArray[Any], bias: NDArray[Any], rows: int, *, sines: bool) -> NDArray[np.int32]:
    """(outputs, inputs) and (outputs,), in turns for `sines` -> int32 (blocks, 2 + inputs / 2, rows).

    Each output has the largest scale that its weights allow. For sines the head tells how far a sum is shifted to
    become 2^-32 turns; else the unit of the sum, a float32.
    """
    outputs, inputs = weight.shape
    blocks = -(-outputs // rows)
    one = 2.0**15 if sines else ONE / 2.0**COARSER
    bits = _angle_bits(weight) if sines else _sum_bits(weight, bias)
    scale = 2.0**bits
    # A sine of 1 is 32767, and not 32768: the weights of angles make up for it, sums have it in their unit.
    exact = weight * scale[:, None] * (one / ONE if sines else 1.0)
    pairs = np.clip(np.rint(exact), -ONE, ONE).astype(np.int16).reshape(outputs, inputs // 2, 2)
    start = bias * scale * one + (0.0 if sines else 0.5 * pairs.sum(axis=(1, 2), dtype=np.int64))
    whole = np.zeros((blocks * rows, 2 + inputs // 2), np.int32)
    whole[:outputs, 0] = 17 - bits if sines else (1.0 / (scale * one)).astype(np.float32).view(np.int32)
    whole[:outputs, 1] = np.rint(start).astype(np.int64).astype(np.int32)
    whole[:outputs, 2:] = pairs.view(np.int32)[..., 0]
    return np.ascontiguousarray(whole.reshape(blocks, rows, -1).transpose(0, 2, 1))


def _angle_bits(weight: NDArray[Any]) -> NDArray[np.int64]:
    """log2 of the scale of each row's weights: as fine as 16 bits allow, and sums no finer than 2^-32 turns."""
    largest = np.maximum(np.abs(weight).max(axis=1), 1e-9)
    return np.asarray(np.minimum(np.floor(np.log2(ONE / largest)), 17), np.int64)


def _sum_bits(weight: NDArray[Any], bias: NDArray[Any]) -> NDArray[np.int64]:
    """The same for sums that are no angles: they must never overflow."""
    reach = np.abs(weight).sum(axis=1) * 1.01 + np.abs(bias) + 1e-9
    fitting = 2.0**31 / (reach * (ONE / 2.0**COARSER + 1.0))
    shorts = ONE / np.maximum(np.abs(weight).max(axis=1), 1e-9)
    return np.asarray(np.floor(np.log2(np.minimum(shorts, fitting))), np.int64)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Sums of products of 16-bit pairs. The head of a block is a shift or a unit for each row, and then its bias."""

    linear: bool
    """Whether float32 sums are stored, or pairs of sines."""
    head: int = 2

    def add(self, v: Vectors, total: ir.Value, weight: ir.Value, x: ir.Value) -> ir.Value:
        """total + weight * x, for both channels of a lane."""
        bits = 32 * v.lanes
        if self.linear:
            x = self._coarser(v, x)
        if _sums_in_one_step():
            return v.call(f"llvm.x86.avx512.vpdpwssd.{bits}", v.integers, (total, x, weight))
        shorts = ir.VectorType(_SHORT, 2 * v.lanes)
        halves = [v.builder.bitcast(pair, shorts) for pair in (x, weight)]
        name = "llvm.x86.avx512.pmaddw.d.512" if bits == 512 else "llvm.x86.avx2.pmadd.wd"
        return v.builder.add(total, v.call(name, v.integers, halves))

    def _coarser(self, v: Vectors, x: ir.Value) -> ir.Value:
        shorts = ir.VectorType(_SHORT, 2 * v.lanes)
        dropped = ir.Constant(shorts, [COARSER] * (2 * v.lanes))
        return v.builder.bitcast(v.builder.ashr(v.builder.bitcast(x, shorts), dropped), v.integers)

    def finish(self, v: Vectors, head: list[ir.Value], sums: list[list[ir.Value]]) -> list[list[ir.Value]]:
        """What is stored, by line and register: for sines, two rows make one line."""
        b = v.builder
        if self.linear:
            return [
                [b.fmul(b.sitofp(s, v.floats), b.bitcast(unit, v.floats)) for s in row]
                for unit, row in zip(head, sums, strict=False)
            ]
        turned = [[b.shl(s, shift) for s in row] for shift, row in zip(head, sums, strict=False)]
        return [
            [packed_sines(v, _joined(v, b.lshr(low, v.integer(16)), high)) for low, high in zip(*pair, strict=True)]
            for pair in zip(turned[::2], turned[1::2], strict=True)
        ]


def phases_of(v: Vectors, low: ir.Value, high: ir.Value) -> ir.Value:
    """Two vectors of turns, float32 within ±63 -> their fractions in units of 2^-16, as 16-bit pairs."""
    b = v.builder
    # A phase stands for the middle of its unit, so half a unit goes off before it is rounded.
    centred = [b.fsub(turns, v.number(2.0**-17)) for turns in (low, high)]
    bits = [b.bitcast(b.fadd(turns, v.number(_WHOLE)), v.integers) for turns in centred]
    return _joined(v, b.and_(bits[0], v.integer(0xFFFF)), b.shl(bits[1], v.integer(16)))


def packed_sines(v: Vectors, phases: ir.Value) -> ir.Value:
    """The sines of 16-bit phases, in units of 2^-16 turns, pair by pair; a phase stands for the middle of its unit."""
    b = v.builder
    shorts = ir.VectorType(_SHORT, 2 * v.lanes)

    def number(value: int) -> ir.Constant:
        return ir.Constant(shorts, [value] * (2 * v.lanes))

    def product(a: ir.Value, c: ir.Value) -> ir.Value:
        name = "llvm.x86.avx512.pmul.hr.sw.512" if v.lanes == 16 else "llvm.x86.avx2.pmul.hr.sw"
        return v.call(name, shorts, (a, c))

    # z is a triangle wave, 32767 a quarter turn late: what is wanted is sin(pi/2 z).
    late = b.sub(b.bitcast(phases, shorts), number(1 << 14))
    half = b.xor(late, b.ashr(late, number(15)))
    z = b.xor(b.add(half, half), number(0x7FFF))
    square = product(z, z)
    p: ir.Value = number(_ODD[0])
    for coefficient in _ODD[1:]:
        p = b.add(product(p, square), number(coefficient))
    return b.bitcast(b.add(z, product(z, p)), v.integers)


def _joined(v: Vectors, low: ir.Value, high: ir.Value) -> ir.Value:
    """Lanes whose upper half is `high`'s; `low` has nothing there."""
    return v.builder.or_(low, v.builder.and_(high, v.integer(-0x10000)))
