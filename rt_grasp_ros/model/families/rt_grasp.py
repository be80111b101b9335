"""Our LLaVA models: the command as it is, numbers in thousandths of the longer side.

`language/prompt.py` and `language/codec.py` hold the conventions. Through a chat template, the
stock one of LLaVA-1.5, a first command becomes the very text that `build_prompt` returns; for
later turns the server needs `config/rt_grasp_chat.jinja`.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...language.answer import Answer, parse_answer


class RtGrasp:
    """See `Family`."""

    model_types = ("llava",)
    max_new_tokens = 192

    def picture(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Pad to a square at the right and bottom.

        LLaVA-1.5's processor scales the shorter side and cuts off what is beyond the square, which
        would lose the sides of a camera's picture. x and y over the longer side stay as they are.
        """
        height_px, width_px = image_rgb.shape[:2]
        side_px = max(height_px, width_px)
        padded = cv2.copyMakeBorder(
            image_rgb, 0, side_px - height_px, 0, side_px - width_px, cv2.BORDER_REPLICATE
        )
        return np.asarray(padded, dtype=np.uint8)

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
