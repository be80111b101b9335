"""Our LLaVA models: the command as it is, numbers in thousandths of the longer side.

`language/prompt.py` and `language/codec.py` hold the conventions. A chat server builds the prompt
of training with the template `config/rt_grasp_chat.jinja`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...grasp.letterbox import pad_to_square
from ...language.answer import Answer, parse_answer


class RtGrasp:
    """See `Family`."""

    model_types = ("llava",)
    max_new_tokens = 192

    def picture(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Pad to a square at the right or bottom: x and y over the longer side stay."""
        return pad_to_square(image_rgb)

    def instruction(self, command: str) -> str:
        """Say the command as in training: in lower case."""
        return command.lower()

    def retell(self, answer: Answer) -> str:
        """Write reasoning and numbers."""
        return answer.to_text()

    def read(
        self, text: str, image_width_px: int, image_height_px: int, score: float = 1.0
    ) -> Answer:
        """Read reasoning and numbers."""
        return parse_answer(text, image_width_px, image_height_px, score)


FAMILY = RtGrasp()
