"""A vision tower that trains in seconds."""

import torch
from pictures import WIDTH_PX

from rt_grasp_ros.model.torch_backend.vision_tower import GraspTower, GraspTowerConfig


def small_tower(seed=0):
    torch.manual_seed(seed)
    config = GraspTowerConfig(
        image_size=WIDTH_PX,
        stage_widths=[8, 16, 24, 32],
        stage_depths=[1, 1, 1, 1],
        pyramid_width=24,
    )
    return GraspTower(config)
