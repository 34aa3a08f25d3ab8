"""The first layer of a level, which needs no matrix product: its inputs are a place, a pose, and a coarser level.

The pose is the same everywhere, so it is part of the bias. The features of the coarser level have been multiplied by
this layer's weights there, where there are four times fewer pixels: linear maps and bilinear upsampling commute.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from modules.talkinghead.kernels import SINE, Vectors, host
from modules.talkinghead.kernels.fixed import packed_sines, phases_of

BLOCK = 4 if host().lanes > 4 else 2
"""Pixels of the side of the blocks that a level without a coarser one is cut into: a vector is BLOCK pixels wide and as
many rows high as it takes. The others are cut into strips, one row high: their pixels share what they are made from."""
MARGIN = 16
"""Numbers on each side of a row of a coarser level; the innermost repeat the edge."""


@intrinsic  # type: ignore[untyped-decorator]
def placed(typing_context: Any, place: Any, size: Any, x: Any, y: Any, out: Any, strip: Any) -> Any:
    """placed(place, size, x, y, out, strip): out[:, strip] = sin(wx * X + wy * Y + b), for the block at pixel (x, y).

    place: float32 (channels, 3) of wx, wy, b, in radians for float32 `out`, in turns for int32 `out`;
    size: pixels of the level's side; out: float32 (channels, columns), or int32 (channels / 2, columns) of pairs.
    """
    signature = types.void(place, size, x, y, out, strip)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place, out = _arrays(context, builder, signature, arguments, (0, 4))
        _Opening(builder, place, out, *arguments[1:4], arguments[5]).write(None)
        return context.get_dummy_value()

    return signature, generate


@intrinsic  # type: ignore[untyped-decorator]
def raised(typing_context: Any, place: Any, low: Any, size: Any, x: Any, y: Any, out: Any, strip: Any) -> Any:
    """raised(place, low, size, x, y, out, strip): like `placed`, with `low` upsampled and added before the sine.

    low: float32 (size / 2, channels, MARGIN + size / 2 + MARGIN).
    """
    signature = types.void(place, low, size, x, y, out, strip)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place, low, out = _arrays(context, builder, signature, arguments, (0, 1, 5))
        _Opening(builder, place, out, *arguments[2:5], arguments[6]).write(low)
        return context.get_dummy_value()

    return signature, generate


def _arrays(context: Any, builder: Any, signature: Any, arguments: Any, places: tuple[int, ...]) -> list[Any]:
    return [context.make_array(signature.args[i])(context, builder, arguments[i]) for i in places]


class _Opening:
    """Writes the loop over channels, for one vector of pixels."""

    def __init__(self, b: ir.IRBuilder, place: Any, out: Any, *numbers: ir.Value) -> None:
        self.b, self.v, self.place, self.out = b, Vectors(b, host().lanes), place, out
        self.size, self.x, self.y, self.strip = numbers
        self.fixed = out.data.type.pointee == ir.IntType(32)

    def write(self, low: Any) -> None:
        b, v = self.b, self.v
        word = self.size.type
        width = BLOCK if low is None else v.lanes
        x = self._centres(self.x, [i % width for i in range(v.lanes)])
        y = self._centres(self.y, [i // width for i in range(v.lanes)])
        channels = cgutils.unpack_tuple(b, self.place.shape)[0]
        stride = v.stride(self.out)
        at_once = 2 if self.fixed else 1
        sources = None if low is None else self._sources(low)
        with cgutils.for_range(b, b.udiv(channels, word(at_once))) as line:
            first = b.mul(line.index, word(at_once))
            angles = [self._angle(b.add(first, word(i)), x, y, sources) for i in range(at_once)]
            sines = packed_sines(v, phases_of(v, *angles)) if self.fixed else SINE(v, angles[0])
            offset = b.add(b.mul(line.index, stride), b.mul(self.strip, word(v.lanes)))
            v.store(sines, b.gep(self.out.data, [offset]))

    def _angle(self, channel: ir.Value, x: ir.Value, y: ir.Value, sources: Any) -> ir.Value:
        b, v = self.b, self.v
        here = b.mul(channel, channel.type(3))
        wx, wy, bias = (b.load(b.gep(self.place.data, [b.add(here, here.type(i))])) for i in range(3))
        angle = v.multiply_add(v.spread(wx), x, v.multiply_add(v.spread(wy), y, v.spread(bias)))
        if sources is None:
            return angle
        near, far, stride = sources
        offset = b.mul(channel, stride)
        columns = [v.load(b.gep(row, [offset])) for row in (near, far)]
        mixed = v.multiply_add(columns[1], v.number(0.25), b.fmul(columns[0], v.number(0.75)))
        return v.multiply_add(
            v.pick(mixed, _beside(v.lanes)),
            v.number(0.25),
            v.multiply_add(v.pick(mixed, _over(v.lanes)), v.number(0.75), angle),
        )

    def _sources(self, low: Any) -> tuple[ir.Value, ir.Value, ir.Value]:
        """Where the nearer and the farther row of the coarser level begin, and how far channels lie apart."""
        b = self.b
        word = self.size.type
        rows, stride = (b.sdiv(s, word(4)) for s in cgutils.unpack_tuple(b, low.strides)[:2])
        near = b.ashr(self.y, word(1))
        odd = b.and_(self.y, word(1))
        far = b.add(near, b.sub(b.shl(odd, word(1)), word(1)))
        last = b.sub(b.ashr(self.size, word(1)), word(1))
        far = b.select(b.icmp_signed("<", far, word(0)), word(0), far)
        far = b.select(b.icmp_signed(">", far, last), last, far)
        column = b.add(b.ashr(self.x, word(1)), word(MARGIN - 1))
        starts = (b.gep(low.data, [b.add(b.mul(row, rows), column)]) for row in (near, far))
        return (*starts, stride)

    def _centres(self, start: ir.Value, steps: list[int]) -> ir.Value:
        """Coordinates of the centres of pixels, some steps from `start`: -1 to 1 from edge to edge."""
        b, v = self.b, self.v
        first, size = (b.sitofp(number, ir.FloatType()) for number in (start, self.size))
        halves = ir.Constant(v.floats, [step + 0.5 for step in steps])
        pixels = b.fmul(b.fadd(v.spread(first), halves), v.spread(b.fdiv(ir.FloatType()(2.0), size)))
        return b.fsub(pixels, v.number(1.0))


def _over(lanes: int) -> list[int]:
    """Of the coarser columns, the first of which lies left of the strip: those that the strip's pixels lie over."""
    return [1 + i // 2 for i in range(lanes)]


def _beside(lanes: int) -> list[int]:
    """The next nearest ones."""
    return [1 + i // 2 + (1 if i % 2 else -1) for i in range(lanes)]
