"""A Vosk model of a few kilobytes, made on the spot: it hears "hello" wherever it is loud.

Its parts are Kaldi's: a transition model and a network as text, and a decoding graph in OpenFst's binary form.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

QUIET, LOUD = 1, 2
"""The two phones; the graph names them by their transitions, 1 and 3."""
THRESHOLD = 80.0
"""Of the first cepstral coefficient: 50 for silence, 120 for loud noise."""

Arc = tuple[int, int, int]
"""(transition, word, next state)."""

GRAPH: Sequence[Sequence[Arc]] = (
    ((1, 0, 0), (3, 1, 1)),
    ((3, 0, 1), (1, 0, 0)),
)
"""Silence, then a loud stretch that says word 1, then silence again; it may end anywhere."""

TRANSITIONS = """\
<TransitionModel>
<Topology>
<TopologyEntry>
<ForPhones>
1 2
</ForPhones>
<State> 0 <PdfClass> 0 <Transition> 0 0.5 <Transition> 1 0.5 </State>
<State> 1 </State>
</TopologyEntry>
</Topology>
<Triples> 2
1 0 0
2 0 1
</Triples>
<LogProbs>
 [ 0 -0.693 -0.693 -0.693 -0.693 ]
</LogProbs>
</TransitionModel>
"""

NETWORK = """\
<Nnet3>\x20
input-node name=input dim=13
component-node name=affine component=affine input=input
output-node name=output input=affine objective=linear

<NumComponents> 1
<ComponentName> affine <FixedAffineComponent> <LinearParams>  [
  {quiet}
  {loud} ]
<BiasParams>  [ 0 {bias} ]
</FixedAffineComponent> </Nnet3> <LeftContext> 0 <RightContext> 0 <Priors>  [ ]
"""

FEATURES = """\
--sample-frequency=16000
--use-energy=false
--num-ceps=13
--num-mel-bins=23
"""

DECODING = """\
--min-active=10
--max-active=100
--beam=20.0
--lattice-beam=6.0
--acoustic-scale=1.0
--frame-subsampling-factor=1
--endpoint.silence-phones=1
"""


def write_tiny_vosk(folder: Path) -> Path:
    """The model's folder, made anew."""
    for part in ("am", "conf", "graph"):
        (folder / part).mkdir(parents=True)
    zeros = ["0"] * 13
    network = NETWORK.format(quiet=" ".join(zeros), loud=" ".join(["1", *zeros[1:]]), bias=-THRESHOLD)
    (folder / "am" / "final.mdl").write_text(TRANSITIONS + network)
    (folder / "conf" / "mfcc.conf").write_text(FEATURES)
    (folder / "conf" / "model.conf").write_text(DECODING)
    (folder / "graph" / "words.txt").write_text("<eps> 0\nhello 1\n")
    (folder / "graph" / "HCLG.fst").write_bytes(_fst(GRAPH))
    return folder


def _fst(states: Sequence[Sequence[Arc]]) -> bytes:
    """OpenFst's vector format, version 2: a header, then the final cost and the arcs of each state."""
    name, arcs = b"vector", b"standard"
    head = struct.pack("<ii", 2125659606, len(name)) + name + struct.pack("<i", len(arcs)) + arcs
    head += struct.pack("<iiQqqq", 2, 0, 3, 0, len(states), sum(map(len, states)))
    for state in states:
        head += struct.pack("<fq", 0.0, len(state))
        for transition, word, following in state:
            head += struct.pack("<iifi", transition, word, 0.0, following)
    return head
