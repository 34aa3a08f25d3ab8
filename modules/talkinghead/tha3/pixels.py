"""Pictures in and out: files to planes, planes to pixels, on any device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from kuchipaku import BadRequest
from modules.talkinghead.color import straight_planes
from modules.talkinghead.tha3.poser import SIZE


def read_picture(path: Path) -> Tensor:
    """A picture file -> (1, 4, 512, 512): its centre square, scaled. Raises BadRequest if it is no picture."""
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # Pillow has no common class
        raise BadRequest(f"{path} is no picture that can be read", hint="a PNG of 512x512 is best") from error
    if upright.size != (SIZE, SIZE):
        upright = ImageOps.fit(upright, (SIZE, SIZE), Image.Resampling.LANCZOS)
    return torch.from_numpy(straight_planes(np.asarray(upright)))[None]


def to_pixels(planes: Tensor) -> Tensor:
    """Planes (B, 4, H, W) in -1..1, linear light, straight alpha -> RGBA uint8 (B, H, W, 4) on the same device."""
    unit = ((planes.float() + 1) * 0.5).clamp_(0.0, 1.0)
    colour = unit[:, :3]
    curved = torch.where(colour <= 0.003130804953560372, colour * 12.92, 1.055 * colour.pow(1 / 2.4) - 0.055)
    encoded = torch.cat([curved, unit[:, 3:]], dim=1)
    return encoded.mul_(255.0).round_().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
