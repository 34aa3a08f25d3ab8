"""The published weights of Talking Head Anime, where they lie, and under which licences.

All are by Pramook Khungurn. They are loaded with `weights_only=True`: tensors only, no code in them can run.

**THA3** (CC BY 4.0), four variants of five files each, `<variant>/<network>.pt`. Places, in the order they are tried:

1. The mirror on Hugging Face that SillyTavern-Extras and its successors install from, as a whole, into the folder of
   models; so the variants lie at its root. Its host gives a checksum with each file.
2. The author's own links, those of `colab.ipynb` in pkhungurn/talking-head-anime-3-demo. There, the link of the face
   morpher of separable_half leads to another network, and is left out.
3. For separable_float, the copies in the history of SillyTavern/SillyTavern-Extras, at a fixed commit.

Their checksums are not published, but for one file that could be looked at; the others are trusted on first use. The
sizes of those are worked out from the shapes of their tensors.

**THA4**: two students, small networks for one character each, with its picture (CC BY-NC 4.0: not for commercial use),
in pkhungurn/talking-head-anime-4-demo. The character was drawn by garun for the author. All checksums are known.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.util import find_spec

from kuchipaku.weights import Published, WeightFile

MIRROR = "https://huggingface.co/OktayAlpk/talking-head-anime-3/resolve/main"
DROPBOX = "https://www.dropbox.com/s"
EXTRAS = (
    "https://raw.githubusercontent.com/SillyTavern/SillyTavern-Extras/"
    "716324bd841abae13ba800f5b0f5ee2d3660eee5/talkinghead/tha3/models"
)
STUDENTS = "https://raw.githubusercontent.com/pkhungurn/talking-head-anime-4-demo"
STUDENTS_COMMIT = "f642547ee267a00d5505d84113d4448dc183661e"

AUTHOR = "Pramook Khungurn"
ON_CPU, ON_CUDA = "separable_float", "separable_half"
"""The variants that the setting `variant = "auto"` chooses."""

ABOUT = {
    "separable_float": "THA3, small and fast networks: for any machine",
    "separable_half": "THA3, the small networks in half precision: half the download, a little less exact",
    "standard_float": "THA3, the large networks: a little sharper, for a graphics card",
    "standard_half": "THA3, the large networks in half precision",
}

SIZES: Mapping[str, Mapping[str, int]] = {
    "separable_float": {
        "eyebrow_decomposer": 13_313_000,
        "eyebrow_morphing_combiner": 13_334_000,
        "face_morpher": 13_375_000,
        "two_algo_face_body_rotator": 14_353_000,
        "editor": 3_802_999,
    },
    "separable_half": {
        "eyebrow_decomposer": 6_673_000,
        "eyebrow_morphing_combiner": 6_684_000,
        "face_morpher": 6_704_000,
        "two_algo_face_body_rotator": 7_193_000,
        "editor": 1_918_000,
    },
    "standard_float": {
        "eyebrow_decomposer": 125_944_000,
        "eyebrow_morphing_combiner": 126_169_000,
        "face_morpher": 126_446_000,
        "two_algo_face_body_rotator": 130_674_000,
        "editor": 33_472_000,
    },
    "standard_half": {
        "eyebrow_decomposer": 62_985_000,
        "eyebrow_morphing_combiner": 63_097_000,
        "face_morpher": 63_236_000,
        "two_algo_face_body_rotator": 65_350_000,
        "editor": 16_749_000,
    },
}
"""Bytes, roughly but for the one that is known."""

SHA256 = {
    ("separable_float", "editor"): "ecbc46808aeed3088a215d3884d0b162d76337211d73a9bb21cdd92fc45fc50b",
}

LINKS: Mapping[str, Mapping[str, str]] = {
    "separable_float": {
        "eyebrow_decomposer": "hfzjcu9cqr9wm3i",
        "eyebrow_morphing_combiner": "g04dyyyavh5o1e2",
        "face_morpher": "vgi9dsj95y0rrwv",
        "two_algo_face_body_rotator": "8u0qond8po34l24",
        "editor": "nwdxhrpa9fy19r4",
    },
    "separable_half": {
        "eyebrow_decomposer": "0hxu8opu1hmghqe",
        "eyebrow_morphing_combiner": "bgz02afp0xojqfs",
        "two_algo_face_body_rotator": "vr8h2xxltszhw7w",
        "editor": "on8kn6z9fj95j0h",
    },
    "standard_float": {
        "eyebrow_decomposer": "bcp42knbrk7egk8",
        "eyebrow_morphing_combiner": "oywaiio2s53lc57",
        "face_morpher": "8qvo0u5lw7hqvtq",
        "two_algo_face_body_rotator": "qmq1dnxrmzsxb4h",
        "editor": "zp3e5ox57sdws3y",
    },
    "standard_half": {
        "eyebrow_decomposer": "nwwwevzpmxiilgn",
        "eyebrow_morphing_combiner": "z5v0amgqif7yup1",
        "face_morpher": "g03sfnd5yfs0m65",
        "two_algo_face_body_rotator": "c5lrn7z34x12317",
        "editor": "g21ps8gfuvz4kbo",
    },
}
"""The author's shared files: variant -> network -> the key in its address."""

STUDENT_FILES: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "lambda_00": {
        "character_model.yaml": (122, "a2dfad8d59e353931dc2f8333723385ec1710999ef0655490db7d462d20decb2"),
        "character.png": (110_769, "e4a594c801d3d586365b5cc0986dc5abc98dac98cced2517cc40cddafcc92abc"),
        "face_morpher.pt": (491_887, "9c8914a7ab6c3a155785994ed82dc82ca49c6d91eb2f92c35ef806b6bb21b4c5"),
        "body_morpher.pt": (1_332_713, "f9d06d0bd8b0344a0642e4e80bc81a6f227921f6724fd580904821dad7666a80"),
    },
    "lambda_01": {
        "character_model.yaml": (122, "a2dfad8d59e353931dc2f8333723385ec1710999ef0655490db7d462d20decb2"),
        "character.png": (113_917, "31c905d9ceb4cd94b900593c1962c17d9633ef1c87b3b119b33d364d65949876"),
        "face_morpher.pt": (491_887, "40f1430ed079c94fd1504438a0d77131f79a6d34996c63b0c5ee396f48b8354a"),
        "body_morpher.pt": (1_332_713, "45b863d93d9cbf87c7702c0b17dd1b8692888ec17508762d1fecc8d57a2d5cdc"),
    },
}
"""Student -> file -> bytes and checksum."""


def published() -> tuple[Published, ...]:
    """All of them; "tha3" also names the variant that suits this machine."""
    return published_for(cuda=has_cuda())


def published_for(cuda: bool) -> tuple[Published, ...]:
    """All of them, for a machine with a CUDA device or without."""
    usual = ON_CUDA if cuda else ON_CPU
    return (*(_tha3(variant, variant == usual) for variant in SIZES), *map(_student, STUDENT_FILES))


def has_cuda() -> bool:
    """Whether networks will run on a CUDA device here. Loads torch only where there is a driver."""
    if not shutil.which("nvidia-smi") or not find_spec("torch"):
        return False
    import torch

    return bool(torch.cuda.is_available())


def _tha3(variant: str, usual: bool) -> Published:
    return Published(
        name=f"tha3-{variant}",
        about=ABOUT[variant],
        licence="CC BY 4.0",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        credit=f"{AUTHOR}, Talking Head(?) Anime from a Single Image 3",
        homepage="https://github.com/pkhungurn/talking-head-anime-3-demo",
        folder=f"tha3/{variant}",
        files=tuple(_network(variant, network) for network in SIZES[variant]),
        also=("tha3",) if usual else (),
    )


def _network(variant: str, network: str) -> WeightFile:
    file = f"{network}.pt"
    links = LINKS[variant]
    mirrors = [f"{DROPBOX}/{links[network]}/{file}?dl=1"] if network in links else []
    if variant == "separable_float":
        mirrors.append(f"{EXTRAS}/{variant}/{file}")
    return WeightFile(
        path=file,
        url=f"{MIRROR}/{variant}/{file}",
        sha256=SHA256.get((variant, network), ""),
        size=SIZES[variant][network],
        mirrors=tuple(mirrors),
    )


def _student(name: str) -> Published:
    return Published(
        name=f"tha4-{name.replace('_', '-')}",
        about=f"THA4, the character {name}: its picture and its two small networks",
        licence="CC BY-NC 4.0",
        licence_url="https://creativecommons.org/licenses/by-nc/4.0/",
        credit=f"{AUTHOR}, Talking Head(?) Anime from a Single Image 4; drawn by garun",
        homepage="https://github.com/pkhungurn/talking-head-anime-4-demo",
        folder=f"tha4/{name}",
        files=tuple(
            WeightFile(
                path=file,
                url=f"{STUDENTS}/{STUDENTS_COMMIT}/data/character_models/{name}/{file}",
                sha256=sha256,
                size=size,
                mirrors=(f"{STUDENTS}/HEAD/data/character_models/{name}/{file}",),
            )
            for file, (size, sha256) in STUDENT_FILES[name].items()
        ),
    )
