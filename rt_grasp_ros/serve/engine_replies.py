"""A model of ours behind the common interface: what any client of family `rt_grasp` can ask."""

from __future__ import annotations

from collections.abc import Callable

from ..grasp.errors import RequestInvalid
from ..language.prompt import Turn
from ..model.engine import GraspEngine
from .chat_service import Asked


def engine_replies(engine: GraspEngine) -> Callable[[Asked], str]:
    """Return what answers requests with an engine, see `chat_service.Reply`.

    Args:
        engine: of a model that names grasps.
    """

    def reply(asked: Asked) -> str:
        *earlier, (role, command) = asked.texts
        if role != "user" or len(earlier) % 2:
            raise RequestInvalid("The last message is no user's, or an earlier one has no answer.")
        history = [
            Turn(said, answered)
            for (_, said), (_, answered) in zip(earlier[::2], earlier[1::2], strict=True)
        ]
        return engine.answer(asked.picture_rgb, command, history=history)[0].to_text()

    return reply
