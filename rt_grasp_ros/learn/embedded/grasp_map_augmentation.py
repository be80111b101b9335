"""Dense grasp maps changed by chance, so that a language model has to read and can't remember."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...model.torch_backend.vision_tower import GraspMaps

_QUALITY_LOGIT = 1.0
_COARSE_CELLS = 4
"""Quality changes smoothly, over this many cells a side of the whole picture."""

_TURN_RAD = math.radians(25)
_SHIFT_UNITS = 0.08
"""Of `OFFSET_UNIT_PX`."""

_STRETCH = 0.15


def augment_grasp_maps(maps: GraspMaps, share: float, rng: np.random.Generator) -> GraspMaps:
    """Turn, shift and stretch the grasps of some pictures, and change which of them is best.

    What the cells show of things, their parts and colours, stays.

    Args:
        maps: of B pictures.
        share: of the pictures that are changed.
        rng: chance.
    """
    count = len(maps.opening)

    def normal(*shape: int) -> Tensor:
        return torch.from_numpy(rng.standard_normal((count, *shape))).to(maps.opening)

    chosen = torch.from_numpy(rng.random(count) < share).to(maps.opening)
    coarse = normal(1, _COARSE_CELLS, _COARSE_CELLS)
    smooth = F.interpolate(coarse, maps.opening.shape[1:], mode="bilinear")[:, 0]
    doubled_rad = 2 * _TURN_RAD * chosen * normal()
    cosine, sine = (f(doubled_rad)[:, None, None] for f in (torch.cos, torch.sin))
    x, y = maps.direction.unbind(dim=1)
    return GraspMaps(
        part_logits=maps.part_logits,
        colour_logits=maps.colour_logits,
        quality_logit=maps.quality_logit + _QUALITY_LOGIT * chosen[:, None, None] * smooth,
        offset=maps.offset + _SHIFT_UNITS * chosen[:, None, None, None] * normal(2, 1, 1),
        direction=torch.stack([cosine * x - sine * y, sine * x + cosine * y], dim=1),
        opening=maps.opening * torch.exp(_STRETCH * chosen * normal())[:, None, None],
    )
