"""The embedded model's vision tower: dense grasp maps, handed to the language model as tokens.

It takes the place of CLIP in LLaVA. Every cell of 8 x 8 pixels predicts which part of which object
it shows and where that part is best grasped; four cells make one visual token, which carries those
predictions in a code that the language model can read out as numbers. This is our extension of
LLaVA, learned from pictures only; registered with transformers' Auto classes, so that the stock
`LlavaForConditionalGeneration` loads it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

CELL_PX = 8
PATCH_PX = 2 * CELL_PX
OFFSET_UNIT_PX = 32.0
OPENING_UNIT = 0.1
OUTSTANDING_POWER = 8  # so that half of the best quality counts for nothing
FREQUENCIES = (1, 2, 4, 8, 16, 32)
MIRRORED_ALONG = ((-1,), (-2,), (-1, -2))
SURELY = 0.5
"""Where they are likeliest, named parts have at most 0.33 in recorded pictures and mostly 0.99 in
simulated ones, the unnamed one mostly 0.99 in recorded pictures."""


class GraspTowerConfig(PreTrainedConfig):
    """Sizes of the tower.

    Attributes:
        image_size: longer side of the letterboxed picture in pixels.
        stage_widths: channels at strides 4, 8, 16 and 32.
        stage_depths: residual blocks at each stride.
        pyramid_width: channels of the top-down pyramid.
        num_part_types: (object, part) classes, without the background.
        num_colours: colour classes.
    """

    model_type = "rt_grasp_tower"

    image_size: int = 256
    patch_size: int = PATCH_PX
    stage_widths: list[int] | tuple[int, ...] = (32, 64, 128, 192)
    stage_depths: list[int] | tuple[int, ...] = (1, 2, 2, 2)
    pyramid_width: int = 96
    num_part_types: int = 32
    num_colours: int = 11
    hidden_size: int = 0

    def __post_init__(self, **kwargs: object) -> None:
        """Derive the width of a visual token."""
        super().__post_init__(**kwargs)
        self.hidden_size = (1 + self.num_part_types) + self.num_colours + 2 + CODE_WIDTH


def fourier(value: Tensor) -> Tensor:
    """Return cos and sin of 2 pi f v for each of `FREQUENCIES`, on a new last axis (12)."""
    frequencies = torch.tensor(FREQUENCIES, dtype=value.dtype, device=value.device)
    phase = 2 * math.pi * value.unsqueeze(-1) * frequencies
    return torch.cat([phase.cos(), phase.sin()], dim=-1)


CODE_WIDTH = 4 * 2 * len(FREQUENCIES)  # x, y, theta, w


@dataclass
class GraspMaps:
    """Dense predictions per cell; shapes (B, ..., h, w) with cells of 8 pixels.

    Attributes:
        part_logits: (B, 1 + num_part_types, h, w); 0 is the background.
        colour_logits: (B, num_colours, h, w).
        quality_logit: (B, h, w): Gaussian at the centres of grasps.
        offset: (B, 2, h, w): from the cell's centre to the grasp's, in units of 32 pixels.
        direction: (B, 2, h, w): cos and sin of twice the closing angle.
        opening: (B, h, w): opening, in tenths of the picture's longer side.
    """

    part_logits: Tensor
    colour_logits: Tensor
    quality_logit: Tensor
    offset: Tensor
    direction: Tensor
    opening: Tensor

    def rows(self, rows: slice) -> GraspMaps:
        """Return the maps of some of the pictures."""
        return GraspMaps(**{name: values[rows] for name, values in vars(self).items()})

    def mirrored(self, axes: Sequence[int]) -> GraspMaps:
        """Return the maps of the picture mirrored along axes: -1 is left and right, -2 up and down.

        Mirrored along both it is turned by half a turn, which leaves closing angles as they are.
        """
        turned = {name: values.flip(axes) for name, values in vars(self).items()}
        signs = [-1.0 if axis in axes else 1.0 for axis in (-1, -2)]
        turned["offset"] = _scaled(turned["offset"], signs)
        turned["direction"] = _scaled(turned["direction"], (1.0, signs[0] * signs[1]))
        return GraspMaps(**turned)

    def is_unnamed(self) -> Tensor:
        """Whether a picture shows things, but none that has a name; bool, shape (B,)."""
        parts = self.part_logits.softmax(dim=1)
        named, unnamed = parts[:, 1:-1].sum(dim=1), parts[:, -1]
        return (named.amax(dim=(1, 2)) <= SURELY) & (unnamed.amax(dim=(1, 2)) > SURELY)

    def where(self, is_own: Tensor, others: GraspMaps) -> GraspMaps:
        """Return these maps of the pictures that a mask (B,) names, other maps of the rest."""
        chosen = {}
        for name, own in vars(self).items():
            mask = is_own.view(-1, *[1] * (own.dim() - 1))
            chosen[name] = torch.where(mask, own, getattr(others, name))
        return GraspMaps(**chosen)

    @staticmethod
    def mean(several: Sequence[GraspMaps]) -> GraspMaps:
        """Return the mean of maps of one picture."""
        stacked = {name: [getattr(one, name) for one in several] for name in vars(several[0])}
        return GraspMaps(**{name: torch.stack(maps).mean(dim=0) for name, maps in stacked.items()})


@dataclass
class TokenGrasps:
    """What the four cells of each visual token point to, their mean; shapes (B, h/2, w/2).

    Attributes:
        quality: the best of the four, 0..1.
        x: of the grasp's centre, over the picture's longer side.
        y: of the grasp's centre, over the picture's longer side.
        half_turns: closing angle over pi, -0.5..0.5.
        opening: over the picture's longer side.
    """

    quality: Tensor
    x: Tensor
    y: Tensor
    half_turns: Tensor
    opening: Tensor


class ConvNorm(nn.Sequential):
    """Convolution, batch norm, and a ReLU unless told otherwise."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, relu: bool = True):
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        super().__init__(*layers, *([nn.ReLU()] if relu else []))


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside the identity (He et al., CVPR 2016)."""

    def __init__(self, width: int):
        super().__init__()
        self.body = nn.Sequential(ConvNorm(width, width, 3), ConvNorm(width, width, 3, relu=False))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, h, w) to the same shape."""
        return F.relu(x + self.body(x))


class GraspTower(PreTrainedModel):
    """See the module's docstring."""

    config_class = GraspTowerConfig
    main_input_name = "pixel_values"

    def __init__(self, config: GraspTowerConfig):
        super().__init__(config)
        widths, depths = config.stage_widths, config.stage_depths
        self.stem = ConvNorm(3, widths[0], 7, stride=4)
        self.stages = nn.ModuleList()
        for index, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            blocks: list[nn.Module] = [Residual(width) for _ in range(depth)]
            if index:
                blocks.insert(0, ConvNorm(widths[index - 1], width, 3, stride=2))
            self.stages.append(nn.Sequential(*blocks))
        pyramid = config.pyramid_width
        self.laterals = nn.ModuleList(nn.Conv2d(width, pyramid, 1) for width in widths[1:])
        self.smooth = nn.Sequential(ConvNorm(pyramid, pyramid, 3), Residual(pyramid))
        self.map_sizes = [1 + config.num_part_types, config.num_colours, 1, 2, 2, 1]
        self.heads = nn.Conv2d(pyramid, sum(self.map_sizes), 1)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)

    def maps(self, pixel_values: Tensor) -> GraspMaps:
        """Return the dense predictions.

        Args:
            pixel_values: (B, 3, H, W) in -1..1, H and W multiples of 32.
        """
        x = self.stem(pixel_values)
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        top = self.laterals[2](levels[3])
        for lateral, level in ((self.laterals[1], levels[2]), (self.laterals[0], levels[1])):
            top = lateral(level) + F.interpolate(top, scale_factor=2.0, mode="nearest")
        maps = self.heads(self.smooth(top)).float().split(self.map_sizes, dim=1)
        part_logits, colour_logits, quality, offset, direction, opening = maps
        return GraspMaps(
            part_logits, colour_logits, quality[:, 0], offset, direction, opening[:, 0]
        )

    def steadied(self, maps: GraspMaps, pixel_values: Tensor) -> GraspMaps:
        """Return the mean of what is predicted of a picture and of its mirror images.

        What a tower errs by is not mirrored with the picture, so that some of it cancels out.

        Args:
            maps: of the picture itself.
            pixel_values: (B, 3, H, W) in -1..1, H and W multiples of 32.
        """
        mirrored = [self.maps(pixel_values.flip(axes)).mirrored(axes) for axes in MIRRORED_ALONG]
        return GraspMaps.mean([maps, *mirrored])

    def seen(self, pixel_values: Tensor) -> GraspMaps:
        """Return what the tokens tell of: `maps`, `steadied` where nothing in them has a name.

        Args:
            pixel_values: (B, 3, H, W) in -1..1, H and W multiples of 32.
        """
        maps = self.maps(pixel_values)
        is_unnamed = maps.is_unnamed()
        if is_unnamed.device.type == "cpu" and not bool(is_unnamed.any()):
            return maps
        return maps.where(~is_unnamed, self.steadied(maps, pixel_values))

    def grasps(self, maps: GraspMaps) -> TokenGrasps:
        """Return the grasp that each visual token tells of, by how much its cells show a thing."""
        return self._grasps(maps, _pool_things(maps.part_logits.softmax(dim=1)))

    def _grasps(self, maps: GraspMaps, pool: Callable[[Tensor], Tensor]) -> TokenGrasps:
        rows, columns = maps.opening.shape[1:]
        side_px = float(self.config.image_size)
        device, dtype = maps.offset.device, maps.offset.dtype
        x_cell = (torch.arange(columns, device=device, dtype=dtype) + 0.5) * CELL_PX
        y_cell = (torch.arange(rows, device=device, dtype=dtype) + 0.5) * CELL_PX
        x = (x_cell.view(1, 1, 1, -1) + maps.offset[:, :1] * OFFSET_UNIT_PX) / side_px
        y = (y_cell.view(1, 1, -1, 1) + maps.offset[:, 1:] * OFFSET_UNIT_PX) / side_px
        direction = pool(maps.direction)
        return TokenGrasps(
            quality=F.max_pool2d(maps.quality_logit.sigmoid()[:, None], 2)[:, 0],
            x=pool(x)[:, 0],
            y=pool(y)[:, 0],
            half_turns=torch.atan2(direction[:, 1], direction[:, 0]) / (2 * math.pi),
            opening=pool(maps.opening[:, None] * OPENING_UNIT)[:, 0],
        )

    def tokens(self, maps: GraspMaps) -> Tensor:
        """Return visual tokens (B, h/2 * w/2, hidden_size), row by row.

        A token holds its four cells' mean part and colour probabilities, their best quality, how
        near that comes to the picture's best, and the Fourier code of the grasp its cells point
        to, weighted by how much each shows an object.
        """
        parts = maps.part_logits.softmax(dim=1)
        pool = _pool_things(parts)
        grasps = self._grasps(maps, pool)
        told = (grasps.x, grasps.y, grasps.half_turns, grasps.opening)
        code = torch.cat([fourier(value) for value in told], dim=-1)
        quality = grasps.quality[:, None]
        share = quality / quality.amax(dim=(2, 3), keepdim=True)
        dense = torch.cat(
            [
                F.avg_pool2d(parts, 2),
                pool(maps.colour_logits.softmax(dim=1)),
                quality,
                share**OUTSTANDING_POWER,
            ],
            dim=1,
        )
        tokens = torch.cat([dense.permute(0, 2, 3, 1), code], dim=-1)
        return tokens.reshape(tokens.shape[0], -1, self.config.hidden_size)

    def forward(self, pixel_values: Tensor, **_: object) -> BaseModelOutput:
        """Return tokens as the only hidden state, where LLaVA looks for its visual features."""
        tokens = self.tokens(self.seen(pixel_values))
        return BaseModelOutput(last_hidden_state=tokens, hidden_states=(tokens,))


def _scaled(pairs: Tensor, factors: Sequence[float]) -> Tensor:
    """Return (B, 2, h, w) with each of the two channels times its factor."""
    return torch.stack([pairs[:, k] * factor for k, factor in enumerate(factors)], dim=1)


def _pool_things(parts: Tensor) -> Callable[[Tensor], Tensor]:
    """Return what averages (B, C, h, w) over a token's cells, by how much each shows a thing."""
    seen = 1 - parts[:, :1] + 1e-4
    weights = seen / (4 * F.avg_pool2d(seen, 2)).repeat_interleave(2, 2).repeat_interleave(2, 3)
    return lambda values: 4 * F.avg_pool2d(values * weights, 2)


AutoConfig.register(GraspTowerConfig.model_type, GraspTowerConfig, exist_ok=True)
AutoModel.register(GraspTowerConfig, GraspTower, exist_ok=True)
