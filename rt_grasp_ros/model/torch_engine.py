"""A checkpoint through transformers' stock LLaVA class."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration

from ..grasp.errors import CheckpointInvalid
from ..language.answer import Answer, parse_answer
from ..language.prompt import IMAGE_TOKEN, build_prompt
from . import tower  # noqa: F401  (registers the vision tower with transformers)
from .checkpoint import Checkpoint
from .engine import OnText
from .letterbox import letterbox, to_pixel_values
from .tokens import token_id

MAX_NEW_TOKENS = 96


class TorchEngine:
    """Greedy answers of `LlavaForConditionalGeneration.generate`, one candidate a command."""

    def __init__(self, checkpoint: Checkpoint):
        """Load the checkpoint in float32 on the CPU.

        Raises:
            CheckpointInvalid: a file is damaged or does not fit the class.
        """
        self.name = f"{checkpoint.folder.name} (transformers, CPU)"
        try:
            self._llava = LlavaForConditionalGeneration.from_pretrained(
                checkpoint.folder, dtype=torch.float32, use_safetensors=True
            ).eval()
            self._tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
        except Exception as error:  # every layer below has exceptions of its own
            raise CheckpointInvalid(
                f"The checkpoint '{checkpoint.folder.name}' can't be loaded ({error}); fetch or "
                "build it again."
            ) from error
        self._side_px = checkpoint.image_side_px
        self._patch_px = int(checkpoint.config["vision_config"]["patch_size"])
        self._image_id = token_id(self._tokenizer, IMAGE_TOKEN)

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
    ) -> list[Answer]:
        """Answer one command, see `GraspEngine.answer`; the text arrives in one piece."""
        pixels = to_pixel_values(letterbox(image_rgb, self._side_px))
        visual_tokens = pixels.shape[2] * pixels.shape[3] // self._patch_px**2
        ids = self._tokenizer.encode(build_prompt(command)).ids
        split = ids.index(self._image_id)
        prompt = [*ids[:split], *[self._image_id] * visual_tokens, *ids[split + 1 :]]
        with torch.inference_mode():
            output = self._llava.generate(
                input_ids=torch.tensor([prompt]),
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                pixel_values=torch.from_numpy(pixels),
                max_new_tokens=MAX_NEW_TOKENS,
                do_sample=False,
                output_logits=True,
                return_dict_in_generate=True,
            )
        new_ids = output.sequences[0, len(prompt) :]
        log_probs = torch.stack(output.logits)[:, 0].log_softmax(dim=-1)
        score = math.exp(float(log_probs.gather(1, new_ids[:, None]).mean()))
        text = self._tokenizer.decode(new_ids.tolist(), skip_special_tokens=True)
        if on_text is not None:
            on_text(text.strip())
        height_px, width_px = image_rgb.shape[:2]
        return [parse_answer(text, width_px, height_px, score)]
