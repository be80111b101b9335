"""The embedded model as a user of transformers would run it: what benchmarks compare with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration, StoppingCriteriaList
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from ...grasp.letterbox import letterbox
from ...language.answer import Answer, parse_answer
from ...language.prompt import IMAGE_TOKEN, Turn
from ..checkpoint import Checkpoint
from ..decoding.prompt_tokens import MAX_NEW_TOKENS, PromptTokens
from ..decoding.tokens import token_id
from ..engine import IsCancelled, OnText
from . import vision_tower  # noqa: F401  (registers the vision tower with transformers)
from .cancel_criterion import CancelCriterion


class StockGenerate:
    """`LlavaForConditionalGeneration.generate`, greedy, on the CPU in float32."""

    def __init__(self, checkpoint: Checkpoint, threads: int) -> None:
        """Load the checkpoint.

        Args:
            checkpoint: the embedded model's.
            threads: that torch may use while it answers.
        """
        self._threads = threads
        self.name = f"{checkpoint.folder.name} (transformers generate, CPU, float32)"
        self._llava = LlavaForConditionalGeneration.from_pretrained(
            checkpoint.folder, dtype=torch.float32, use_safetensors=True
        ).eval()
        self._tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
        self._processor = CLIPImageProcessorPil.from_pretrained(checkpoint.folder)
        self._side_px = checkpoint.image_side_px
        self._patch_px = int(checkpoint.config["vision_config"]["patch_size"])
        self._image_id = token_id(self._tokenizer, IMAGE_TOKEN)

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Answer one command, see `GraspEngine.answer`; always one candidate, text in one piece."""
        torch.set_num_threads(self._threads)
        pixels = self.to_pixel_values(letterbox(image_rgb, self._side_px))
        visual_tokens = pixels.shape[2] * pixels.shape[3] // self._patch_px**2
        ids = PromptTokens.encode(self._tokenizer, command, history)
        prompt = [*ids.before, *[self._image_id] * visual_tokens, *ids.after]
        with torch.inference_mode():
            output = self._llava.generate(
                input_ids=torch.tensor([prompt]),
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                pixel_values=torch.from_numpy(pixels),
                max_new_tokens=MAX_NEW_TOKENS,
                do_sample=False,
                stopping_criteria=StoppingCriteriaList([CancelCriterion(is_cancelled)]),
            )
        text = self._tokenizer.decode(output[0, len(prompt) :].tolist(), skip_special_tokens=True)
        if on_text is not None:
            on_text(text.strip())
        height_px, width_px = image_rgb.shape[:2]
        return [parse_answer(text, width_px, height_px)]

    def to_pixel_values(self, letterboxed_rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the stock processor makes of a letterboxed picture: (1, 3, h, w), float32."""
        prepared = self._processor(images=letterboxed_rgb, return_tensors="np")
        return np.asarray(prepared["pixel_values"])
