"""Qwen2.5-VL through transformers, for every family that is built on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import (
    AutoTokenizer,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2VLImageProcessorPil,
    StoppingCriteriaList,
)
from transformers.generation.streamers import BaseStreamer

from ...grasp.errors import AnswerGarbled, CheckpointInvalid, ModelNotFinite, ModelNotLoaded
from ...language.answer import Answer
from ...language.prompt import Turn
from ..checkpoint import Checkpoint
from ..decoding.grasp_nms import grasp_nms
from ..decoding.prompt_tokens import within
from ..decoding.text_stream import telling
from ..engine import EngineSettings, IsCancelled, OnText
from ..family import chat_messages, load_family
from ..torch_settings import AUTO_SCHEME
from .cancel_criterion import CancelCriterion
from .quantise import quantise
from .torch_failures import choose_device, device_name, memory_failures

PICTURE_TOKEN = "<|image_pad|>"  # noqa: S105  (a placeholder in the text, not a secret)
SAMPLING_TEMPERATURE = 0.7


class QwenEngine:
    """The likeliest answer of a checkpoint, and others drawn with chance."""

    def __init__(self, checkpoint: Checkpoint, settings: EngineSettings) -> None:
        """Load a checkpoint in the layout of `Qwen/Qwen2.5-VL-3B-Instruct`.

        Args:
            checkpoint: of an architecture that the family is built on.
            settings: family, device and quantisation.

        Raises:
            CheckpointInvalid: a file is missing or damaged.
            GpuUnavailable: a GPU is insisted on and there is none.
            ModelNotLoaded: there is no such family, an adapter is given, the quantisation is
                `auto`, or bitsandbytes is not installed.
            ModelOutOfMemory: it does not fit.
        """
        if settings.torch.adapter is not None:
            raise ModelNotLoaded(
                "Adapters are merged into LLaVA checkpoints only; merge this one into its own "
                "checkpoint before, and leave the parameter model_adapter empty."
            )
        if settings.torch.quantise == AUTO_SCHEME:
            raise ModelNotLoaded(
                f"The quantisation '{AUTO_SCHEME}' is measured on LLaVA checkpoints only; choose "
                "'nf4', 'int8' or 'none' for this one."
            )
        self._family = load_family(settings.family)
        self._device = choose_device(settings.torch.device)
        self.name = f"{checkpoint.folder.name} ({settings.family}, {device_name(self._device)})"
        with memory_failures(self._device, f"the weights of '{checkpoint.folder.name}'"):
            try:
                self._chat = AutoTokenizer.from_pretrained(checkpoint.folder)
                self._tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
                self._processor = Qwen2VLImageProcessorPil.from_pretrained(checkpoint.folder)
                self._qwen = Qwen2_5_VLForConditionalGeneration.from_pretrained(
                    checkpoint.folder,
                    dtype=torch.bfloat16 if self._device.type == "cuda" else torch.float32,
                    use_safetensors=True,
                ).eval()
            except (MemoryError, torch.OutOfMemoryError):
                raise
            except Exception as error:  # every layer below has exceptions of its own
                raise CheckpointInvalid(
                    f"The checkpoint '{checkpoint.folder.name}' can't be loaded ({error}); fetch "
                    "it again."
                ) from error
            quantise(self._qwen, settings.torch.quantise, self._device)
        places = int(self._qwen.config.get_text_config().max_position_embeddings)
        self._room = places - self._family.max_new_tokens

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Answer one command, see `GraspEngine.answer`.

        Raises:
            CommandTooLong: picture and command leave no room for an answer.
            ModelNotFinite: the model computed NaN or infinity.
            ModelOutOfMemory: this picture and command do not fit.
        """
        inputs = self._inputs(image_rgb, command, history)
        with memory_failures(self._device, "an answer"):
            ((text, score),) = self._write(
                inputs, is_cancelled, do_sample=False, streamer=_Streamer(self._tokenizer, on_text)
            )
            best = self._read(text, score, image_rgb)
            if best.rectangle is None or max_candidates == 1:
                return [best]
            drawn = self._write(
                inputs,
                is_cancelled,
                do_sample=True,
                temperature=SAMPLING_TEMPERATURE,
                num_return_sequences=max_candidates - 1,
            )
        answers = [best]
        for text, score in drawn:
            try:
                answers.append(self._read(text, score, image_rgb))
            except AnswerGarbled:
                continue  # chance may lead astray; the likeliest answer was read
        return grasp_nms(answers, max_candidates)

    def _read(self, text: str, score: float, image_rgb: NDArray[np.uint8]) -> Answer:
        height_px, width_px = image_rgb.shape[:2]
        return self._family.read(text, width_px, height_px, score)

    def _inputs(
        self, image_rgb: NDArray[np.uint8], command: str, history: Sequence[Turn]
    ) -> dict[str, torch.Tensor]:
        """Return the arguments of `forward` for a dialogue, batch of one.

        Its oldest turns are left out where it has grown too long.
        """
        height_px, width_px = image_rgb.shape[:2]
        picture = self._processor(self._family.picture(image_rgb), return_tensors="pt")
        count = int(picture["image_grid_thw"].prod()) // self._processor.merge_size**2

        def encode(turns: Sequence[Turn]) -> torch.Tensor:
            messages = chat_messages(
                self._family, command, turns, {"type": "image"}, (width_px, height_px)
            )
            prompt = self._chat.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
            return self._chat(
                prompt.replace(PICTURE_TOKEN, PICTURE_TOKEN * count, 1),
                add_special_tokens=False,
                return_tensors="pt",
            )["input_ids"]

        ids = within(self._room, command, history, encode, lambda encoded: encoded.shape[1])
        is_picture = ids == self._chat.convert_tokens_to_ids(PICTURE_TOKEN)
        inputs = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "mm_token_type_ids": is_picture.int(),
            "pixel_values": picture["pixel_values"].to(self._qwen.dtype),
            "image_grid_thw": picture["image_grid_thw"],
        }
        return {name: tensor.to(self._device) for name, tensor in inputs.items()}

    def _write(
        self, inputs: dict[str, torch.Tensor], is_cancelled: IsCancelled | None, **how: Any
    ) -> list[tuple[str, float]]:
        """Return what is written, each with its probability per token."""
        with torch.inference_mode():
            output = self._qwen.generate(
                **inputs,
                **how,
                max_new_tokens=self._family.max_new_tokens,
                stopping_criteria=StoppingCriteriaList([CancelCriterion(is_cancelled)]),
                output_logits=True,
                return_dict_in_generate=True,
            )
            log_probs = self._qwen.compute_transition_scores(
                output.sequences, output.logits, normalize_logits=True
            )
        written = output.sequences[:, inputs["input_ids"].shape[1] :]
        texts = []
        for token_ids, row in zip(written.tolist(), log_probs, strict=True):
            length = _length(token_ids, self._qwen.generation_config.eos_token_id)
            probability = float(row[:length].float().mean().exp())
            if not np.isfinite(probability):
                raise ModelNotFinite
            text = self._tokenizer.decode(token_ids[:length], skip_special_tokens=True)
            texts.append((text, min(1.0, probability)))
        return texts


def _length(token_ids: list[int], end_ids: int | list[int]) -> int:
    """Return the number of tokens up to the end token; behind it there is padding."""
    ends = end_ids if isinstance(end_ids, list) else [end_ids]
    found = (place for place, token_id in enumerate(token_ids) if token_id in ends)
    return next(found, len(token_ids) - 1) + 1


class _Streamer(BaseStreamer):
    """Hears of the prompt, then of every token."""

    def __init__(self, tokenizer: Tokenizer, on_text: OnText | None) -> None:
        self._tell = telling(tokenizer, on_text)
        self._has_prompt = False

    def put(self, value: torch.Tensor) -> None:
        if self._has_prompt and self._tell is not None:
            self._tell(value.tolist())
        self._has_prompt = True

    def end(self) -> None:
        """Nothing is held back."""
