"""The fused evaluation gives what the plain one gives, and so what the published networks give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from modules.talkinghead.color import straight_planes
from modules.talkinghead.kernels import Workers
from modules.talkinghead.tha3.blocks import LEAK, Residual, Style, block, upsample_block
from modules.talkinghead.tha3.files import Networks
from modules.talkinghead.tha3.fused.engine import FusedEngine
from modules.talkinghead.tha3.fused.finish import level_tables, pixel_rows
from modules.talkinghead.tha3.fused.tape import Arena, Tape
from modules.talkinghead.tha3.fused.tiles import Source
from modules.talkinghead.tha3.pixels import to_pixels
from modules.talkinghead.tha3.poser import EYEBROWS, FACE, ROTATION, pose_stages
from modules.talkinghead.tha3.rule import rule_networks
from tests.modules.talkinghead.tha3.goldens import GOLDEN, Golden, picture, random_pose, smooth

STYLE = Style(separable=True, leak=LEAK)


@pytest.fixture(scope="module")
def networks() -> Networks:
    return rule_networks("separable_float")


@pytest.fixture(scope="module")
def engine(networks: Networks) -> FusedEngine:
    return FusedEngine(networks)


def features(source: Source) -> Tensor:
    planes = source.planes[:, : source.width * source.height].reshape(-1, source.height, source.width)
    x = torch.from_numpy(planes * source.scale[:, None, None] + source.shift[:, None, None])
    return torch.where(x < 0, x * torch.from_numpy(source.leak)[:, None, None], x)[None]


Recorded = Callable[[Tape, Source], Source]


def run(record: Recorded, x: Tensor) -> Tensor:
    """What a tape makes of planes (1, C, S, S)."""
    tape = Tape(Arena(4_000_000), Workers(2))
    given = tape.given(x.shape[1], x.shape[2])
    made = record(tape, given)
    given.planes[:, : x.shape[2] ** 2] = x[0].flatten(1).numpy()
    tape.run()
    return features(made)


def random_layer(layer: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    torch.manual_seed(seed)
    for parameter in layer.parameters():
        parameter.data = torch.randn_like(parameter) / parameter[0].numel() ** 0.5
    return layer.eval().requires_grad_(False)


def noise(channels: int, size: int) -> Tensor:
    return torch.from_numpy(np.random.default_rng(1).standard_normal((1, channels, size, size)).astype(np.float32))


@pytest.mark.parametrize("size", [16, 24, 64])
@pytest.mark.parametrize("kernel", [3, 7])
def test_a_block_that_keeps_the_size_is_that_of_torch(size: int, kernel: int) -> None:
    layer, x = random_layer(block(12, 32, kernel, STYLE)), noise(12, size)
    assert torch.allclose(run(lambda tape, given: tape.same(given, layer, LEAK), x), layer(x), atol=2e-5)


@pytest.mark.parametrize("size", [32, 48, 64])
def test_a_block_that_halves_the_size_is_that_of_torch(size: int) -> None:
    layer, x = random_layer(block(12, 64, 4, STYLE, stride=2)), noise(12, size)
    assert torch.allclose(run(lambda tape, given: tape.halved(given, layer, LEAK), x), layer(x), atol=2e-5)


@pytest.mark.parametrize("size", [16, 24, 32])
def test_a_transposed_block_is_that_of_torch(size: int) -> None:
    layer, x = random_layer(upsample_block(12, 64, STYLE)), noise(12, size)
    assert torch.allclose(run(lambda tape, given: tape.doubled(given, layer, LEAK), x), layer(x), atol=2e-5)


def test_a_block_of_doubled_pixels_and_skipped_features_is_that_of_torch() -> None:
    down, up = random_layer(block(8, 16, 4, STYLE, stride=2)), random_layer(block(24, 32, 3, STYLE), 1)
    x = noise(8, 32)
    made = run(lambda tape, given: tape.doubled(tape.halved(given, down, LEAK), up, LEAK, given), x)
    expected = up(torch.cat([functional.interpolate(down(x), scale_factor=2, mode="nearest"), x], dim=1))
    assert torch.allclose(made, expected, atol=2e-5)


def test_residual_blocks_are_those_of_torch() -> None:
    layers, x = [random_layer(Residual(16, STYLE), seed) for seed in range(2)], noise(16, 32)
    made = run(lambda tape, given: tape.residuals(given, layers, LEAK), x)  # type: ignore[arg-type]
    assert torch.allclose(made, layers[1](layers[0](x)), atol=5e-5)


@pytest.mark.parametrize("planes", [2, 3, 10])
def test_heads_are_full_convolutions(planes: int) -> None:
    layer, x = random_layer(torch.nn.Conv2d(8, planes, 3, padding=1)), noise(8, 128)
    tape = Tape(Arena(1_000_000), Workers(2))
    given = tape.given(8, 128)
    made = tape.heads(given, [layer])
    given.planes[:, : 128**2] = x[0].flatten(1).numpy()
    tape.run()
    assert torch.allclose(torch.from_numpy(made), layer(x)[0], atol=2e-5)


def test_norms_hold_where_the_mean_is_far_larger_than_the_deviation() -> None:
    layer, x = random_layer(block(4, 32, 3, STYLE)), noise(4, 64) + 30
    exact = layer.double()(x.double()).float()
    assert torch.allclose(run(lambda tape, given: tape.same(given, layer.float(), LEAK), x), exact, atol=2e-4)


def test_every_stage_gives_what_the_plain_poser_gives(networks: Networks, engine: FusedEngine) -> None:
    image, pose = smooth(4, 512, 8), random_pose(7)
    plain = pose_stages(networks, image, pose)
    apart = engine.take_apart(image)
    brows = engine.move_eyebrows(apart.background, apart.eyebrows, pose[:, EYEBROWS])
    full = engine.move_face(apart.image, brows, pose[:, FACE])
    frame = engine.planes(full, pose[:, ROTATION])
    assert (brows - plain.combined.image).abs().max() <= 3e-4
    assert (full[..., 32:224, 160:352] - plain.morphed.image).abs().max() <= 3e-4
    assert (frame - plain.edited.image).abs().max() <= 1e-2
    assert (frame - plain.edited.image).square().mean().sqrt() <= 2e-4


@pytest.mark.shared
@pytest.mark.parity
def test_the_frame_is_that_of_the_published_networks(engine: FusedEngine) -> None:
    golden = Golden(GOLDEN / "tha3" / "separable_float__poser.npz")
    pose = random_pose()
    apart = engine.take_apart(picture())
    brows = engine.move_eyebrows(apart.background, apart.eyebrows, pose[:, EYEBROWS])
    frame = engine.planes(engine.move_face(apart.image, brows, pose[:, FACE]), pose[:, ROTATION])
    golden.check("05_random_1234/out00", frame, worst=1e-2, rms=2e-4, mean=1e-4)


def test_pixels_of_planes_are_those_of_the_exact_curve() -> None:
    planes = smooth(4, 64, 3, -1.1, 1.1)
    planes[:, :, :32] = -1 + 0.02 * planes[:, :, :32].abs()
    pixels = np.empty((64, 64, 4), np.uint8)
    pixel_rows(0, 64, planes[0].numpy(), *level_tables(), pixels)
    error = np.abs(pixels.astype(int) - to_pixels(planes)[0].numpy())
    assert error.max() <= 1 and np.count_nonzero(error) <= 8  # float32 rounds both ways where a level begins


def test_every_level_survives_the_way_through_planes() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 4), np.uint8)
    pixels[..., 3] |= 1
    out = np.empty_like(pixels)
    pixel_rows(0, 64, straight_planes(pixels), *level_tables(), out)
    assert np.array_equal(out, pixels)
