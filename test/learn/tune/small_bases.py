"""Checkpoints to tune that take a moment: ours, very small, and LLaVA-1.5's layout."""

from itertools import chain

import torch
from tiny_llava import save_tiny_llava

from rt_grasp_ros.language.prompt import build_prompt
from rt_grasp_ros.learn.checkpoint.save import save_checkpoint
from rt_grasp_ros.learn.checkpoint.tokenizer import train_tokenizer
from rt_grasp_ros.learn.embedded.build_model import build_model
from rt_grasp_ros.model.torch_backend.vision_tower import GraspTowerConfig


def save_small_embedded(folder):
    """Write an untrained embedded model over pictures of 64 pixels."""
    torch.manual_seed(0)
    texts = [
        build_prompt("grasp the marker"),
        "I see the marker on the left. The jaws close from left to right.",
        "x 0.123 y 0.456 theta 0.789 w 0.100",
    ]
    tower = GraspTowerConfig(
        image_size=64,
        stage_widths=(8, 8, 8, 8),
        stage_depths=(1, 1, 1, 1),
        pyramid_width=8,
    )
    tokenizer = train_tokenizer(texts)
    model = build_model(tokenizer, tower)
    with torch.no_grad():
        # Equal tensors would become one in the ONNX graphs.
        for tensor in chain(model.parameters(), model.model.vision_tower.buffers()):
            if tensor.is_floating_point():
                tensor += 0.01 * torch.rand_like(tensor)
    save_checkpoint(model, tokenizer, folder)
    return folder


def save_small_llava(folder):
    """Write a random model as `llava-hf/llava-1.5-7b-hf` is laid out."""
    folder.mkdir(parents=True, exist_ok=True)
    save_tiny_llava(folder)
    return folder
