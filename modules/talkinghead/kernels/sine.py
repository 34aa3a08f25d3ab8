"""A sine for whole vectors."""

from __future__ import annotations

import numpy as np
from llvmlite import ir

from modules.talkinghead.kernels.vectors import Vectors

_PI_HIGH = float(np.float32(np.pi))
_PI_LOW = float(np.float32(np.pi - _PI_HIGH))
_ROUNDER = 1.5 * 2.0**23
"""Added to a float32 it rounds to a whole number, which then stands in the lowest bits."""
_ODD = (
    2.6083159809786593541503e-06,
    -1.981069071916863322258e-04,
    8.33307858556509017944e-03,
    -1.66666597127914428711e-01,
)
"""Minimax coefficients of x^9, x^7, x^5 and x^3 of the sine on [-pi/2, pi/2]."""


def sine(v: Vectors, x: ir.Value) -> ir.Value:
    """sin(x), x in radians; absolute error about 1e-6 for |x| up to some thousands, NaN for NaN and infinities.

    x - n*pi is found with pi in two parts (Cody and Waite), then an odd polynomial follows; the sign is that of (-1)^n.
    """
    b = v.builder
    shifted = v.multiply_add(x, v.number(1.0 / np.pi), v.number(_ROUNDER))
    n = b.fsub(shifted, v.number(_ROUNDER))
    r = v.multiply_add(n, v.number(-_PI_LOW), v.multiply_add(n, v.number(-_PI_HIGH), x))
    square = b.fmul(r, r)
    p = v.number(_ODD[0])
    for coefficient in _ODD[1:]:
        p = v.multiply_add(p, square, v.number(coefficient))
    p = v.multiply_add(b.fmul(p, square), r, r)
    sign = b.shl(b.bitcast(shifted, v.integers), v.integer(31))
    return b.bitcast(b.xor(b.bitcast(p, v.integers), sign), v.floats)
