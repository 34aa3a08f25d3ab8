"""Building blocks of fast networks on a CPU, compiled at first use; they need no compiler on the machine.

    ROWS = block_rows(outputs=180)
    layer = dense(ROWS, SINE)                      # y = sin(W x + b), written as LLVM IR with explicit vectors

    @compiled                                      # runs without the interpreter's lock; kept on disk
    def tiles(start, stop, packed, x, y):
        for i in range(start, stop):
            layer(packed, x[i], y[i])              # x[i]: (inputs, columns), y[i]: (outputs, columns)

    Workers().share(tiles, len(x), 4, pack(weight, bias, ROWS), x, y)   # pieces of four tiles, on every processor

A block of `dense` covers host().columns columns: tiles of that width stay in the first level of cache. Define `dense`
layers and `compiled` functions at the top of a file, for only those are found again on disk.
"""

from modules.talkinghead.kernels.compiled import compiled
from modules.talkinghead.kernels.dense import LINEAR, RELU, SINE, Epilogue, block_rows, dense, pack
from modules.talkinghead.kernels.memory import aligned
from modules.talkinghead.kernels.vectors import Vectors, VectorUnit, host
from modules.talkinghead.kernels.workers import Workers, processors

__all__ = [
    "LINEAR",
    "RELU",
    "SINE",
    "Epilogue",
    "VectorUnit",
    "Vectors",
    "Workers",
    "aligned",
    "block_rows",
    "compiled",
    "dense",
    "host",
    "pack",
    "processors",
]
