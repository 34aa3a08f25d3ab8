"""A network as a list of steps over planes that are laid out beforehand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
from torch import nn

from modules.talkinghead.kernels import Workers, aligned
from modules.talkinghead.tha3.fused import tiles
from modules.talkinghead.tha3.fused.tiles import Floats, Layer, Scratch, Source

SCRATCH = 400_000
"""Bytes of a tile's panels: with the weights, they are to stay in a second level of cache of one megabyte."""
LINES = 800_000
"""Bytes of a tile's rows of features below: at most those of all planes that heads look at."""
PIECES = 8
"""Pieces into which the tiles of a layer are parted, that no thread waits long for the others."""

_NEAREST = (((0,), (1, 2)), ((0, 1), (2,)))
"""Which taps of a 3x3 kernel fall on the same pixel, where pixels were doubled: by side, and by neighbour."""
_TRANSPOSED = (((3,), (1,)), ((2,), (0,)))
"""Which tap of a transposed 4x4 kernel meets which neighbour, by side."""

_NONE = np.zeros((0, 9), np.float32)
_NO_DOUBLING = np.zeros((0, 2, 8), np.float32)


class _PerThread(threading.local):
    """The scratch of the thread that asks."""

    def __init__(self) -> None:
        self.scratch = Scratch(aligned((SCRATCH // 4,)), aligned((LINES // 4,)))


class Arena:
    """Memory for planes. Networks that run one after another lay theirs over each other: each starts from the front."""

    def __init__(self, capacity: int) -> None:
        self._memory = aligned((capacity,))
        self._used = 0

    def restart(self) -> None:
        """Begin with a network: its planes may lie where those of another one are."""
        self._used = 0

    def planes(self, count: int, height: int, width: int) -> Floats:
        """(count, stride), zeros at first; a plane's pixels lie side by side at the start of its line."""
        stride = height * width + 16  # a power of two would let the planes of a pixel share few cache sets
        taken = self._memory[self._used : self._used + count * stride]
        self._used += count * stride
        return taken.reshape(count, stride)


class Tape:
    """Records the layers of one network, then runs them: each method adds a step and gives what it will have made."""

    def __init__(self, arena: Arena, workers: Workers) -> None:
        arena.restart()
        self._arena = arena
        self._workers = workers
        self._steps: list[Callable[[], None]] = []

    def run(self) -> None:
        """Run all steps in order; whatever the network reads has been put into its planes."""
        for step in self._steps:
            step()

    def given(self, count: int, size: int) -> Source:
        """Planes that the caller fills before each run."""
        return self._source(count, size)

    def same(self, source: Source, block: Iterable[nn.Module], leak: float) -> Source:
        """A block of `block()`: depthwise, 1x1, norm; the size stays."""
        depthwise, pointwise, norm, *_ = block
        layer = self._layer(source.width, _weight_of(depthwise), None, _weight_of(pointwise))
        return self._normed(tiles.same_tiles, layer, (source,), norm, leak)

    def halved(self, source: Source, block: Iterable[nn.Module], leak: float, spare: int = 0) -> Source:
        """A block of `block()` with stride 2; `spare` more planes follow its own, for the caller to fill."""
        depthwise, pointwise, norm, *_ = block
        layer = self._layer(source.width // 2, _weight_of(depthwise), None, _weight_of(pointwise))
        return self._normed(tiles.halving_tiles, layer, (source,), norm, leak, spare)

    def doubled(self, low: Source, block: Iterable[nn.Module], leak: float, skip: Source | None = None) -> Source:
        """Planes of `low` doubled, those of `skip` appended, then a block of `block()` or of `upsample_block()`."""
        depthwise, pointwise, norm, *_ = block
        taps, sides = _weight_of(depthwise), _TRANSPOSED if isinstance(depthwise, nn.ConvTranspose2d) else _NEAREST
        count = len(low.planes)
        none = low.scale[:0]
        skip = skip or Source(low.planes[:0], none, none, none, 2 * low.width, 2 * low.height)
        layer = self._layer(2 * low.width, taps[count:], _doubling(taps[:count], sides), _weight_of(pointwise))
        return self._normed(tiles.doubling_tiles, layer, (low, skip), norm, leak)

    def residuals(self, source: Source, blocks: Iterable[nn.Module], leak: float) -> Source:
        """All of `blocks`, one after another."""
        total = self._source(len(source.planes), source.width)
        self._steps.append(lambda: self._share(tiles.feature_tiles, len(total.planes), source, total.planes))
        for block in blocks:
            (path,) = block.children()
            first, norm, _, second, last_norm = path.children()
            between = self.same(total, (*first.children(), norm), leak)
            made = self.same(between, (*second.children(), last_norm), 1.0)
            self._steps.append(partial(self._share, tiles.add_tiles, len(total.planes), made, total.planes))
        return total

    def heads(self, source: Source, convolutions: Sequence[nn.Module]) -> Floats:
        """Full 3x3 convolutions of the same features, before what follows them: (planes, size, size)."""
        weight = np.concatenate([_weight_of(convolution) for convolution in convolutions])
        bias = np.concatenate([_bias_of(convolution) for convolution in convolutions])
        weights = _packed(weight.reshape(len(weight), -1), tiles.HEAD_ROWS)
        biases = _packed(bias[:, None], tiles.HEAD_ROWS)[:, 0]
        rows, size = _rows(len(source.planes), source.width), source.width
        out = self._arena.planes(biases.size, size, size)
        self._steps.append(
            lambda: self._share(_scratched(tiles.head_tiles), size // rows, weights, biases, rows, source, out)
        )
        return out[: len(weight), : size * size].reshape(len(weight), size, size)

    def _layer(self, width: int, taps: Floats, doubling: Floats | None, pointwise: Floats) -> Layer:
        rows = tiles.WIDE_ROWS if len(pointwise) >= 128 else tiles.NARROW_ROWS
        doubling = _NO_DOUBLING if doubling is None else doubling
        flat = np.ascontiguousarray(taps.reshape(len(taps), -1)) if len(taps) else _NONE
        return Layer(
            _packed(pointwise[:, :, 0, 0], rows),
            len(pointwise),
            flat,
            doubling,
            _rows(len(taps) + len(doubling), width),
            width,
        )

    def _normed(
        self,
        kernel: Callable[..., None],
        layer: Layer,
        sources: tuple[Source, ...],
        norm: nn.Module,
        leak: float,
        spare: int = 0,
    ) -> Source:
        weight, bias = _weight_of(norm), _bias_of(norm)
        count, size = len(weight), layer.width
        made = self._source(count + spare, size)
        made.leak[:count] = leak
        number = size // layer.rows
        sums = np.zeros((number, count, 2))
        scale, shift, out = made.scale[:count], made.shift[:count], made.planes[:count]

        def step() -> None:
            self._share(_scratched(kernel), number, layer, *sources, out, sums)
            tiles.norm_scales(sums, size * size, weight, bias, scale, shift)

        self._steps.append(step)
        return made

    def _source(self, count: int, size: int) -> Source:
        """Fresh planes that are features as they are."""
        planes = self._arena.planes(count, size, size)
        ones, zeros = np.ones(count, np.float32), np.zeros(count, np.float32)
        return Source(planes, ones, zeros, ones.copy(), size, size)

    def _share(self, kernel: Callable[..., None], count: int, *arguments: Any) -> None:
        self._workers.share(kernel, count, -(-count // PIECES), *arguments)


_here = _PerThread()


def _scratched(kernel: Callable[..., None]) -> Callable[..., None]:
    """`kernel`, which gets a scratch behind the range of its tiles: that of the thread it runs on."""

    def run(start: int, stop: int, *arguments: Any) -> None:
        kernel(start, stop, _here.scratch, *arguments)

    return run


def _weight_of(module: nn.Module) -> Floats:
    """The weight of a layer as an array."""
    return _array(module.weight)


def _bias_of(module: nn.Module) -> Floats:
    if module.bias is None:
        return np.zeros(len(_weight_of(module)), np.float32)
    return _array(module.bias)


def _array(tensor: Any) -> Floats:
    return np.ascontiguousarray(tensor.detach().float().numpy())


def _packed(weight: Floats, rows: int) -> Floats:
    """(outputs, inputs) -> (blocks, inputs, rows), with zeros for outputs that the last block has too many."""
    outputs, inputs = weight.shape
    whole = np.zeros((-(-outputs // rows) * rows, inputs), np.float32)
    whole[:outputs] = weight
    return np.ascontiguousarray(whole.reshape(-1, rows, inputs).transpose(0, 2, 1))


def _rows(channels: int, size: int) -> int:
    """Rows of a tile: as many as its panels have room for, while the planes are four tiles or more."""
    possible = [n for n in (2, 4, 8, 16, 32) if size % n == 0 and n * size % 32 == 0 and n <= max(4, size // 4)]
    return max((n for n in possible if 4 * channels * n * size <= SCRATCH), default=possible[0])


def _doubling(taps: Floats, sides: tuple[tuple[tuple[int, ...], ...], ...]) -> Floats:
    """(C, 1, k, k) -> (C, 2, 8): what each of four neighbours weighs, for each of two rows and two pixels in them."""
    falls = np.array([[[k in tap for k in range(taps.shape[-1])] for tap in side] for side in sides], np.float32)
    weighed = np.einsum("auk,bvl,ckl->cabuv", falls, falls, taps[:, 0], dtype=np.float64)
    return np.ascontiguousarray(weighed.reshape(len(taps), 2, 8), np.float32)
