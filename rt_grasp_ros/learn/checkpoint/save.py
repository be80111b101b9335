"""Writing a trained model as a checkpoint folder that both engines, and transformers, load."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration, LlavaProcessor, PreTrainedTokenizerFast
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from ...language.prompt import END_TOKEN, IMAGE_TOKEN
from .export import export_onnx
from .tokenizer import PAD_TOKEN

SHARD_SIZE = "15MB"


def save_checkpoint(
    llava: LlavaForConditionalGeneration, tokenizer: Tokenizer, folder: Path
) -> None:
    """Write weights (float16 safetensors), processor and ONNX graphs.

    The processor expects pictures that `rt_grasp_ros.grasp.letterbox` has brought to size.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = llava.config
    for part in (config.text_config, config.vision_config):
        part.dtype = None  # that of the whole; a model that was read for training says float32
    llava.half().save_pretrained(folder, max_shard_size=SHARD_SIZE)
    LlavaProcessor(
        image_processor=CLIPImageProcessorPil(
            do_resize=False,
            do_center_crop=False,
            image_mean=[0.5, 0.5, 0.5],
            image_std=[0.5, 0.5, 0.5],
        ),
        tokenizer=PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            pad_token=PAD_TOKEN,
            eos_token=END_TOKEN,
            extra_special_tokens={"image_token": IMAGE_TOKEN},
        ),
        patch_size=config.vision_config.patch_size,
        vision_feature_select_strategy=config.vision_feature_select_strategy,
    ).save_pretrained(folder)
    export_onnx(llava.to(torch.float32), folder)
