"""From what the body gives to pixels: fetched, blended, divided by alpha and encoded in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from modules.talkinghead.color import to_srgb
from modules.talkinghead.kernels import Vectors, compiled, host
from modules.talkinghead.tha4.fields import Floats
from modules.talkinghead.tha4.opening import MARGIN

LANES = host().lanes
_STEPS = 1 << 15
CURVE = np.rint(to_srgb(np.linspace(0.0, 1.0, _STEPS + 1, dtype=np.float32)) * 255).astype(np.uint8)
"""Linear light -> sRGB."""
FAINTEST = 0.5 / 255
"""Alpha that becomes 0 in eight bits: there is no colour where nothing is seen."""


@compiled
def compose_strips(
    start: int,
    stop: int,
    places: NDArray[np.int64],
    fields: Floats,
    picture: Floats,
    curve: NDArray[np.uint8],
    straight: bool,
    out: NDArray[np.uint8],
) -> None:
    """Strips start to stop of the frame: the picture fetched as the fields say, their colour laid over, encoded.

    places: (strips, 2) of x and y; fields: (512, 7, ...) of the body; picture: (512, 512, 4), the face
    pasted in; curve: linear light -> sRGB; straight: whether colour is divided by alpha first, as it must be for a
    picture that others lay over something; out: RGBA (512, 512, 4).
    """
    size = len(picture)
    half, edge = np.float32(0.5 * size), np.float32(size - 1)
    steps = np.float32(len(curve) - 1)
    for strip in range(start, stop):
        first, y = places[strip]
        for x in range(first, first + LANES):
            column = MARGIN + x
            # A step of 2 crosses the picture.
            from_x = _held(np.float32(x) + fields[y, 0, column] * half, edge)
            from_y = _held(np.float32(y) + fields[y, 1, column] * half, edge)
            red, green, blue, alpha = _blended(picture, from_x, from_y, fields, y, column)
            scale = steps
            if straight:
                scale = steps / min(alpha, np.float32(1.0)) if alpha > np.float32(FAINTEST) else np.float32(0.0)
            out[y, x, 0] = curve[_index(red * scale, steps)]
            out[y, x, 1] = curve[_index(green * scale, steps)]
            out[y, x, 2] = curve[_index(blue * scale, steps)]
            out[y, x, 3] = np.uint8(_index(alpha * np.float32(255.0), np.float32(255.0)))


@compiled
def _held(value: Any, most: Any) -> Any:
    """`value` held in 0..most; what is no number becomes 0, so that it can be a place."""
    above = value if value > np.float32(0.0) else np.float32(0.0)
    return above if above < most else most


@compiled
def _index(value: Any, most: Any) -> Any:
    return np.uint32(np.int32(_held(value, most) + np.float32(0.5)))


@intrinsic  # type: ignore[untyped-decorator]
def _blended(typing_context: Any, picture: Any, from_x: Any, from_y: Any, fields: Any, y: Any, column: Any) -> Any:
    """RGBA, 0..1 and a little beyond: `picture` at a place between four pixels, with the fields' colour laid over it.

    picture: float32 (H, W, 4); from_x, from_y: float32, inside of it; fields: (H, 7, ...), read at row y, column.
    """
    signature = types.UniTuple(types.float32, 4)(picture, from_x, from_y, fields, y, column)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays = [context.make_array(signature.args[i])(context, builder, arguments[i]) for i in (0, 3)]
        rgba = _Blending(builder, *arrays).write(*arguments[1:3], *arguments[4:])
        lanes = [builder.extract_element(rgba, ir.IntType(32)(i)) for i in range(4)]
        return context.make_tuple(builder, signature.return_type, lanes)

    return signature, generate


class _Blending:
    """Writes the work on one pixel, whose four channels are one vector."""

    def __init__(self, builder: ir.IRBuilder, picture: Any, fields: Any) -> None:
        self.b, self.v, self.picture, self.fields = builder, Vectors(builder, 4), picture, fields
        self.height, self.width, _ = cgutils.unpack_tuple(builder, picture.shape)

    def write(self, from_x: ir.Value, from_y: ir.Value, y: ir.Value, column: ir.Value) -> ir.Value:
        b, v = self.b, self.v
        left, right, x_share = self._between(from_x, self.width)
        top, bottom, y_share = self._between(from_y, self.height)
        above, under = (self._mix(self._pixel(row, left), self._pixel(row, right), x_share) for row in (top, bottom))
        warped = self._mix(above, under, y_share)
        share, *colour = self._overlay(y, column)
        over: ir.Value = ir.Constant(v.floats, ir.Undefined)
        for i, channel in enumerate(colour):
            over = b.insert_element(over, channel, ir.IntType(32)(i))
        mixed = self._mix(warped, over, v.spread(share))
        return v.multiply_add(mixed, v.number(0.5), v.number(0.5))

    def _mix(self, a: ir.Value, c: ir.Value, share: ir.Value) -> ir.Value:
        return self.v.multiply_add(share, self.b.fsub(c, a), a)

    def _between(self, place: ir.Value, length: ir.Value) -> tuple[ir.Value, ir.Value, ir.Value]:
        """The pixels before and behind a place, and the share of the latter."""
        b = self.b
        before = b.fptosi(place, length.type)
        last = b.sub(length, length.type(1))
        behind = b.add(before, length.type(1))
        behind = b.select(b.icmp_signed("<", behind, last), behind, last)
        return before, behind, self.v.spread(b.fsub(place, b.sitofp(before, place.type)))

    def _pixel(self, row: ir.Value, column: ir.Value) -> ir.Value:
        b = self.b
        at = b.mul(b.add(b.mul(row, self.width), column), row.type(4))
        return self.v.load(b.gep(self.picture.data, [at]))

    def _overlay(self, y: ir.Value, column: ir.Value) -> list[ir.Value]:
        """Alpha, red, green, blue and alpha of the colour of a pixel."""
        b = self.b
        rows, channels = (b.sdiv(s, s.type(4)) for s in cgutils.unpack_tuple(b, self.fields.strides)[:2])
        start = b.add(b.mul(y, rows), column)
        return [b.load(b.gep(self.fields.data, [b.add(start, b.mul(channels, y.type(c)))])) for c in range(2, 7)]
