"""A server that answers for the model, or proposes grasps, and does not do so."""

from __future__ import annotations

from ..error_code import ErrorCode
from .model import ModelError


class ServerUnavailable(ModelError):
    """The model server can't be reached, is overloaded, breaks off or talks nonsense."""

    code = ErrorCode.SERVER_UNAVAILABLE

    def __init__(self, url: str, problem: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(
            f"The model server at {url} {problem}; check that it runs and the parameter "
            "server_url, then send the command again."
        )


class GraspServerUnavailable(ModelError):
    """A server that proposes grasps can't be reached, is too slow, fails or talks nonsense."""

    code = ErrorCode.SERVER_UNAVAILABLE

    def __init__(self, url: str, problem: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(
            f"The grasp server at {url} {problem}; check that it runs and the parameter "
            "graspgen_url, or leave that empty for grasps by depth; then send the command again."
        )


class PostedGraspsUnavailable(ModelError):
    """No grasps of others are on their topic, none as new as the picture, or something else."""

    code = ErrorCode.SERVER_UNAVAILABLE

    def __init__(self, topic: str, problem: str) -> None:
        self.topic, self.problem = topic, problem
        super().__init__(
            f"The grasp topic {topic} {problem}; check what publishes there and the parameter "
            "grasps_topic, or leave that empty for grasps by depth; then send the command again."
        )


class ServerRefused(ModelError):
    """The model server turns the request down, and would do so again."""

    code = ErrorCode.SERVER_REFUSED

    def __init__(self, url: str, status: int, reason: str, advice: str) -> None:
        self.url, self.status, self.reason = url, status, reason
        super().__init__(
            f"The model server at {url} refused the request with HTTP {status} "
            f"('{reason[:160]}'); {advice}."
        )


class AnswerCutOff(ModelError):
    """The server cut the answer off before its end."""

    code = ErrorCode.ANSWER_CUT_OFF

    def __init__(self, url: str, max_tokens: int) -> None:
        self.url, self.max_tokens = url, max_tokens
        super().__init__(
            f"The model server at {url} cut the answer off after {max_tokens} tokens or where its "
            "context ended; raise the parameter server_max_tokens, or the server's context."
        )


class AnswerWithheld(ModelError):
    """The server says that it has answered, but not with words."""

    code = ErrorCode.ANSWER_WITHHELD

    def __init__(self, url: str, problem: str, advice: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(f"The answer of the model server at {url} is none: {problem}; {advice}.")


class PointingOff(ModelError):
    """The model server does not point where it is asked to, or writes places otherwise."""

    code = ErrorCode.POINTING_OFF

    def __init__(self, url: str, family: str, seen: str) -> None:
        self.url, self.family, self.seen = url, family, seen
        super().__init__(
            f"The model server at {url} was asked for markers at known places as family "
            f"'{family}', but {seen}; choose the family of the model that it serves, and see that "
            "it hands pictures on in the size they have."
        )
